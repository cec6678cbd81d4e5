import type { EpochRecord } from '../trial/trial.ts';
import type { LossTerms } from './divergence.ts';
import type { TimeTaken } from './stopwatch.ts';

/** Everything a trial needs to go on. Random streams have no state: they are keyed by seed, purpose, epoch and step. */
export interface TrainingState {
  /** Weights and Adam's moments, by name. */
  tensors: Readonly<Record<string, Float32Array>>;
  /** Optimiser steps done. */
  step: number;
  /** Finished epochs. */
  history: EpochRecord[];
  /** The epoch under way: steps done in it, and sums over its images so far. */
  partial: PartialEpoch;
  best: BestEpoch | undefined;
  /** Of the last step done; undefined before the first. */
  lastLoss: LossTerms | undefined;
}

export interface PartialEpoch extends TimeTaken {
  steps: number;
  images: number;
  /** Sum over images, nats. */
  reconstruction: number;
  kl: number;
  seconds: number;
  cpuSeconds?: number | null;
}

export interface BestEpoch {
  /** 1-based. */
  readonly epoch: number;
  readonly weights: Readonly<Record<string, Float32Array>>;
  /** Validation split, nats per image; empty without one. */
  readonly klPerDimension: readonly number[];
}

export function emptyEpoch(): PartialEpoch {
  return { steps: 0, images: 0, reconstruction: 0, kl: 0, seconds: 0, cpuSeconds: 0 };
}
