/** A trial is one configuration trained with one seed. These are the types every layer shares; they are plain data. */

import type { Parameters } from '../model/parameter.ts';

export const BINARIZATIONS = ['grey', 'threshold', 'static', 'dynamic'] as const;
export type Binarization = (typeof BINARIZATIONS)[number];

export interface TrainSettings {
  readonly epochs: number;
  readonly batchSize: number;
  /** Largest global L2 norm of the gradient; null leaves gradients as they are. */
  readonly clipNorm: number | null;
}

export interface DatasetSettings {
  readonly name: string;
  /** At most so many training / validation images; null takes the whole split. */
  readonly train: number | null;
  readonly validation: number | null;
  readonly binarization: Binarization;
}

/** Everything that decides a trial's result, apart from its seed and the data's content. */
export interface TrialConfig {
  readonly parameters: Parameters;
  readonly train: TrainSettings;
  readonly dataset: DatasetSettings;
}

/** 16 hexadecimal digits: a hash of configuration, data fingerprint, numerics version and seed (see identity.ts). */
export type TrialId = string;
/** Like TrialId, without the seed: what trials of one configuration share. */
export type ConfigId = string;

export interface TrialPlan {
  readonly id: TrialId;
  readonly configId: ConfigId;
  readonly seed: number;
  readonly config: TrialConfig;
}

/** What a sweep optimises: a metric at each trial's best epoch. */
export interface Objective {
  readonly metric: string;
  readonly goal: 'maximize' | 'minimize';
}

/** One epoch of one trial, as recorded. `metrics` maps names such as `val/elbo` to finite values (nats per image). */
export interface EpochRecord {
  /** 1-based. */
  readonly epoch: number;
  /** Optimiser steps done since the trial's start. */
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Wall time of this epoch, evaluation included. Not part of any result. */
  readonly seconds: number;
  /** CPU time of the trial's thread meanwhile, user and system; null or absent where it is not known. */
  readonly cpuSeconds?: number | null;
}
