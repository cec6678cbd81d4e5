import type { ImageSet } from './source.ts';

/** Mean of each of an image's `pixels` numbers over a set of images, in [0, 1]. All zero for an empty set. */
export function pixelMeans(set: ImageSet, pixels: number): Float32Array<ArrayBuffer> {
  return averages(set, pixels, (value) => value, 255);
}

/** Mean of their squares, likewise. */
export function pixelMeanSquares(set: ImageSet, pixels: number): Float32Array<ArrayBuffer> {
  return averages(set, pixels, (value) => value * value, 255 ** 2);
}

function averages(
  { count, images }: ImageSet,
  pixels: number,
  of: (value: number) => number,
  one: number,
): Float32Array<ArrayBuffer> {
  // Float64 holds sums of bytes exactly up to 2⁵³.
  const sums = new Float64Array(pixels);
  for (let start = 0; start < count * pixels; start += pixels) {
    for (let p = 0; p < pixels; p++) sums[p]! += of(images[start + p]!);
  }
  return Float32Array.from(sums, (sum) => sum / (one * Math.max(1, count)));
}
