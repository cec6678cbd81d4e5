import type { DatasetLabels } from '../trial/trial.ts';
import type { Columns } from './own/tables/standardize.ts';

/** A data set that was found: where its files are and what is in them. Plain data, so it can travel to a worker. */
export interface DatasetSource {
  readonly name: string;
  /** Absolute paths by role, e.g. `train-images`; empty for built-in data. */
  readonly files: Readonly<Record<string, string>>;
  /** Hash of the content (or of the recipe, for built-in data). Part of a trial's identity. */
  readonly fingerprint: string;
  /** Those that models of the sweep are told; absent where none is told any. */
  readonly labels?: DatasetLabels | undefined;
}

/** Bytes of images, or numbers of rows that are standardised. */
export type Values = Uint8Array | Float32Array;

/** Images in a file, of which each thread reads those that it needs (stored-images.ts). Plain data, so they travel to threads. */
export interface StoredImages {
  /** Nothing but images, as in memory. */
  readonly file: string;
  /** Which of the file's they are. */
  readonly places: Int32Array;
  /** Whether each pixel is 255 from 128 on, and else 0; else they are grey. */
  readonly isThresholded: boolean;
}

/** Images of height × width × channels bytes, 0–255, row-major, one after another; perhaps in memory that threads share, or in a file. */
export interface ImageSet<Images extends Values | StoredImages = Values | StoredImages> {
  readonly count: number;
  readonly images: Images;
  /** Of each, its place among the data set's labels, where models are told them. */
  readonly labels?: Uint16Array;
}

export interface Dataset<Images extends Values | StoredImages = Values | StoredImages> {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** How the columns of rows of numbers were standardised; absent: images of bytes. */
  readonly columns?: Columns;
  /** Mean of each pixel over the training images, in [0, 1], where it is known already. */
  readonly trainingMeans?: Float32Array;
  readonly train: ImageSet<Images>;
  readonly validation: ImageSet<Images>;
  readonly test: ImageSet<Images>;
}
