/** Issue 9, line 6, over 512 random edits: `npm run test:plan`. */
import { testPlanEqualsRun } from '../cli/plan-equals-run.ts';

testPlanEqualsRun([1, 2, 3, 4, 5, 6, 7, 8]);
