/** A trial is one configuration trained with one seed. These are the types every layer shares; they are plain data. */

export const ARCHITECTURES = ['mlp', 'conv'] as const;
export const ACTIVATIONS = ['relu', 'leaky_relu', 'elu', 'tanh'] as const;
export const INITIALIZATIONS = ['he', 'glorot'] as const;
export const LIKELIHOODS = ['bernoulli'] as const;
export const BINARIZATIONS = ['grey', 'threshold', 'static', 'dynamic'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];
export type Activation = (typeof ACTIVATIONS)[number];
export type Initialization = (typeof INITIALIZATIONS)[number];
export type Likelihood = (typeof LIKELIHOODS)[number];
export type Binarization = (typeof BINARIZATIONS)[number];

/** What a sweep may vary. */
export interface Parameters {
  readonly architecture: Architecture;
  /** Widths of the encoder's dense layers, mirrored in the decoder; only for `mlp`. */
  readonly hidden?: readonly number[];
  /** Channels of the encoder's convolutions (4×4, stride 2), mirrored in the decoder; only for `conv`. */
  readonly channels?: readonly number[];
  readonly activation: Activation;
  /** How weights are drawn before the first step; absent in trials of versions that knew but `glorot`. */
  readonly init: Initialization;
  readonly latentDim: number;
  readonly beta: number;
  readonly learningRate: number;
  readonly likelihood: Likelihood;
}

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
}
