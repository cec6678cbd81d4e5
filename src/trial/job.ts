import type { DatasetSource } from '../data/source.ts';
import type { TrialConfig, TrialId } from './trial.ts';

/** All that whoever runs it needs. An *attempt* is a job that was sent, until it has an outcome. */
interface JobBase {
  readonly trial: TrialId;
  readonly attempt: number;
  readonly seed: number;
  readonly config: TrialConfig;
  readonly dataset: DatasetSource;
  /** Nothing else may run on its device meanwhile: it may be what devices are lost by. */
  readonly alone?: boolean;
  /** The trial's folder, absolute (see trial-files.ts). Whoever trains makes it. */
  readonly directory: string;
}
/** Train from the last checkpoint in `directory`, or from the start where there is none. */
export interface TrainJob extends JobBase {
  readonly kind: 'train';
  /** Once so many epochs are done, the attempt ends with its checkpoint, as 'paused'. Absent: it trains them all. */
  readonly pauseAt?: number | undefined;
}
/** Evaluate the trial's best weights on the test split. */
export interface TestJob extends JobBase {
  readonly kind: 'test';
}
export type TrialJob = TrainJob | TestJob;
