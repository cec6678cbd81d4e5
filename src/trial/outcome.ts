/**
 * Why an attempt stops before its last epoch: the coordinator asks it to, which it reads between chunks of steps, or its
 * job said after which epoch.
 */
export type StopReason = 'interrupted' | 'paused';

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

/** Every way an attempt can end: a value, because a thrown error loses its class and code between threads. */
export type TrialOutcome =
  | { readonly kind: 'completed'; readonly summary: TrialSummary }
  | { readonly kind: 'tested'; readonly metrics: Readonly<Record<string, number>> }
  /** A loss or gradient stopped being finite. */
  | { readonly kind: 'diverged'; readonly message: string }
  | { readonly kind: 'stopped'; readonly reason: StopReason }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /**
   * The device process or its thread went away. The culprit is the trial where it hung or was alone there, another where
   * that one hung or the trial was about to end anyway, and unknown where several were in the process.
   */
  | { readonly kind: 'lost'; readonly cause: string; readonly culprit: 'trial' | 'other' | 'unknown' }
  /** Nobody began it, since who was to run it takes nothing more: follows no event but `placed`, and costs the trial nothing. */
  | { readonly kind: 'declined' };
