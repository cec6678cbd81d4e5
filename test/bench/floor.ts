/**
 * How fast a training step could be at best: the arithmetic of its matrix products at this machine's measured peak, plus
 * Adam's pass over the weights at its measured bandwidth. Everything else (activations, noise, loss) is taken as free.
 */
import * as tf from '@tensorflow/tfjs';
import type { Engine, ScanProgram } from '../../src/engine/engine.ts';
import { randomStream } from '../../src/random.ts';
import { weightSpecs, type ModelShape } from '../../src/vae/architecture.ts';

const SIZE = 1024;
const PRODUCTS = 6;
/** Read: weight, gradient and two moments; written: weight and two moments. */
const ADAM_FLOATS = 7;

/** Multiplications and additions in the matrix products of one step, forward and backward. */
export function stepFlops(model: ModelShape, batchSize: number): number {
  const products = weightSpecs(model)
    .filter(({ fan }) => fan !== null)
    .map(({ name, shape }) => 2 * batchSize * shape.reduce((a, b) => a * b) * positions(model, name));
  // Forward, towards the weights and towards the inputs; nobody needs the gradient of the images.
  return 3 * products.reduce((a, b) => a + b) - products[0]!;
}

export function weightCount(model: ModelShape): number {
  return weightSpecs(model).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
}

/** How often a layer's weights are applied to an image: once when dense, at each position of the small side when not. */
function positions({ architecture, widths, height, width }: ModelShape, name: string): number {
  const convolution = /^(encoder|decoder)\.(\d+|output)\.weight$/.exec(name);
  if (architecture === 'mlp' || convolution === null) return 1;
  const [, side, index] = convolution;
  const depth = widths.length;
  const halvings = side === 'encoder' ? Number(index) + 1 : index === 'output' ? 1 : depth - Number(index);
  return (height / 2 ** halvings) * (width / 2 ** halvings);
}

export interface Peaks {
  readonly flopsPerMs: number;
  readonly bytesPerMs: number;
}

/** Measures the peaks anew at each call: a 1024³ product on the engine, and copies of as many bytes as Adam's state has. */
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
  const source = new Float32Array((ADAM_FLOATS * weights) / 2).fill(1);
  const target = new Float32Array(source.length).fill(1);
  return async () => {
    let startedMs = performance.now();
    await scan.run(inputs);
    const productMs = performance.now() - startedMs;
    startedMs = performance.now();
    const copies = 10;
    for (let i = 0; i < copies; i++) target.set(source);
    const copyMs = performance.now() - startedMs;
    return {
      flopsPerMs: (2 * SIZE ** 3 * PRODUCTS) / productMs,
      bytesPerMs: (2 * copies * source.byteLength) / copyMs,
    };
  };
}

export function floorMs(model: ModelShape, batchSize: number, { flopsPerMs, bytesPerMs }: Peaks): number {
  return stepFlops(model, batchSize) / flopsPerMs + (4 * ADAM_FLOATS * weightCount(model)) / bytesPerMs;
}
