import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectedEpochs, judgeRung, rungsOf, survivorsOf, type Contender } from '../../src/search/halving.ts';

const HALVING = { minEpochs: 1, eta: 3 };
const at = (value: number | null, family = 'a', isAnnealing = false): Contender => ({ value, family, isAnnealing });

test('rungs lie at min_epochs times powers of eta, before the last epoch', () => {
  expect(rungsOf(HALVING, 27)).toEqual([1, 3, 9]);
  expect(rungsOf(HALVING, 28)).toEqual([1, 3, 9, 27]);
  expect(rungsOf({ minEpochs: 4, eta: 2 }, 10)).toEqual([4, 8]);
  expect(rungsOf({ minEpochs: 4, eta: 2 }, 4)).toEqual([]);
});

// Li et al. 2018 (Hyperband), Table 1, s = 4: 81 configurations, 1 … 81 epochs.
test('81 configurations go on as 27, 9, 3 and 1', () => {
  expect(survivorsOf(81, HALVING, 81)).toEqual([27, 9, 3, 1]);
  const epochs = expectedEpochs(81, HALVING, 81);
  expect(epochs.reduce((sum, one) => sum + one)).toBe(54 * 1 + 18 * 3 + 6 * 9 + 2 * 27 + 81);
});

test('the best third of each family goes on, a lost one never, one that anneals always and in nobody’s place', () => {
  const contenders = [
    at(-5),
    at(null),
    at(-1),
    at(-9),
    at(-1),
    at(-3, 'b'),
    at(-100, 'b'),
    at(null, 'c'),
    at(-1, 'a', true),
  ];
  const verdicts = judgeRung(contenders, HALVING, 'maximize');
  expect(verdicts.map(({ verdict }) => verdict)).toEqual([
    ...['pruned', 'pruned', 'promoted', 'pruned', 'pruned'],
    ...['promoted', 'pruned', 'pruned', 'not judged'],
  ]);
  expect(verdicts[4]).toEqual({ verdict: 'pruned', place: 2, among: 5 });
  expect(judgeRung([at(-5), at(-1)], HALVING, 'minimize').map(({ verdict }) => verdict)).toEqual([
    'promoted',
    'pruned',
  ]);
});

test('as many go on as said, whatever the values, and none that is worse than one that is left', () => {
  const values = fc.array(fc.integer({ min: -20, max: 0 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(values, fc.integer({ min: 2, max: 5 }), (all, eta) => {
      const verdicts = judgeRung(
        all.map((value) => at(value)),
        { eta },
        'maximize',
      );
      const of = (wanted: string): number[] => all.filter((_, i) => verdicts[i]!.verdict === wanted);
      expect(of('promoted')).toHaveLength(Math.max(1, Math.floor(all.length / eta)));
      expect(Math.min(...of('promoted'))).toBeGreaterThanOrEqual(Math.max(-Infinity, ...of('pruned')));
    }),
  );
});
