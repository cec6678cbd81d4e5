/** A data set that was found: where its files are and what is in them. Plain data, so it can travel to a worker. */
export interface DatasetSource {
  readonly name: string;
  /** Absolute paths by role, e.g. `train-images`; empty for built-in data. */
  readonly files: Readonly<Record<string, string>>;
  /** Hash of the content (or of the recipe, for built-in data). Part of a trial's identity. */
  readonly fingerprint: string;
}

/** Images of height × width × channels bytes, 0–255, row-major, one after another; perhaps in memory that threads share. */
export interface ImageSet {
  readonly count: number;
  readonly images: Uint8Array;
}

export interface Dataset {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly train: ImageSet;
  readonly validation: ImageSet;
  readonly test: ImageSet;
}
