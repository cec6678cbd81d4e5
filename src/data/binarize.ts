import { randomStream, type StreamKey } from '../random.ts';
import type { Binarization } from '../trial/trial.ts';

/**
 * Turns grey images into what the model is trained on or measured with.
 *
 * - `grey`: the images themselves (the input, not a copy).
 * - `threshold`: on from 128, that is from one half.
 * - `static`, `dynamic`: each pixel on with probability grey/255, drawn from the stream `key`.
 *
 * The key decides all bits: choose it by {@link trainingBits} or {@link evaluationBits}.
 * @param bits where they go, unless `grey`: as long as `images`, which they may replace; by default new memory.
 * @returns pixels of 0 or 255, except for `grey`.
 */
export function binarize(
  images: Uint8Array,
  mode: Binarization,
  key: StreamKey,
  bits: Uint8Array = new Uint8Array(mode === 'grey' ? 0 : images.length),
): Uint8Array {
  switch (mode) {
    case 'grey':
      return images;
    case 'threshold':
      return threshold(images, bits);
    case 'static':
    case 'dynamic':
      return drawBits(images, key, bits);
  }
}

/** The stream for training images: fresh for each seed and epoch if dynamic, else the same for all trials. */
export function trainingBits(mode: Binarization, seed: number, epoch: number): StreamKey {
  return mode === 'dynamic' ? ['bits', 'train', seed, epoch] : ['bits', 'train'];
}

/** The stream for evaluation images: drawn once, the same for all trials, or their ELBOs could not be compared. */
export function evaluationBits(split: 'validation' | 'test'): StreamKey {
  return ['bits', split];
}

function threshold(images: Uint8Array, bits: Uint8Array): Uint8Array {
  for (let i = 0; i < images.length; i++) bits[i] = images[i]! >= 128 ? 255 : 0;
  return bits;
}

/**
 * Draws only where a pixel is neither black nor white. One draw of 32 bits serves two such pixels: each is on when its
 * 16 bits are below grey·257, so with probability grey·257/65536, which is grey/255 but for one part in 65536.
 */
function drawBits(images: Uint8Array, key: StreamKey, bits: Uint8Array): Uint8Array {
  const random = randomStream(key);
  let upper = -1; // The unused half of the last draw; −1 when both are used.
  for (let i = 0; i < images.length; i++) {
    const grey = images[i]!;
    if (grey === 0 || grey === 255) {
      bits[i] = grey;
      continue;
    }
    let draw = upper;
    if (draw < 0) {
      const both = random.uint32();
      draw = both & 0xffff;
      upper = both >>> 16;
    } else {
      upper = -1;
    }
    bits[i] = draw < grey * 257 ? 255 : 0;
  }
  return bits;
}
