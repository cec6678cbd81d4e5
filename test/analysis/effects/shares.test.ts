/** How much of the variance each parameter has, and both together: from tables whose shares are known. */
import { describe, expect, it } from 'vitest';
import type { Effects } from '../../../src/analysis/effects/effects.ts';
import { effectsSentences } from '../../../src/render/effects/effects-text.ts';
import {
  atRandom,
  coordinate,
  gridPoints,
  gridStudy,
  onGrid,
  randomPoints,
  SCALE,
  SHARES,
  study,
  trialsOf,
  type Point,
} from './designs.ts';

/** The two largest shares are these parameters', within ten points of what was built in. */
function expectTopTwo({ parameters }: Effects, signal: number): void {
  const [first, second] = parameters;
  expect(first!.parameters).toEqual(['beta']);
  expect(second!.parameters).toEqual(['latent_dim']);
  for (const [effect, share] of [
    [first!, SHARES.beta],
    [second!, SHARES.latent_dim],
  ] as const) {
    expect(Math.abs(effect.share!.share - share * signal)).toBeLessThan(0.1);
  }
}

describe('shares of the variance', () => {
  it('a grid without noise: exact', () => {
    const effects = gridStudy(trialsOf(gridPoints, 1, onGrid));
    expect(effects.method).toBe('grid');
    for (const { parameters, share } of effects.parameters) {
      expect(share!.share).toBeCloseTo(SHARES[parameters[0] as keyof typeof SHARES], 6);
    }
    expect(effects.rest).toBeCloseTo(0, 6);
    expect(effects.seeds).toBeNull();
  });

  it('a grid with noise between seeds, which has a share of its own, and intervals that hold the truth', () => {
    // Noise of a quarter of the design's variance is a fifth of one trial's.
    const effects = gridStudy(trialsOf(gridPoints, 3, onGrid, SCALE / 2));
    expectTopTwo(effects, 0.8);
    expect(Math.abs(effects.seeds! - 0.2)).toBeLessThan(0.05);
    expect(Math.abs(effects.seedDeviation! - SCALE / 2)).toBeLessThan(1);
  });

  it('intervals of 95 % hold the truth as often as that, on grids and at random', () => {
    const isHeld = ({ parameters }: Effects): boolean[] =>
      parameters.map(({ parameters: [name], share }) => {
        const truth = 0.8 * SHARES[name as keyof typeof SHARES];
        return share!.low! <= truth && truth <= share!.high!;
      });
    const part = (held: readonly boolean[]): number => held.filter(Boolean).length / held.length;
    const runs = Array.from({ length: 12 }, (_, run) => run);
    const onGrids = runs.flatMap((run) => isHeld(gridStudy(trialsOf(gridPoints, 2, onGrid, SCALE / 2, run))));
    const onSearches = runs.flatMap((run) =>
      isHeld(study(trialsOf(randomPoints(60, run), 2, atRandom, SCALE / 2, run))),
    );
    expect(part(onGrids)).toBeGreaterThan(0.88);
    expect(part(onSearches)).toBeGreaterThan(0.85);
  });

  it('noise alone: no parameter is told from chance', () => {
    const effects = gridStudy(trialsOf(gridPoints, 2, () => 0, 3));
    for (const { share } of effects.parameters) expect(share!.share).toBeLessThan(0.05);
    expect(effects.seeds!).toBeGreaterThan(0.85);
    expect(effectsSentences(effects)[0]).toMatch(/^No parameter is told from chance here\./);
  });

  it.each([60, 150])('a random search of %i configurations, without noise and with', (count) => {
    const without = study(trialsOf(randomPoints(count), 1, atRandom));
    expect(without.method).toBe('polynomials');
    expectTopTwo(without, 1);
    const noisy = study(trialsOf(randomPoints(count), 2, atRandom, SCALE / 2));
    expectTopTwo(noisy, 0.8);
    expect(Math.abs(noisy.seeds! - 0.2)).toBeLessThan(0.08);
  });

  it('cliffs at random: the forest foretells them better', () => {
    // Steps at uneven places, each of variance 1 before it is scaled.
    const step = (u: number, at: number): number => (u > at ? Math.sqrt(at / (1 - at)) : -Math.sqrt((1 - at) / at));
    const cliffs = (point: Point): number =>
      SCALE *
      (Math.sqrt(SHARES.beta) * step(coordinate(point, 'beta'), 0.85) +
        Math.sqrt(SHARES.latent_dim) * step(coordinate(point, 'latent_dim'), 0.15) +
        Math.sqrt(SHARES.learning_rate) * step(coordinate(point, 'learning_rate'), 0.5));
    const effects = study(trialsOf(randomPoints(200), 2, cliffs, SCALE / 4));
    expect(effects.method).toBe('forest');
    expectTopTwo(effects, 0.95 / (0.95 + 1 / 16) / 0.95);
  });

  it('a grid with a hole goes by a model, and comes to nearly the same', () => {
    const effects = gridStudy(trialsOf(gridPoints.slice(1), 1, onGrid));
    expect(effects.method).not.toBe('grid');
    expectTopTwo(effects, 1);
  });

  it('many values without an order, beside one that has an effect', () => {
    const points = randomPoints(80).map((point, i): Point => ({ ...point, activation: `a${i % 24}` }));
    const effects = study(trialsOf(points, 1, (point) => 10 * coordinate(point, 'beta')));
    expect(effects.parameters[0]!.parameters).toEqual(['beta']);
    expect(effects.parameters[0]!.share!.share).toBeGreaterThan(0.8);
  });

  it('few configurations at random: no shares, but means', () => {
    const effects = study(trialsOf(randomPoints(8), 1, atRandom));
    expect(effects.method).toBe('none');
    expect(effects.parameters.every(({ share }) => share === null)).toBe(true);
    expect(effectsSentences(effects)[0]).toContain('8 configurations with a result are too few to tell');
  });
});

it('a strong interaction is found on a grid and at random, with where the best value turns', () => {
  const turning = (point: Point): number =>
    10 * (Math.log2(point['beta'] as number) > 1 ? 1 : -1) * (point['activation'] === 'relu' ? 1 : -1);
  const grid = gridPoints.filter(({ beta }) => beta !== 2);
  const effects = gridStudy(trialsOf(grid, 1, (point) => turning(point) + (point['beta'] as number)));
  expect(new Set(effects.interaction!.parameters)).toEqual(new Set(['beta', 'activation']));
  expect(effects.interaction!.share.share).toBeGreaterThan(0.8);
  expect(effects.interaction!.turn).toMatchObject({ of: 'activation', values: [8, 0.5], best: ['relu', 'tanh'] });

  const random = study(
    trialsOf(randomPoints(150), 1, (point) => {
      return (
        10 * (coordinate(point, 'beta') > 0.5 ? 1 : -1) * (point['activation'] === 'relu' ? 1 : -1) +
        coordinate(point, 'beta')
      );
    }),
  );
  expect(new Set(random.interaction!.parameters)).toEqual(new Set(['beta', 'activation']));
  expect(random.interaction!.share.share).toBeGreaterThan(0.6);
});
