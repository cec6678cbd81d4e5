/** What openSamples is asked, and what it gives: images or rows in an order, as a model was evaluated with them. */
import type { ImageLabels } from '../data/labels.ts';
import type { Columns } from '../data/own/tables/standardize.ts';
import type { Values } from '../data/source.ts';
import type { ModelShape } from '../model/architecture.ts';
import type { DatasetSettings } from '../trial/trial.ts';

export type DatasetSplit = 'train' | 'validation' | 'test';

export interface Samples {
  /** `576 test images of sprites-mini`. */
  readonly what: string;
  readonly count: number;
  /** Of each, its index in the data set or file. */
  readonly indexOf: (sample: number) => number;
  /** Of each, its path in a folder; undefined where they are in no folder. */
  readonly pathOf: ((sample: number) => string) | undefined;
  /** What each is, where that is known: its class, or its label. */
  readonly labelOf: ((sample: number) => string) | undefined;
  /** Bytes of some whole images at a time, whole batches of evaluation but for the end; binarised as the trial was evaluated. */
  readonly read: (piece: number) => Iterable<Values> | AsyncIterable<Values>;
}

export interface SampleRequest {
  readonly shape: ModelShape;
  /** What the model's rows of numbers are standardised by. */
  readonly columns: Columns | undefined;
  /** What the trial trained on. */
  readonly settings: DatasetSettings;
  /** A data set's name, or a path; by default the trial's own. */
  readonly given: string | undefined;
  /** By default `test` of the trial's own, all of another. */
  readonly split: DatasetSplit | undefined;
  /** Where data sets are looked for first. */
  readonly dataDir: string | undefined;
}

/** What each sample is by its label; undefined where nothing is known. */
export function labelOf(labels: ImageLabels | undefined): ((sample: number) => string) | undefined {
  return labels && ((sample) => labels.names[labels.of[sample]!]!);
}
