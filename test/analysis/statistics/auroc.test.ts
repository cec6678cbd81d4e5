import { expect, it } from 'vitest';
import { auroc } from '../../../src/analysis/statistics/auroc.ts';

it('is the share of pairs in their order, ties half', () => {
  const scores = [0.1, 0.4, 0.35, 0.8, 0.4, -Infinity];
  const positive = [false, false, true, true, true, true];
  let pairs = 0;
  let ordered = 0;
  scores.forEach((a, i) =>
    scores.forEach((b, j) => {
      if (!positive[i] || positive[j]) return;
      pairs++;
      ordered += a > b ? 1 : a === b ? 0.5 : 0;
    }),
  );
  expect(auroc(scores, (index) => positive[index]!)).toBeCloseTo(ordered / pairs, 12);
  // scikit-learn's documentation of roc_auc_score has these four.
  expect(auroc([0.1, 0.4, 0.35, 0.8], (index) => index >= 2)).toBe(0.75);
  expect(auroc([1, 2], () => true)).toBeNaN();
});
