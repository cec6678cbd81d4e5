import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeRung, rungsOf, type Contender } from '../../src/search/halving.ts';
import { bracketOfCohort, hyperbandBrackets, shareOut } from '../../src/search/hyperband.ts';
import { expectedBrackets, expectedEpochs, shareOf, type Pruning } from '../../src/search/pruning.ts';

const HALVING: Pruning = { method: 'halving', minEpochs: 1, eta: 3, cohortSize: null };
const third = shareOf(HALVING);
const at = (value: number | null, family = 'a', isAnnealing = false): Contender => ({ value, family, isAnnealing });

test('rungs lie at min_epochs times powers of eta, before the last epoch', () => {
  expect(rungsOf(1, 3, 27)).toEqual([1, 3, 9]);
  expect(rungsOf(1, 3, 28)).toEqual([1, 3, 9, 27]);
  expect(rungsOf(4, 2, 10)).toEqual([4, 8]);
  expect(rungsOf(4, 2, 4)).toEqual([]);
});

// Li et al. 2018 (Hyperband), Table 1, s = 4: 81 configurations, 1 … 81 epochs.
test('81 configurations go on as 27, 9, 3 and 1', () => {
  expect(expectedBrackets(HALVING, 81, 81)).toMatchObject([{ survivors: [27, 9, 3, 1] }]);
  const epochs = expectedEpochs(HALVING, 81, 81);
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
  const verdicts = judgeRung(contenders, [], third, 'maximize');
  expect(verdicts.map(({ verdict }) => verdict)).toEqual([
    ...['pruned', 'pruned', 'promoted', 'pruned', 'pruned'],
    ...['promoted', 'pruned', 'pruned', 'not judged'],
  ]);
  expect(verdicts[4]).toEqual({ verdict: 'pruned', place: 2, among: 5 });
  expect(judgeRung([at(-5), at(-1)], [], third, 'minimize').map(({ verdict }) => verdict)).toEqual([
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
        [],
        (among) => Math.floor(among / eta),
        'maximize',
      );
      const of = (wanted: string): number[] => all.filter((_, i) => verdicts[i]!.verdict === wanted);
      expect(of('promoted')).toHaveLength(Math.max(1, Math.floor(all.length / eta)));
      expect(Math.min(...of('promoted'))).toBeGreaterThanOrEqual(Math.max(-Infinity, ...of('pruned')));
    }),
  );
});

// Li et al. 2018 (Hyperband), Algorithm 1, for R = 81 and eta = 3.
test('brackets of hyperband are those of the paper, in its proportions', () => {
  const brackets = hyperbandBrackets(rungsOf(1, 3, 81), 3);
  expect(brackets.map(({ weight }) => weight)).toEqual([81, 34, 15, 8, 5]);
  expect(brackets.map(({ rungs }) => rungs)).toEqual([[1, 3, 9, 27], [3, 9, 27], [9, 27], [27], []]);
  expect(shareOut(143, brackets)).toEqual([81, 34, 15, 8, 5]);
  expect(shareOut(10, brackets)).toEqual([6, 2, 1, 1, 0]);
  const epochs = expectedBrackets({ ...HALVING, method: 'hyperband' }, 143, 81);
  expect(epochs.map(({ survivors }) => survivors)).toEqual([[27, 9, 3, 1], [11, 3, 1], [5, 1], [2], []]);
});

test('cohorts that are brackets in turn come to the same proportions, the most pruned first', () => {
  const brackets = hyperbandBrackets(rungsOf(1, 3, 9), 3);
  const turns = Array.from({ length: 2 * (9 + 5 + 3) }, (_, i) => bracketOfCohort(i, brackets));
  expect(turns.slice(0, 5)).toEqual([0, 1, 0, 2, 0]);
  expect([0, 1, 2].map((wanted) => turns.filter((one) => one === wanted).length)).toEqual([18, 10, 6]);
});

test('those before are compared with and not judged; of equals they are first', () => {
  const before = [at(-1), at(-2), at(null), at(-1, 'b')];
  expect(judgeRung([at(-2), at(-3)], before, (among) => Math.ceil(among / 2), 'maximize')).toEqual([
    { verdict: 'promoted', place: 3, among: 5 },
    { verdict: 'pruned', place: 4, among: 5 },
  ]);
});
