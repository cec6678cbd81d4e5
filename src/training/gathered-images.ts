import { imageSize, type ModelShape } from '../model/architecture.ts';

/** Most bytes of images that one run of a program is given. */
const RUN_BYTES = 16 * 2 ** 20;

/** How many batches fit in what one run may be given; at least one. */
export function mostBatches(model: ModelShape, batchSize: number): number {
  return Math.max(1, Math.floor(RUN_BYTES / (batchSize * imageSize(model))));
}

/**
 * The images that one run of a program needs, picked from a set in memory that all threads share: ONNX Runtime takes no
 * tensors from there, and a copy of the whole set for each thread would be most of what a process holds.
 */
export class GatheredImages {
  #memory = new Uint8Array(0);
  readonly #size: number;

  constructor(model: ModelShape) {
    this.#size = imageSize(model);
  }

  /** Images `indices` of the set, one after another. The next call writes over them. */
  gather(images: Uint8Array, indices: Int32Array): Uint8Array<ArrayBuffer> {
    const size = this.#size;
    if (this.#memory.length < indices.length * size) this.#memory = new Uint8Array(indices.length * size);
    indices.forEach((index, i) => this.#memory.set(images.subarray(index * size, (index + 1) * size), i * size));
    return this.#memory.subarray(0, indices.length * size);
  }
}
