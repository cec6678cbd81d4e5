/** Means and standard deviations of columns, P each, in float32: as they are kept with a trial and used for new data. */
export interface Columns {
  readonly means: Float32Array;
  readonly stds: Float32Array;
}

/**
 * Of the rows with these indices, over N: those of the training split, however many of them train. A column that is the same in
 * all of them is only moved to 0.
 */
export function columnsOf(values: Float64Array, columns: number, rows: Int32Array): Columns {
  const [means, stds] = [new Float32Array(columns), new Float32Array(columns)];
  for (let column = 0; column < columns; column++) {
    let [sum, squares] = [0, 0];
    for (const row of rows) sum += values[row * columns + column]!;
    const mean = sum / rows.length;
    for (const row of rows) squares += (values[row * columns + column]! - mean) ** 2;
    means[column] = mean;
    const std = Math.fround(Math.sqrt(squares / rows.length));
    stds[column] = std > 0 && Number.isFinite(std) ? std : 1;
  }
  return { means, stds };
}

/** (x − mean) / std of each number of whole rows. */
export function standardized(values: Float64Array, { means, stds }: Columns): Float32Array<ArrayBuffer> {
  const columns = means.length;
  return Float32Array.from(values, (value, i) => (value - means[i % columns]!) / stds[i % columns]!);
}

/** The inverse, as far as float32 goes. */
export function restored(values: Float32Array, { means, stds }: Columns): Float32Array<ArrayBuffer> {
  const columns = means.length;
  return Float32Array.from(values, (value, i) => value * stds[i % columns]! + means[i % columns]!);
}
