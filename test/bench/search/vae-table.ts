/**
 * A search over real results: all 576 configurations of sprites-mini.yaml were trained once (record-table.ts), and a loss is
 * looked up. The table is a whole grid, so what is proposed is in it, and nothing is interpolated.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Dimension } from '../../../src/search/space.ts';
import { pointSpace, type Need, type Problem } from '../../search/problems.ts';

export const TABLE = fileURLToPath(new URL('sprites-mini.csv', import.meta.url));
export const EPOCHS = 27;
/** A search is told the best of the first ones: those that Optuna's runs on record saw. */
const SEARCHED_EPOCHS = 9;

/** In the order of the columns. Numbers are in order, other choices are not, as in a sweep. */
export const AXES: readonly { readonly name: string; readonly values: readonly string[]; readonly need: Need }[] = [
  { name: 'architecture', values: ['mlp', 'conv'], need: null },
  { name: 'hidden', values: ['[64]', '[128]', '[256]', '[128 64]'], need: [0, 0] },
  { name: 'channels', values: ['[8]', '[8 16]'], need: [0, 1] },
  { name: 'latent_dim', values: ['4', '8', '12', '16'], need: null },
  { name: 'beta', values: ['0.5', '0.8', '1', '1.5'], need: null },
  { name: 'learning_rate', values: ['0.0005', '0.001', '0.002', '0.004', '0.008', '0.016'], need: null },
];
const DIMENSIONS = AXES.map(({ values }): Dimension => {
  return values.some((value) => Number.isNaN(Number(value)))
    ? { kind: 'category', count: values.length }
    : { kind: 'ordered', cell: 1 / values.length };
});

/** The loss is −val/elbo of the best of nine epochs, in nats; of what diverged that of the worst configuration that didn't. */
export function vaeTable(): Problem {
  const [, ...lines] = readFileSync(TABLE, 'utf8').trimEnd().split('\n');
  const losses = new Map<string, number | null>();
  for (const line of lines) {
    const cells = line.split(',');
    const curve = cells.slice(AXES.length, AXES.length + SEARCHED_EPOCHS).filter((cell) => cell !== '');
    const names = cells.slice(0, AXES.length);
    losses.set(names.join(), curve.length < SEARCHED_EPOCHS ? null : -Math.max(...curve.map(Number)));
  }
  const finite = [...losses.values()].filter((loss) => loss !== null);
  const needs = AXES.map(({ need }) => need);
  return {
    name: 'vae-table',
    space: pointSpace(DIMENSIONS, needs),
    needs,
    minimum: Math.min(...finite),
    loss(point) {
      const names = AXES.map(({ values }, d) => {
        const x = point[d]!;
        if (Number.isNaN(x)) return '';
        return values[DIMENSIONS[d]!.kind === 'ordered' ? Math.floor(x * values.length) : x]!;
      });
      const loss = losses.get(names.join());
      if (loss === undefined) throw new Error(`${TABLE} lacks ${names.join()}`);
      return loss ?? Math.max(...finite);
    },
  };
}
