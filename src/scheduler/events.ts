/** What a run tells its observers (live view, JSON stream, log). Each event is sent after what it says is recorded. */
import type { DeviceStatus } from '../executor/executor.ts';
import type { BudgetLeft } from '../text/describe-budget.ts';
import type { EngineChoice } from '../engine/choice.ts';
import type { TrialSummary } from '../trial/outcome.ts';
import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import type { Holder, PlanChange } from '../store/store.ts';
import type { TrialState } from '../trial/state.ts';
import type { EpochRecord, TrialId } from '../trial/trial.ts';

/** Reading the data set, recording the plan, starting the device processes and their engines. */
export type PreparationStep = 'data' | 'plan' | 'devices';

export type Happening =
  /** What a run does before it trains; the one step ends where the next begins, or `devices` comes. */
  | { readonly type: 'preparing'; readonly step: PreparationStep }
  /** The data set is being fetched; comes before `planned`, and only when it isn't here yet. */
  | {
      readonly type: 'downloading';
      readonly file: string;
      readonly receivedBytes: number;
      readonly totalBytes: number | null;
    }
  /** The plan is in the database. `snapshot` holds its trials before anything runs; of their metrics, the objective. */
  | { readonly type: 'planned'; readonly change: PlanChange; readonly snapshot: SweepSnapshot }
  /**
   * A search has proposed a configuration by the results of the first `seen` of its proposals: trials that are new to the
   * plan. They are as they were recorded: queued, or with a result that the sweep had before.
   */
  | {
      readonly type: 'proposed';
      readonly sampler: string;
      readonly seen: number;
      readonly trials: readonly TrialRecord[];
    }
  /** The executor is ready, or a device was lost; `capacity` jobs can be in flight from now on. */
  | { readonly type: 'devices'; readonly capacity: number; readonly devices: readonly DeviceStatus[] }
  /** A training attempt was handed to a device. */
  | { readonly type: 'dispatched'; readonly trial: TrialId; readonly attempt: number; readonly device: string }
  /** The attempt trains; `resumedEpochs` epochs came from its checkpoint. */
  | {
      readonly type: 'started';
      readonly trial: TrialId;
      readonly attempt: number;
      readonly engine: EngineChoice;
      readonly resumedEpochs: number;
    }
  | { readonly type: 'epoch'; readonly trial: TrialId; readonly record: EpochRecord }
  /** Not recorded: `fraction` of the current epoch that is done, and the speed. */
  | {
      readonly type: 'progress';
      readonly trial: TrialId;
      readonly epoch: number;
      readonly fraction: number;
      readonly imagesPerSecond: number;
    }
  /**
   * The trial will not run again in this run. `summary` exactly for `completed`, `cause` for everything else.
   * With `notAgain`, it was trained again on demand, which came to nothing for that cause: the summary is of the result before.
   * With `reusedFrom`, it was still queued here when that sweep's result was taken over; `attempt` is this sweep's last.
   */
  | {
      readonly type: 'finished';
      readonly trial: TrialId;
      readonly attempt: number;
      readonly state: Exclude<TrialState, 'queued' | 'running'>;
      readonly cause: string | null;
      readonly summary?: TrialSummary;
      readonly reusedFrom?: string;
      readonly notAgain?: string;
    }
  /** The attempt ended at a rung; its trial, queued, waits there with its checkpoint. */
  | { readonly type: 'paused'; readonly trial: TrialId; readonly attempt: number; readonly epoch: number }
  /** So many `configurations` of a cohort were compared after `epoch`, and so many of them `pruned`: told before their trials' ends. */
  | {
      readonly type: 'judged';
      readonly cohort: number;
      /** Which of several brackets the cohort is, from 1; null where there is one way to be judged. */
      readonly bracket: { readonly place: number; readonly among: number } | null;
      readonly rung: number;
      readonly epoch: number;
      readonly metric: string;
      readonly configurations: number;
      readonly pruned: number;
    }
  /**
   * The screening is over, and `configurations` of those `of` which it had are confirmed by these trials, which are new to the
   * plan, or have a result from before; so many were `foreseen`.
   */
  | {
      readonly type: 'chosen';
      readonly configurations: number;
      readonly of: number;
      readonly foreseen: number;
      readonly trials: readonly TrialRecord[];
    }
  /** What is left of the sweep's budget. */
  | { readonly type: 'budget'; readonly left: BudgetLeft }
  /** Slots are idle because all that is left for them, `trials`, is with `sweeps`. With none of both: no longer so. */
  | { readonly type: 'waiting'; readonly trials: number; readonly sweeps: readonly Holder[] }
  /** Nothing can be recorded for now, and why; with null it can again. What devices do meanwhile is recorded then. */
  | { readonly type: 'storage'; readonly trouble: string | null }
  /** The attempt ended early and its trial is queued again; while the run is stopping, for the next run. */
  | {
      readonly type: 'requeued';
      readonly trial: TrialId;
      readonly attempt: number;
      readonly cause: string;
      readonly retryInMs: number;
    }
  /** All training is done; so many trials are evaluated on the test split now. */
  | { readonly type: 'test_phase'; readonly trials: number }
  | { readonly type: 'test_dispatched'; readonly trial: TrialId; readonly device: string }
  | { readonly type: 'tested'; readonly trial: TrialId; readonly metrics: Readonly<Record<string, number>> }
  /** The trial stays completed, without test metrics; running the sweep again tries once more. */
  | { readonly type: 'test_failed'; readonly trial: TrialId; readonly cause: string }
  /** A stop was asked for: `running` jobs are asked to stop, or given up at once when `now`. */
  | { readonly type: 'stopping'; readonly running: number; readonly now: boolean }
  /** Something a trial or a device says; null where it is about neither. */
  | {
      readonly type: 'log';
      readonly trial: TrialId | null;
      readonly device?: string;
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      /** Of a message about a place in the spec: the line there, and one with carets. */
      readonly excerpt?: string;
    };

export type SchedulerEvent = { readonly at: Date } & Happening;
export type Observer = (event: SchedulerEvent) => void;

/** Sends a happening on, stamped with the time. */
export type Emit = (happening: Happening) => void;
