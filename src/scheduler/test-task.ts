import type { TestJob } from '../trial/job.ts';
import type { TrialOutcome } from '../trial/outcome.ts';
import { weightsRemedy } from '../analysis/trial/lost-weights.ts';
import type { ResultsLayout } from '../files/paths.ts';
import type { SweepSnapshot } from '../store/read-model.ts';
import type { TrialId } from '../trial/trial.ts';
import { Losses } from './losses.ts';
import { judge } from './retry.ts';
import type { Task } from './task.ts';
import type { RunContext } from './run-context.ts';

/** A completed trial whose best weights are to be evaluated on the test split. */
export interface TestTarget extends Omit<TestJob, 'kind' | 'dataset'> {
  /** The sweep that the result was taken over from. */
  readonly takenFrom: string | null;
  readonly deviceClass?: string | undefined;
}

/** The trials that `select` names, and where their weights are. */
export function testTargets(
  snapshot: SweepSnapshot,
  select: (snapshot: SweepSnapshot) => readonly TrialId[],
  layout: ResultsLayout,
): TestTarget[] {
  const { sweep, trials } = snapshot;
  const wanted = new Set(select(snapshot));
  return trials
    .filter(({ id }) => wanted.has(id))
    .map(({ id, attempts, seed, config, reusedFrom }) => ({
      trial: id,
      attempt: attempts,
      seed,
      config,
      directory: layout.trial(reusedFrom ?? sweep.name, id),
      takenFrom: reusedFrom,
    }));
}

/**
 * Evaluates one completed trial on the test split. Whatever happens here leaves the trial completed: a failure is
 * reported, and the next run of the sweep tries again.
 */
export function testTask(context: RunContext, { takenFrom, deviceClass, ...target }: TestTarget): Task {
  const { store, emit } = context;
  const { trial } = target;
  const losses = new Losses();
  let device: string | undefined;

  return {
    deviceClass,
    get isSuspect() {
      return losses.isSuspect;
    },
    get lostOn() {
      return device;
    },
    begin: (): TestJob => ({ kind: 'test', ...target, dataset: context.dataset }),
    event(event): () => void {
      if (event.type === 'placed') device = event.device;
      return () => {
        if (event.type === 'placed') emit({ type: 'test_dispatched', trial, device: event.device });
        if (event.type === 'log') emit({ ...event, trial });
      };
    },
    end(outcome: TrialOutcome): () => number | undefined {
      if (outcome.kind === 'declined') return () => 0;
      if (outcome.kind === 'tested') {
        const { metrics } = outcome;
        store.recordTest(trial, metrics);
        return () => {
          emit({ type: 'tested', trial, metrics });
          return undefined;
        };
      }
      const verdict = judge(outcome, losses.charged);
      if (verdict.state === 'queued') {
        return () => {
          if (outcome.kind === 'lost') losses.add(outcome);
          return verdict.retryInMs;
        };
      }
      const remedy =
        outcome.kind === 'failed' && outcome.failure.kind === 'weights' ? weightsRemedy(trial, takenFrom) : '';
      const cause =
        verdict.cause === null ? 'bug: a test job answered with the outcome of a train job' : verdict.cause + remedy;
      return () => {
        emit({ type: 'test_failed', trial, cause });
        return undefined;
      };
    },
  };
}
