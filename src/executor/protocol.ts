/**
 * All that crosses the boundary between the coordinator, a device process and its trial threads.
 * Both sides derive their types from here. Everything is structured-cloneable; outcomes are values, because a thrown
 * error loses its class and code between threads.
 */
import type { DatasetSource } from '../data/source.ts';
import type { EngineChoice } from '../engine/engine.ts';
import type { EpochRecord, TrialConfig, TrialId } from '../trial/trial.ts';

interface JobBase {
  readonly trialId: TrialId;
  readonly attempt: number;
  readonly seed: number;
  readonly config: TrialConfig;
  readonly dataset: DatasetSource;
  /** The trial's folder, absolute. Checkpoint, weights and pictures go there; whoever trains makes it. */
  readonly directory: string;
}
/** Train from the last checkpoint in `directory`, or from the start where there is none. */
export interface TrainJob extends JobBase {
  readonly kind: 'train';
}
/** Evaluate the trial's best weights on the test split. */
export interface TestJob extends JobBase {
  readonly kind: 'test';
}
export type TrialJob = TrainJob | TestJob;

export type TrialEvent =
  /**
   * First event of every train job. `history` holds the epochs the checkpoint already contains (empty at a fresh start);
   * an epoch may be in a checkpoint without having been recorded, or recorded and in no checkpoint, so the receiver makes
   * its records those. `rejectedCheckpoint` says of a checkpoint that is there why it isn't used.
   */
  | {
      readonly type: 'started';
      readonly engine: EngineChoice;
      readonly history: readonly EpochRecord[];
      readonly rejectedCheckpoint?: string;
    }
  /** An epoch is done, and its checkpoint is safely on disk. */
  | { readonly type: 'epoch'; readonly record: EpochRecord }
  /** Sent about twice a second while training: `fraction` of the current epoch done, and training speed. */
  | { readonly type: 'progress'; readonly epoch: number; readonly fraction: number; readonly imagesPerSecond: number }
  /** The trial works on something that has no progress to tell, such as reading its data or an evaluation. */
  | { readonly type: 'alive' }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string };

export type StopReason = 'interrupted' | 'cancelled' | 'pruned';

/** What the coordinator may tell a running trial; read between chunks of steps. */
export interface TrialCommand {
  readonly type: 'stop';
  readonly reason: StopReason;
}

export interface TrialSummary {
  /** 1-based epoch with the highest `val/elbo`. */
  readonly bestEpoch: number;
  readonly epochs: number;
  /** Metrics of the best epoch. */
  readonly metrics: Readonly<Record<string, number>>;
  /** KL of each latent dimension at the best epoch, nats per image, validation split. */
  readonly klPerDimension: readonly number[];
  readonly trainableWeights: number;
}

export interface Failure {
  /**
   * `bug` is an exception in our code, `data` a data set that can't be read, `memory` an allocation that failed,
   * `storage` a file of the trial that can't be written or read: a full disk, a folder that is gone; `weights` best
   * weights that a test needs and that are missing or damaged.
   */
  readonly kind: 'bug' | 'data' | 'memory' | 'storage' | 'weights';
  readonly message: string;
  /** The operating system's error code, e.g. `ENOSPC`; exactly for `storage`. */
  readonly code?: string;
  readonly stack?: string;
}

/** Every way an attempt can end. */
export type TrialOutcome =
  | { readonly kind: 'completed'; readonly summary: TrialSummary }
  | { readonly kind: 'tested'; readonly metrics: Readonly<Record<string, number>> }
  /** A loss or gradient stopped being finite. */
  | { readonly kind: 'diverged'; readonly epoch: number; readonly step: number; readonly message: string }
  | { readonly kind: 'stopped'; readonly reason: StopReason; readonly epoch: number }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /**
   * The device process or its thread went away. The culprit is the trial where it hung or was alone there, another where
   * that one hung or the trial was about to end anyway, and unknown where several were in the process.
   */
  | { readonly kind: 'lost'; readonly cause: string; readonly culprit: 'trial' | 'other' | 'unknown' };
