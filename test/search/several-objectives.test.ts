import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { bayes } from '../../src/search/bayes.ts';
import { hypervolume } from '../../src/search/hypervolume.ts';
import { nonDominated } from '../../src/search/non-dominated.ts';
import { ranked, scalarised, type TradedObservation } from '../../src/search/one-loss.ts';
import { tpe } from '../../src/search/tpe.ts';
import { learntVolume, randomVolume, TRADES } from './trades.ts';

const REFERENCE = 5;
const points = fc
  .integer({ min: 2, max: 3 })
  .chain((objectives) =>
    fc.array(fc.array(fc.nat(6), { minLength: objectives, maxLength: objectives }), { minLength: 1, maxLength: 9 }),
  );

describe('the Pareto set and its hypervolume', () => {
  it('holds exactly what no other point is as good as in all and better in one', () => {
    fc.assert(
      fc.property(points, (all) => {
        const isDominated = (one: readonly number[]): boolean =>
          all.some((other) => other.every((x, i) => x <= one[i]!) && other.some((x, i) => x < one[i]!));
        expect(nonDominated(all, (one) => one)).toEqual(all.filter((one) => !isDominated(one)));
      }),
    );
  });

  it('is the number of unit cells up to the reference that a point is as good as', () => {
    fc.assert(
      fc.property(points, (all) => {
        let cells: number[][] = [[]];
        for (let i = 0; i < all[0]!.length; i++) {
          cells = cells.flatMap((cell) => Array.from({ length: REFERENCE }, (_, x) => [...cell, x]));
        }
        const covered = cells.filter((cell) => all.some((point) => point.every((x, i) => x <= cell[i]!)));
        const reference = all[0]!.map(() => REFERENCE);
        expect(hypervolume(all, reference)).toBe(covered.length);
      }),
    );
  });
});

describe('several losses as one', () => {
  const seen = (
    losses: TradedObservation['losses'],
    errors: TradedObservation['errors'] = [null, null],
  ): TradedObservation => {
    return { point: [0], losses, errors };
  };

  it('has fronts before each other, and what adds most to the hypervolume first; a failure has no place', () => {
    // The first front is of 1, 2 and 4; of these, 2 alone covers most, and 4 next to nothing beside it.
    const all = [seen([6, 6]), seen([0, 8]), seen([3, 3]), seen(null), seen([3.3, 2.95]), seen([9, 9])];
    expect(ranked(all).map(({ loss }) => loss)).toEqual([3, 1, 0, null, 2, 4]);
  });

  it('has its minima in the Pareto set, whatever the weights, and carries the errors', () => {
    const all = [
      seen([0, 1], [0.1, 0.1]),
      seen([0.45, 0.6]),
      seen([1, 0]),
      seen([0.5, 0.65]),
      seen(null),
      seen([300, 200]),
    ];
    const best = Array.from({ length: 60 }, (_, index) => {
      const losses = scalarised(all, 1, index).map(({ loss }) => loss ?? Infinity);
      return losses.indexOf(Math.min(...losses));
    });
    // The middle one lies off the straight line between the ends: a weighted sum never finds it.
    expect([...new Set(best)].sort()).toEqual([0, 1, 2]);
    const [first, second] = scalarised(all, 1, 0);
    expect(first!.error).toBeGreaterThan(0);
    expect(first!.error).toBeLessThan(0.2);
    expect(second!.error).toBeNull();
  });

  it('makes of nothing but failures what a sampler takes', () => {
    const all = [seen(null), seen(null)];
    for (const one of [ranked(all), scalarised(all, 0, 0)]) expect(one.map(({ loss }) => loss)).toEqual([null, null]);
  });
});

// The bench's case `search` has bayes on ten seeds of all three.
test.each([
  ['tpe', () => tpe, TRADES, 10],
  ['bayes', bayes, TRADES.slice(2), 2],
] as const)('%s covers more of a known front than random search after 50 trials', (name, sampler, trades, seeds) => {
  for (const trade of trades) {
    const wins = Array.from({ length: seeds }, (_, seed) => seed).filter((seed) => {
      return learntVolume(trade, name, sampler(), seed) > randomVolume(trade, seed);
    });
    expect(wins.length, trade.name).toBeGreaterThanOrEqual(Math.floor(0.9 * seeds));
  }
});
