/** A trial is one configuration trained with one seed. These are the types every layer shares; they are plain data. */

import type { OwnLikelihood } from '../model/own-likelihood.ts';
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
  /** Of a user's own images, which no definition knows; absent for all others. */
  readonly own?: OwnImages;
  /** What models are told; absent where they are told nothing. */
  readonly labels?: DatasetLabels;
}

/** The labels of a data set, each once: a model is told one of an image as its place among them. */
export interface DatasetLabels {
  readonly names: readonly string[];
  /** Hash of the labels of all images, of a user's own; those of others follow from the data set. */
  readonly fingerprint?: string;
}

/** Images, or rows of numbers, of a user's own, as they were when the sweep was planned. All but the path follows from their content. */
export interface OwnImages {
  /** Absolute: where they were. No part of a trial's identity, as their name isn't. */
  readonly path: string;
  /** Hash of shape, pixels and order. */
  readonly fingerprint: string;
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly splits: { readonly train: number; readonly validation: number; readonly test: number };
  /** Whether the last ones are the test images, as their files say; absent: they are drawn from all. */
  readonly hasTestSet?: true;
  /** Whether every value is 0 or 255. */
  readonly isBinary: boolean;
  /** Rows of numbers, as images of 1×P pixels; absent: images of bytes. */
  readonly isReal?: true;
  /** Numbers that count something, and are left as they are; absent: each column is standardised. */
  readonly isCounts?: true;
  /** What is made of the files there; absent: nothing. */
  readonly reading?: OwnReading;
}

/** What of a file is read, and how images are brought to one size, and to grey or colour. What comes of it has the identity, not this. */
export interface OwnReading {
  /** In pixels. */
  readonly size?: readonly [height: number, width: number];
  /** How other proportions become these; `crop` where it isn't said. */
  readonly resize?: 'crop' | 'fit' | 'stretch';
  readonly channels?: 'grey' | 'colour';
  /** Which array of a file is meant, where it has several. */
  readonly key?: string;
  /** Which column or array of a file says what its samples are; left out, the first of some usual names. */
  readonly label?: string;
  /** Rows of numbers that count something. */
  readonly values?: 'counts';
  /** Whether the first line of a CSV names its columns; absent: it does where it has a name. */
  readonly header?: boolean;
  /** Columns of a table that are no input, by name. */
  readonly drop?: readonly string[];
}

/** Its JSON is the same wherever a user's own images and definitions lie, and whatever the images are called. */
export function withoutPlace(config: TrialConfig): object {
  const { dataset, ownLikelihood, ownMetrics } = config;
  return {
    ...config,
    ...(ownLikelihood && { ownLikelihood: { ...ownLikelihood, path: undefined } }),
    ...(ownMetrics && { ownMetrics: ownMetrics.map((metric) => ({ ...metric, path: undefined })) }),
    ...(dataset.own && {
      dataset: { ...dataset, name: undefined, own: { ...dataset.own, path: undefined, reading: undefined } },
    }),
  };
}

/** As of a trial whose model is told nothing. */
export function withoutLabels(settings: DatasetSettings): DatasetSettings {
  const untold: { labels?: DatasetLabels } & DatasetSettings = { ...settings };
  delete untold.labels;
  return untold;
}

/** Equal for settings that name the same data, whatever these are called. */
export function dataKey({ name, own }: DatasetSettings): string {
  return own === undefined ? name : `own ${own.fingerprint}`;
}

/** Everything that decides a trial's result, apart from its seed and the data's content. */
export interface TrialConfig {
  readonly parameters: Parameters;
  readonly train: TrainSettings;
  readonly dataset: DatasetSettings;
  /** What is known of its likelihood where a module of the user's defines that; absent: it is one of ours. */
  readonly ownLikelihood?: OwnLikelihood;
  /** Metrics of the user's that it records beside ours, in the order of their names; absent: none. */
  readonly ownMetrics?: readonly OwnMetric[];
}

/** What is on record of a metric that a module of the user's defines: how its values are named, judged and shown. */
export interface OwnMetric {
  readonly name: string;
  /** Absolute: where the module was. No part of a trial's identity. */
  readonly path: string;
  /** Of the module's text (src/own/load.ts). */
  readonly hash: string;
  readonly definition: string;
  readonly label: string;
  readonly amount: string;
  readonly unit: string;
  readonly goal: Objective['goal'] | null;
  readonly decimals: number;
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
  /** Which devices may train it: of this class, or of one that goes into more detail. Absent: all. */
  readonly deviceClass?: string;
  /** In a sweep that confirms its best configurations: one of those that it chooses by, or that it confirms with. */
  readonly phase?: TrialPhase;
}

export type TrialPhase = 'screen' | 'confirm';

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
