/** The effects in words and as a table. */
import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../src/analysis/filter.ts';
import { effectsOf } from '../../../src/analysis/effects/effects-of.ts';
import { renderEffects } from '../../../src/render/effects/effects-table.ts';
import { effectsSentences } from '../../../src/render/effects/effects-text.ts';
import { snapshotOf } from '../../analysis/support.ts';
import { gridPoints, gridStudy, onGrid, SWEPT, trialsOf, type Point } from '../../analysis/effects/designs.ts';

describe('in words', () => {
  const grid = trialsOf(gridPoints, 2, onGrid, 0.3);
  const snapshot = snapshotOf(grid, { swept: SWEPT });
  const said = (options: Parameters<typeof effectsOf>[1]): string =>
    effectsSentences(effectsOf(snapshot, options)).join(' ');

  it('one parameter that was asked for alone is not the one that matters most', () => {
    expect(said({ parameters: ['activation'] })).toMatch(
      /^activation makes \d %.* of the variance: it hardly matters, best at /,
    );
    expect(said({ parameters: ['latent_dim', 'activation'] })).toMatch(/^latent_dim matters most of these /);
    expect(said({})).toMatch(/^beta matters most \(/);
    const flat = trialsOf(gridPoints, 2, ({ beta }) => Number(beta), 0.3);
    const alone = effectsOf(snapshotOf(flat, { swept: SWEPT }), { parameters: ['latent_dim'] });
    expect(effectsSentences(alone)[0]).toMatch(/^latent_dim makes .* of the variance: it hardly matters/);
  });

  it('a best value from which no other is told may be one by chance', () => {
    const points = [1, 2, 3].flatMap((beta) => [1, 2, 3, 4].map((latent_dim): Point => ({ beta, latent_dim })));
    const noisy = (point: Point): number =>
      (point['beta'] === 2 ? 5 : 0) + [0, 9, -9, 4][Number(point['latent_dim']) - 1]!;
    const effects = effectsOf(snapshotOf(trialsOf(points, 1, noisy), { swept: ['beta', 'latent_dim'] }));
    const all = {
      ...effects.parameters[0]!,
      tied: [0, 1, 2, 3].filter((at) => at !== effects.parameters[0]!.extremes!.best),
    };
    const told = effectsSentences({ ...effects, parameters: [all, ...effects.parameters.slice(1)] })[0];
    expect(told).toMatch(/^latent_dim matters most .*: on average best at 2, by .* over 3, which may be chance\./);
    expect(effectsSentences(effects)[0]).toMatch(/^latent_dim matters most .*: best at 2, on average by /);
  });

  it('whether parameters act together is always said, of those that were asked for', () => {
    expect(said({})).toMatch(
      /No two parameters are seen to act together|Whether parameters act together is not told from chance/,
    );
    const product = ({ beta, activation }: Point): number => Number(beta) * (activation === 'relu' ? 2 : 1);
    const together = snapshotOf(trialsOf(gridPoints, 2, product, 0.01), { swept: SWEPT });
    const words = effectsSentences(effectsOf(together)).join(' ');
    expect(words).toMatch(
      /Together, beta and activation make another \d+ % \(\d+ to \d+\): how much beta does depends on activation\./,
    );
    const { interaction } = effectsOf(together, { parameters: ['latent_dim'] });
    expect(interaction === null || interaction.parameters.includes('latent_dim')).toBe(true);
  });

  it('trials that were chosen by their results are', () => {
    const where = parseFilter('elbo=-105..', snapshot);
    expect(said({ where })).toContain('But trials were chosen by val/elbo, which training decides:');
    expect(said({ where: parseFilter('beta=1..', snapshot) })).not.toContain('chosen');
  });
});

it.each([40, 60, 80, 140])(
  'at %i columns no parameter, value or mean is left out, and no line is longer',
  (columns) => {
    const effects = gridStudy(trialsOf(gridPoints, 2, onGrid, 1));
    const text = renderEffects(effects, { columns, colour: false });
    for (const { parameters, levels } of effects.parameters) {
      expect(text).toContain(`\n ${parameters[0]} `);
      for (const { value, mean } of levels) {
        expect(text).toMatch(new RegExp(`^ {3}${String(value).replace('.', '\\.')} .*${mean!.toFixed(2)}`, 'm'));
      }
    }
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
  },
);
