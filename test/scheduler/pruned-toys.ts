/** Pruned sweeps of the toy executor, and what is to be asked of them. */
import { expect } from 'vitest';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import type { RecordedVerdict } from '../../src/store/verdicts.ts';
import { specOf, start, type Life } from './spec-run.ts';
import { ToyWorld } from './support.ts';

/** Rungs after epochs 1 and 3; the toy's ELBO is best for the smallest beta. */
export const GRID = `
name: toy
dataset: { name: sprites-mini, train: 64, validation: 32, binarization: grey }
parameters: { beta: [6, 1, 3, 2, 8, 5, 4, 9, 7] }
seeds: 2
train: { epochs: 6 }
prune: { method: halving }
`;
export const TPE = GRID.replace('[6, 1, 3, 2, 8, 5, 4, 9, 7]', '{ min: 0.1, max: 10, scale: log }').replace(
  'seeds: 2',
  'search: tpe\ntrials: 15\nlookahead: 4',
);

export const by = (text: string, prune: string): string =>
  text.replace('prune: { method: halving }', `prune: ${prune}`);
export const HYPERBAND = by(GRID, '{ method: hyperband }');
const SMALL_COHORTS = GRID.replace('[6, 1, 3, 2, 8, 5, 4, 9, 7]', '[6, 1, 3, 2, 8, 5, 4, 9, 7, 0.5, 12, 11, 10, 14]');
export const ASHA = by(SMALL_COHORTS, '{ method: asha }\nlookahead: 4');
export const MEDIAN = by(SMALL_COHORTS, '{ method: median }\nlookahead: 4');

export function verdictsIn(world: ToyWorld): RecordedVerdict[] {
  using model = openReadModel(world.layout);
  const { trials } = model.snapshot('toy')!;
  return [...new Set(trials.map(({ configId }) => configId))].flatMap((id) =>
    // The toy clock begins anew with each life.
    model.verdicts('toy', id).toSorted((a, b) => a.rung - b.rung),
  );
}

/** What must not depend on slots and kills: states, epochs, verdicts. */
export function outcome(world: ToyWorld): unknown {
  const { trials } = world.snapshot();
  return [trials.map(({ id, state, epochs, cause }) => [id, state, epochs, cause]), verdictsIn(world)];
}

export async function calm(text: string, slots: number, fate?: Life['fate']): Promise<unknown> {
  using world = new ToyWorld();
  expect(await start(world, specOf(text), { slots, ...(fate && { fate }) }).finish()).toEqual({ interrupted: false });
  return outcome(world);
}

/** Every attempt has its row and its end, and a trial counts them all. */
export function expectAttemptsAccounted(world: ToyWorld): void {
  using model = openReadModel(world.layout);
  for (const { id, attempts } of world.snapshot().trials) {
    const rows = model.attempts('toy', id);
    expect(rows.map(({ attempt }) => attempt)).toEqual(Array.from({ length: attempts }, (_, i) => i + 1));
    expect(rows.every(({ outcome: end }) => end !== null)).toBe(true);
  }
}

export const byBeta = (world: ToyWorld): Record<string, [number, string]> =>
  Object.fromEntries(
    world
      .snapshot()
      .trials.map(({ config, epochs, state }) => [String(config.parameters['beta']), [epochs, state]] as const),
  );

export const trialsOf = (world: ToyWorld, beta: number) =>
  world.snapshot().trials.filter(({ config }) => config.parameters['beta'] === beta);
