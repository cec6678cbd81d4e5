/** Means and standard deviations of columns, P each: as they are kept with a trial and used for new data. */
export interface Columns {
  readonly means: Float64Array;
  /** 0 of a column without spread. */
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
    const size = Math.max(-min, max);
    means[column] = min === max ? min : Number.isFinite(sum) ? sum / rows.length : meanOf(column, size);
    if (min === max) continue;
    for (const row of rows) squares += (values[row * columns + column]! - means[column]!) ** 2;
    const isHeld = squares > LEAST_SQUARES && Number.isFinite(squares);
    stds[column] = isHeld
      ? Math.sqrt(squares / rows.length)
      : spreadOf(column, Math.max(max - means[column]!, means[column]! - min));
  }
  return { means, stds };

  /** Where the sum is beyond doubles. */
  function meanOf(column: number, size: number): number {
    let sum = 0;
    for (const row of rows) sum += values[row * columns + column]! / size;
    return (sum / rows.length) * size;
  }

  /** Where the squares are: of what is at most `size` from the mean. */
  function spreadOf(column: number, size: number): number {
    const unit = Number.isFinite(size) ? size : Number.MAX_VALUE;
    let squares = 0;
    for (const row of rows) squares += (values[row * columns + column]! / unit - means[column]! / unit) ** 2;
    return Math.sqrt(squares / rows.length) * unit;
  }
}

/** Sums of squares below it have lost digits. */
const LEAST_SQUARES = 1e-280;

/** Of counts: nothing is subtracted, and nothing divided. */
export function asTheyAre(columns: number): Columns {
  return { means: new Float64Array(columns), stds: new Float64Array(columns).fill(1) };
}

/** (x − mean) / std of each number of whole rows; x − mean of columns without spread. */
export function standardized(values: Float32Array | Float64Array, { means, stds }: Columns): Float32Array<ArrayBuffer> {
  const columns = means.length;
  const standard = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) standard[i] = standardOf(values[i]!, means[i % columns]!, stds[i % columns]!);
  return standard;
}

/** In float64: what float32 doesn't hold of a value is little beside its distance from the mean. */
export function standardOf(value: number, mean: number, std: number): number {
  const distance = value - mean;
  if (Number.isFinite(distance)) return distance / (std === 0 ? 1 : std);
  return value / std - mean / std;
}

/** The inverse: as exact as the standardised numbers are, and exact for a column without spread. */
export function restored(values: Float32Array | Float64Array, { means, stds }: Columns): Float64Array<ArrayBuffer> {
  const columns = means.length;
  const rows = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const [mean, std] = [means[i % columns]!, stds[i % columns]!];
    rows[i] = std === 0 ? mean : values[i]! * std + mean;
  }
  return rows;
}
