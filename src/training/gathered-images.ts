import type { StoredImages, Values } from '../data/source.ts';
import { isStored, readStored } from '../data/stored-images.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';

/** Most bytes of images that one run of a program is given. */
const RUN_BYTES = 16 * 2 ** 20;

/** How many batches, with their labels, fit in what one run may be given; at least one. */
export function mostBatches(model: ModelShape, batchSize: number): number {
  const bytes = model.isReal ? Float32Array.BYTES_PER_ELEMENT : 1;
  const bytesOfOne = imageSize(model) * bytes + (model.classes ?? 0);
  return Math.max(1, Math.floor(RUN_BYTES / (batchSize * bytesOfOne)));
}

/**
 * The images that one run of a program needs, picked from a set in memory that all threads share, or in a file: ONNX Runtime takes no
 * tensors from there, and a copy of the whole set for each thread would be most of what a process holds.
 */
export class GatheredImages {
  #memory: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  readonly #size: number;

  constructor(model: ModelShape) {
    this.#size = imageSize(model);
    this.#memory = model.isReal ? new Float32Array(0) : new Uint8Array(0);
  }

  /** Images `indices` of the set, one after another. The next call writes over them. */
  gather(images: Values | StoredImages, indices: Int32Array): Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
    const size = this.#size;
    const numbers = indices.length * size;
    if (this.#memory.length < numbers) {
      this.#memory = images instanceof Float32Array ? new Float32Array(numbers) : new Uint8Array(numbers);
    }
    if (isStored(images)) readStored(images, indices, this.#memory.subarray(0, numbers) as Uint8Array);
    else indices.forEach((index, i) => this.#memory.set(images.subarray(index * size, (index + 1) * size), i * size));
    return this.#memory.subarray(0, numbers);
  }
}
