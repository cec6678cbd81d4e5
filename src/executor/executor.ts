import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { StopReason, TrialOutcome } from '../trial/outcome.ts';

/**
 * Where trials run. The scheduler keeps at most `capacity` jobs in flight and never learns how they travel:
 * to device processes on this machine, or to agents on others.
 */
export interface Executor extends AsyncDisposable {
  /** Jobs that may be in flight now. Shrinks when a device becomes unhealthy; 0 means nothing can run any more. */
  readonly capacity: number;
  readonly devices: readonly DeviceStatus[];
  /** There may be devices later: no capacity is then no end, but something to wait for. */
  readonly mayGrow?: boolean;
  /** Why nothing can run any more, whatever became of the devices, and what to do: a clause and a sentence. */
  readonly end?: { readonly cause: string; readonly remedy: string } | undefined;
  /** Called after `capacity` changed. */
  onCapacityChange: (() => void) | undefined;
  /**
   * Starts a job on the device of this label, or on the least busy one, which must have a free slot; the event `placed`
   * says which it is.
   */
  run(job: TrialJob, onEvent: (event: TrialEvent) => void, device?: string): Attempt;
}

export interface Attempt {
  /** Settles with every way the job can end, and never rejects; no event is delivered after it. */
  readonly outcome: Promise<TrialOutcome>;
  /** Asks for a stop between two chunks of steps. */
  stop(reason: StopReason): void;
}

export interface DeviceStatus {
  readonly label: string;
  readonly slots: number;
  readonly busy: number;
  readonly healthy: boolean;
  readonly pid: number | null;
  /** Only trials that ask for this class, or for a part of its name, or for none, may go there. Absent: all. */
  readonly deviceClass?: string;
  /** What it trains with, e.g. `compiled/cuda`. */
  readonly engine?: string;
  /** Why it is no longer used; absent while it is healthy. */
  readonly trouble?: string;
}
