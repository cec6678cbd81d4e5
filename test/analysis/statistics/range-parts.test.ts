import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeParts } from '../../../src/analysis/statistics/range-parts.ts';

const RANGE = fc
  .tuple(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.double({ min: 1.001, max: 1e4, noNaN: true }))
  .map(([min, ratio]) => ({ min, max: min * ratio }));

test('parts are equal on their scale, and their ends are told apart', () => {
  fc.assert(
    fc.property(
      RANGE,
      fc.constantFrom('linear' as const, 'log' as const),
      fc.integer({ min: 2, max: 8 }),
      (range, scale, parts) => {
        const { edges, partOf, coordinateOf } = rangeParts({ ...range, scale }, parts);
        expect(edges).toHaveLength(parts + 1);
        edges.slice(1).forEach((edge, i) => expect(edge).toBeGreaterThan(edges[i]!));
        edges.forEach((edge, i) => expect(Math.abs(coordinateOf(edge) - i / parts)).toBeLessThan(0.2 / parts));
        expect([range.min, range.max].map(partOf)).toEqual([0, parts - 1]);
      },
    ),
  );
});

test('ends have no more digits than they need', () => {
  expect(rangeParts({ min: 1e-4, max: 1e-1, scale: 'log' }, 3).edges).toEqual([1e-4, 1e-3, 1e-2, 1e-1]);
  expect(rangeParts({ min: 2, max: 66, scale: 'linear' }, 5).edges).toEqual([2, 15, 28, 40, 53, 66]);
  expect(rangeParts({ min: 100, max: 104, scale: 'linear' }, 4).edges).toEqual([100, 101, 102, 103, 104]);
});
