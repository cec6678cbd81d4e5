import type { SweepStatus } from '../analysis/progress/status.ts';
import type { TrialState } from '../trial/state.ts';

/** What a served page is told: how far the sweep is, and the trials that changed since what it was told before. */
export interface LiveMessage {
  readonly sweep: string;
  readonly state: SweepStatus['state'];
  readonly counts: SweepStatus['trials'];
  /** `val/elbo`. */
  readonly metric: string;
  /** The leading configuration by name, and its mean. */
  readonly best: { readonly label: string; readonly value: string } | null;
  readonly etaSeconds: number | null;
  readonly trials: readonly LiveTrial[];
}

export interface LiveTrial {
  /** As many digits as tell it apart. */
  readonly id: string;
  /** Of the parameters that differ: `beta=1 latent_dim=10`. */
  readonly label: string;
  readonly seed: number;
  readonly state: TrialState;
  readonly cause: string | null;
  readonly epoch: number;
  readonly epochs: number;
  /** Of its last epoch, or, once ended, of its best: nats per image. */
  readonly elbo: number | null;
  readonly device: string | null;
}
