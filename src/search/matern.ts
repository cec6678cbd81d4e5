import type { Dimension, Point } from './space.ts';

/** Points for distances: an ordered dimension as it is, a category as one column a value (one-hot), what isn't there as 0. */
export function featuresOf(dimensions: readonly Dimension[], point: Point): Float64Array {
  const features: number[] = [];
  for (const [d, dimension] of dimensions.entries()) {
    const x = point[d]!;
    if (dimension.kind === 'ordered') features.push(Number.isNaN(x) ? 0.5 : x);
    else for (let c = 0; c < dimension.count; c++) features.push(x === c ? Math.SQRT1_2 : 0);
  }
  return Float64Array.from(features);
}

/** Of each feature the dimension that it belongs to: all of one share a length scale. */
export function ownersOf(dimensions: readonly Dimension[]): number[] {
  return dimensions.flatMap((dimension, d) =>
    dimension.kind === 'ordered' ? [d] : Array.from({ length: dimension.count }, () => d),
  );
}

const SQRT_5 = Math.sqrt(5);

/** Matérn kernel of ν = 5/2 at a squared distance in length scales, 1 at 0 (Rasmussen & Williams 2006, eq. 4.17). */
export function matern52(squared: number): number {
  const r = SQRT_5 * Math.sqrt(squared);
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** Its derivative by the squared distance. */
export function matern52Slope(squared: number): number {
  const r = SQRT_5 * Math.sqrt(squared);
  return (-5 / 6) * (1 + r) * Math.exp(-r);
}
