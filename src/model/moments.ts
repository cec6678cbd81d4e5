/** Of each of an image's P numbers, over a split's images. */
export interface Moments {
  /** E[x] and E[x²]. */
  readonly means: ArrayLike<number>;
  readonly meanSquares: ArrayLike<number>;
  /** In which share of the images number p is v / 255, at 256·p + v. */
  readonly shares: ArrayLike<number>;
  /** E[log x!], of counts. */
  readonly logFactorials: ArrayLike<number>;
}

/** Of images about their mean: √E[(x − m)²] over all numbers of all images. Not below what rounding to bytes leaves. */
export function spreadOf({ means, meanSquares }: Pick<Moments, 'means' | 'meanSquares'>): number {
  let sum = 0;
  for (let p = 0; p < means.length; p++) sum += meanSquares[p]! - means[p]! ** 2;
  return Math.max(Math.sqrt(Math.max(sum, 0) / means.length), 1 / 255 / Math.sqrt(12));
}
