import type { EngineChoice } from '../engine/choice.ts';
import type { TrialOutcome } from './outcome.ts';
import type { EpochRecord, TrialId } from './trial.ts';

/** What an attempt tells, in this order. Structured-cloneable, as all that crosses between threads and processes. */
export type TrialEvent =
  /** The attempt has a slot of the device of this label. First event of every attempt, told by the executor itself. */
  | { readonly type: 'placed'; readonly device: string }
  /**
   * First of a train job itself. `history` holds the epochs the checkpoint already contains (empty at a fresh start);
   * an epoch may be in a checkpoint without having been recorded, or recorded and in no checkpoint, so the receiver makes
   * its records those. `rejectedCheckpoint` says of a checkpoint that is there why it isn't used,
   * `wentOnFrom` that it is another trial's, of fewer epochs.
   */
  | {
      readonly type: 'started';
      readonly engine: EngineChoice;
      /** What computes it; see training/bit-class.ts. */
      readonly bitClass: string;
      readonly history: readonly EpochRecord[];
      readonly rejectedCheckpoint?: string;
      readonly wentOnFrom?: TrialId;
    }
  /** An epoch is done, and its checkpoint is safely on disk. */
  | { readonly type: 'epoch'; readonly record: EpochRecord }
  /** Sent about twice a second while training: `fraction` of the current epoch done, and training speed. */
  | { readonly type: 'progress'; readonly epoch: number; readonly fraction: number; readonly imagesPerSecond: number }
  /** The trial works on something that has no progress to tell, such as reading its data or an evaluation. */
  | { readonly type: 'alive' }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string };

/** The one shape in which an attempt's events and, last of all, its outcome travel from its thread to the scheduler. */
export type News = { readonly event: TrialEvent } | { readonly outcome: TrialOutcome };
