import type { DatasetSource } from '../data/source.ts';
import type { ResultsLayout } from '../files/paths.ts';
import type { TrialFiles } from '../files/trial-files.ts';
import type { SweepStore } from '../store/store.ts';
import type { TrialPlan } from '../trial/trial.ts';
import type { Clock } from './clock.ts';
import type { Emit } from './events.ts';
import type { Admission, TrialSource } from './sources/source.ts';

/** What every task of a run shares. */
export interface RunContext {
  readonly sweep: string;
  readonly layout: ResultsLayout;
  readonly store: SweepStore;
  readonly dataset: DatasetSource;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Whether trouble of the storage may pass; then nothing new starts for a while. */
  readonly waitsFor: (error: unknown) => boolean;
  /** Records what a trial comes from, if that is for its source to record. */
  readonly admit: (trial: TrialPlan) => Admission | undefined;
  /** Of a trial of fewer epochs, from whose checkpoint one goes on; undefined where there is none. */
  readonly goesOnFrom?: (trial: TrialPlan) => TrialFiles | undefined;
  /** After which epoch an attempt at a trial pauses. */
  readonly pauseAt: NonNullable<TrialSource['pauseAt']>;
  readonly onPaused: NonNullable<TrialSource['paused']>;
}
