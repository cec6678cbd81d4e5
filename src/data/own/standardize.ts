/** Means and standard deviations of columns, P each: as they are kept with a trial and used for new data. */
export interface Columns {
  readonly means: Float64Array;
  readonly stds: Float64Array;
  /** What they are called, where something names them. */
  readonly names?: readonly string[];
}

/**
 * Of the rows with these indices, over N: those of the training split, however many of them train. A column that is the same in
 * all of them becomes exactly 0: its mean is its value, not a sum that rounds.
 */
export function columnsOf(values: Float64Array, columns: number, rows: Int32Array): Columns {
  const [means, stds] = [new Float64Array(columns), new Float64Array(columns)];
  for (let column = 0; column < columns; column++) {
    let [sum, squares, min, max] = [0, 0, Infinity, -Infinity];
    for (const row of rows) {
      const value = values[row * columns + column]!;
      sum += value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    const mean = min === max ? min : sum / rows.length;
    for (const row of rows) squares += (values[row * columns + column]! - mean) ** 2;
    means[column] = mean;
    const std = Math.sqrt(squares / rows.length);
    stds[column] = std > 0 && Number.isFinite(std) ? std : 1;
  }
  return { means, stds };
}

/** Of counts: nothing is subtracted, and nothing divided. */
export function asTheyAre(columns: number): Columns {
  return { means: new Float64Array(columns), stds: new Float64Array(columns).fill(1) };
}

/** (x − mean) / std of each number of whole rows. */
export function standardized(values: Float32Array | Float64Array, { means, stds }: Columns): Float32Array<ArrayBuffer> {
  const columns = means.length;
  return Float32Array.from(values, (value, i) => (value - means[i % columns]!) / stds[i % columns]!);
}

/** The inverse, in float64: of a column of 1.7e9 ± 100 float32 has no digit that varies. */
export function restored(values: Float32Array | Float64Array, { means, stds }: Columns): Float64Array<ArrayBuffer> {
  const columns = means.length;
  return Float64Array.from(values, (value, i) => value * stds[i % columns]! + means[i % columns]!);
}
