/** Issue 9, line 6, over three parts of the edits; `npm run test:plan` goes on over eight. */
import { testPlanEqualsRun } from './plan-equals-run.ts';

testPlanEqualsRun([1, 2, 3]);
