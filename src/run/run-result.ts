import { countStates } from '../analysis/progress/count-states.ts';
import { selectedTrials } from '../analysis/ranking.ts';
import type { LostWeights } from '../analysis/trial/lost-weights.ts';
import type { SweepSnapshot } from '../store/read-model.ts';
import type { PlanChange } from '../store/store.ts';
import type { TrialState } from '../trial/state.ts';
import type { TrialId } from '../trial/trial.ts';
import { troubles, type FailedTest } from './run-troubles.ts';
import type { Tally } from './tally.ts';

export interface RunResult {
  readonly name: string;
  readonly change: PlanChange;
  readonly counts: Readonly<Record<TrialState, number>>;
  /** A stop left work undone. The exit code is then the signal's: 128 and its number. */
  readonly interrupted: boolean;
  /** 3 when the user has something to look at: failed or diverged trials, a test evaluation or a training again that failed, lost weights. */
  readonly exitCode: 0 | 3;
  /** Trials of the best configuration so far; empty while none is completed. */
  readonly selected: readonly TrialId[];
  readonly elapsedMs: number;
  /** Evaluations on the test split that failed in this run; the next run tries them again. */
  readonly failedTests: readonly FailedTest[];
  /** What there is to look at: `2 trials diverged, 1 failed, 1 test evaluation failed, 1 trial without weights`. Null with exit code 0. */
  readonly exitReason: string | null;
  /** Trials whose results were taken over from other sweeps: those of `change`, and those that ended while this run went on. */
  readonly reused: number;
  /** What ended the sweep before its plan: a budget that is used up, an aim that is reached. Null where nothing did. */
  readonly endedBy: string | null;
  /** Completed trials of the plan whose weights are not there. */
  readonly lostWeights: readonly LostWeights[];
}

type Told = Pick<RunResult, 'change' | 'interrupted' | 'endedBy' | 'lostWeights' | 'elapsedMs'>;

/** Of a run whose sweep ended as `end`; `tally` is of what happened in it. */
export function runResult(
  end: SweepSnapshot,
  { change, interrupted, endedBy, lostWeights, elapsedMs, tally }: Told & { readonly tally: Tally },
): RunResult {
  const { failedTests, notAgain } = tally;
  const counts = countStates(end.trials);
  const exitReason = troubles(counts, failedTests, notAgain, lostWeights);
  const exitCode = exitReason === null ? 0 : 3;
  const ended = { name: end.sweep.name, change, counts, interrupted, exitCode } as const;
  const found = { selected: selectedTrials(end), elapsedMs, reused: change.reused + tally.reused };
  return { ...ended, ...found, failedTests, exitReason, lostWeights, endedBy };
}
