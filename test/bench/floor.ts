/**
 * How fast a training step could be at best: the arithmetic of its matrix products at this machine's measured peak, plus
 * Adam's pass over the weights at its measured bandwidth. Everything else (activations, noise, loss) is taken as free.
 */
import * as tf from '@tensorflow/tfjs';
import type { Engine, ScanProgram } from '../../src/engine/engine.ts';
import { randomStream } from '../../src/random.ts';
import type { ModelShape } from '../../src/model/architecture.ts';
import { weightCount, weightSpecs } from '../../src/model/model.ts';

export const SIZE = 1024;
export const PRODUCTS = 6;
export const COPIES = 10;
/** Read: weight, gradient and two moments; written: weight and two moments. */
const ADAM_FLOATS = 7;

/** Multiplications and additions in the matrix products of one step, forward and backward. */
export function stepFlops(model: ModelShape, batchSize: number): number {
  const products = weightSpecs(model)
    .filter(({ fan }) => fan !== null)
    .map(({ shape, uses }) => 2 * batchSize * shape.reduce((a, b) => a * b) * uses);
  // Forward, towards the weights and towards the inputs; nobody needs the gradient of the images.
  return 3 * products.reduce((a, b) => a + b) - products[0]!;
}

export interface Peaks {
  readonly flopsPerMs: number;
  readonly bytesPerMs: number;
}

/** Of so many products and copies, in the times that they took. */
export function peaksOf(productsMs: number, copiesMs: number, floats: number): Peaks {
  // A copy reads and writes.
  return { flopsPerMs: (2 * SIZE ** 3 * PRODUCTS) / productsMs, bytesPerMs: (2 * COPIES * 4 * floats) / copiesMs };
}

export function productMs({ flopsPerMs }: Peaks): number {
  return (2 * SIZE ** 3) / flopsPerMs;
}

/** What this machine can do at least, whoever showed it. */
export function bestPeaks(ours: Peaks, peer: Peaks): Peaks {
  return {
    flopsPerMs: Math.max(ours.flopsPerMs, peer.flopsPerMs),
    bytesPerMs: Math.max(ours.bytesPerMs, peer.bytesPerMs),
  };
}

/** As many numbers as half of Adam's traffic has: a copy of them moves as many bytes as Adam does. */
export function copiedFloats(weights: number): number {
  return Math.round((ADAM_FLOATS * weights) / 2);
}

/** Measures our peaks anew at each call: 1024³ products on the engine, and copies. */
export async function peakMeter(engine: Engine, weights: number): Promise<() => Promise<Peaks>> {
  const product: ScanProgram = {
    key: 'bench-peak',
    state: { x: { shape: [SIZE, SIZE] } },
    constants: { w: { shape: [SIZE, SIZE] } },
    steps: { none: { shape: [] } },
    body: ({ x }, { w }) => ({ state: { x: tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D) }, outputs: {} }),
  };
  const scan = await engine.prepare(product);
  const normal = (): Float32Array => randomStream(['bench', 'peak']).fillNormal(new Float32Array(SIZE * SIZE));
  const inputs = {
    count: PRODUCTS,
    state: { x: normal() },
    // Scaled so that the products keep their size.
    constants: { w: normal().map((value) => value / Math.sqrt(SIZE)) },
    steps: { none: new Float32Array(PRODUCTS) },
  };
  const source = new Float32Array(copiedFloats(weights)).fill(1);
  const target = new Float32Array(source.length).fill(1);
  return async () => {
    const startedMs = performance.now();
    await scan.run(inputs);
    const multipliedMs = performance.now();
    for (let i = 0; i < COPIES; i++) target.set(source);
    return peaksOf(multipliedMs - startedMs, performance.now() - multipliedMs, source.length);
  };
}

export function floorMs(model: ModelShape, batchSize: number, { flopsPerMs, bytesPerMs }: Peaks): number {
  return stepFlops(model, batchSize) / flopsPerMs + (4 * ADAM_FLOATS * weightCount(model)) / bytesPerMs;
}
