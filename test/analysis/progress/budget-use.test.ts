import { expect, test } from 'vitest';
import { budgetUse } from '../../../src/analysis/progress/budget-use.ts';
import type { TrialId } from '../../../src/trial/trial.ts';

test('a trial of more epochs that is trained again, of which none are told yet, uses none', () => {
  const again = { id: 'a' as TrialId, reusedFrom: null, attempts: 1, epochs: 0, wentOnAfter: 3 };
  expect(budgetUse([again]).epochs).toBe(0);
  expect(budgetUse([{ ...again, epochs: 6 }]).epochs).toBe(3);
});
