/** One sample: its numbers, or those and what it is. */
export type Sample = ArrayLike<number> | { readonly values: ArrayLike<number>; readonly label: string | number };

type Samples = Iterable<Sample> | AsyncIterable<Sample>;

/** Images: whole numbers from 0, black, to 255, row by row, the channels of a pixel together. */
export interface ImageSamples {
  readonly height: number;
  readonly width: number;
  /** 1, grey, where it isn't said; 3 is colour. */
  readonly channels?: 1 | 3;
  samples(): Samples;
}

/** Rows of any finite numbers, which are standardised column by column. */
export interface RowSamples {
  readonly columns: number;
  samples(): Samples;
}

export type SampledDataset = ImageSamples | RowSamples;

/**
 * A data set of a program's own, for the default export of a module that a spec names: `dataset: ./my-data.ts`. `samples` is run
 * once, where the sweep is planned; what it yields is kept, and known by its content.
 *
 *     export default defineDataset({
 *       height: 8,
 *       width: 8,
 *       *samples() {
 *         for (let i = 0; i < 1000; i++) yield { values: drawShape(i), label: i % 3 };
 *       },
 *     });
 *
 * It only checks types: a plain object is as good.
 */
export function defineDataset<Samples extends SampledDataset>(dataset: Samples): Samples {
  return dataset;
}
