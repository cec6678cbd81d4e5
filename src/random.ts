import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/**
 * What a stream is drawn for, most general first: `['init', seed]`, `['order', seed, epoch]`. Equal keys give equal
 * draws, on any machine; different keys give unrelated ones. So nothing depends on the number of workers, on kills or
 * on the order in which trials run, and trials that differ only in β share their noise.
 */
export type StreamKey = readonly [purpose: string, ...rest: (string | number)[]];

/** A deterministic stream of random numbers. */
export interface RandomStream {
  /** Uniform integer in [0, 2³²). */
  uint32(): number;
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform integer in [0, bound), unbiased; bound ≤ 2³². */
  below(bound: number): number;
  /** Fills `target` with independent draws of N(0, 1). */
  fillNormal(target: Float32Array): Float32Array;
  /** A uniformly random order of 0 … count − 1 (Fisher–Yates). */
  permutation(count: number): Int32Array;
}

export function randomStream(key: StreamKey): RandomStream {
  // The generator's whole 128-bit state comes from a hash, so streams don't collide as 32-bit seeds would.
  const digest = createHash('sha256').update(JSON.stringify(key)).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
  const uint32 = (): number => generator.next() >>> 0;
  const uniform = (): number => ((uint32() >>> 5) * 0x4000000 + (uint32() >>> 6)) / 0x20000000000000;

  const below = (bound: number): number => {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    let draw = uint32();
    while (draw >= limit) draw = uint32();
    return draw % bound;
  };

  const fillNormal = (target: Float32Array): Float32Array => {
    // Box–Muller on (0, 1] × [0, 1): two uniforms give two normals.
    for (let i = 0; i < target.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log((uint32() + 1) / 0x1_0000_0000));
      const angle = (2 * Math.PI * uint32()) / 0x1_0000_0000;
      target[i] = radius * Math.cos(angle);
      if (i + 1 < target.length) target[i + 1] = radius * Math.sin(angle);
    }
    return target;
  };

  const permutation = (count: number): Int32Array => {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = below(i + 1);
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  };

  return { uint32, uniform, below, fillNormal, permutation };
}
