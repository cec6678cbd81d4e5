import { setImmediate } from 'node:timers/promises';
import { logFactorial } from '../model/log-factorial.ts';
import type { ImageSet, Values } from './source.ts';
import { piecesOf } from './stored-images.ts';

/** What stands for 1. */
function oneOf({ images }: ImageSet): number {
  return images instanceof Float32Array ? 1 : 255;
}

/** Mean of each of an image's `pixels` numbers over a set of images, in [0, 1]. All zero for an empty set. */
export function pixelMeans(set: ImageSet, pixels: number): Float32Array<ArrayBuffer> {
  return averages(set, pixels, (value) => value, oneOf(set));
}

/** The same of images that are many, while this process attends to other things as well. */
export async function pixelMeansMeanwhile(set: ImageSet, pixels: number): Promise<Float32Array<ArrayBuffer>> {
  const sums = newSums(pixels);
  for (const images of piecesOf(set, pixels)) {
    addTo(sums, images, (value) => value);
    await setImmediate();
  }
  return Float32Array.from(sums, (sum) => sum / (oneOf(set) * Math.max(1, set.count)));
}

/** Mean of their squares, likewise. */
function pixelMeanSquares(set: ImageSet, pixels: number): Float32Array<ArrayBuffer> {
  return averages(set, pixels, (value) => value * value, oneOf(set) ** 2);
}

/** In which share of the images number p is v, at 256·p + v. */
function pixelShares(set: ImageSet, pixels: number): Float32Array<ArrayBuffer> {
  const shares = new Float32Array(256 * pixels);
  for (const images of piecesOf(set, pixels)) {
    for (let start = 0; start < images.length; start += pixels) {
      for (let p = 0; p < pixels; p++) shares[256 * p + images[start + p]!]! += 1;
    }
  }
  return shares.map((times) => times / Math.max(1, set.count));
}

/** All of them, each computed once, and only where it is asked for: not every likelihood asks for all. */
export function momentsOf(set: ImageSet, pixels: number): PixelMoments {
  const known: { -readonly [name in keyof PixelMoments]?: PixelMoments[name] } = {};
  return {
    get means() {
      return (known.means ??= pixelMeans(set, pixels));
    },
    get meanSquares() {
      return (known.meanSquares ??= pixelMeanSquares(set, pixels));
    },
    get logFactorials() {
      return (known.logFactorials ??= averages(set, pixels, logFactorial, 1));
    },
    get shares() {
      return (known.shares ??= pixelShares(set, pixels));
    },
  };
}

export interface PixelMoments {
  readonly means: Float32Array;
  readonly meanSquares: Float32Array;
  readonly shares: Float32Array;
  readonly logFactorials: Float32Array;
}

function averages(
  set: ImageSet,
  pixels: number,
  of: (value: number) => number,
  one: number,
): Float32Array<ArrayBuffer> {
  const sums = newSums(pixels);
  for (const images of piecesOf(set, pixels)) addTo(sums, images, of);
  return Float32Array.from(sums, (sum) => sum / (one * Math.max(1, set.count)));
}

/** Float64 holds sums of bytes exactly up to 2⁵³, in whatever order they come. */
function newSums(pixels: number): Float64Array {
  return new Float64Array(pixels);
}

function addTo(sums: Float64Array, images: Values, of: (value: number) => number): void {
  for (let start = 0; start < images.length; start += sums.length) {
    for (let p = 0; p < sums.length; p++) sums[p]! += of(images[start + p]!);
  }
}
