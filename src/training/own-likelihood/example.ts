/** What a likelihood of the user's own is tried on: a few images of the data's size, with outputs near where training starts. */
import { tf } from '../../engine/tfjs.ts';
import { messageOf } from '../../errors.ts';
import type { Likelihood } from '../../model/likelihood.ts';
import type { Moments } from '../../model/moments.ts';
import { randomStream } from '../../random.ts';

/** What is to be modelled, as its data set has it. */
export interface ModelledNumbers {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly isReal?: boolean | undefined;
  readonly isCounts?: boolean | undefined;
  /** Black and white only. */
  readonly isBinary?: boolean | undefined;
}

export const BATCH = 3;
/** Of images about their mean, a standard deviation. */
export const SPREAD = 0.3;

/** Images [B, P] such as the data have. */
export function exampleImages(numbers: ModelledNumbers): tf.Tensor2D {
  const size = sizeOf(numbers);
  return tf.tensor2d(valuesOf(numbers, BATCH * size), [BATCH, size]);
}

function valuesOf({ isReal, isCounts, isBinary }: ModelledNumbers, count: number): Float32Array {
  const normal = randomStream(['own likelihood', 'images']).fillNormal(new Float32Array(count));
  if (isCounts) return normal.map((value) => Math.round(4 * Math.abs(value)));
  if (isReal) return normal;
  const grey = normal.map((value) => Math.round(255 / (1 + Math.exp(-value))) / 255);
  return isBinary ? grey.map((value) => Number(value > 0.5)) : grey;
}

/** Outputs [B, O] about those that a pixel starts with. */
export function exampleOutputs({ height, width }: ModelledNumbers, bias: readonly number[]): tf.Tensor2D {
  const size = height * width * bias.length;
  const noise = randomStream(['own likelihood', 'outputs']).fillNormal(new Float32Array(BATCH * size));
  return tf.tensor2d(
    noise.map((value, i) => bias[i % bias.length]! + 0.3 * value),
    [BATCH, size],
  );
}

/** A training split's, likewise. */
export function exampleMoments(numbers: ModelledNumbers): Moments {
  const size = sizeOf(numbers);
  const all = (value: number, count = size): Float32Array => new Float32Array(count).fill(value);
  return {
    means: all(0.4),
    meanSquares: all(0.4 ** 2 + SPREAD ** 2),
    logFactorials: all(0.1),
    shares: all(1 / 256, 256 * size),
  };
}

/** P. */
export function sizeOf({ height, width, channels }: ModelledNumbers): number {
  return height * width * channels;
}

/** Of the likelihood's own weights, in a model of P numbers. */
export function shapesOf({ weights = [] }: Likelihood, size: number): Record<string, readonly number[]> {
  return Object.fromEntries(
    weights.map(({ name, shape }) => [name, typeof shape === 'function' ? shape(size) : shape] as const),
  );
}

/** As training starts with them. */
export function ownWeights(likelihood: Likelihood, size: number): Record<string, tf.Tensor> {
  const shapes = shapesOf(likelihood, size);
  return Object.fromEntries(
    (likelihood.weights ?? []).map(
      ({ name, initial }) => [name, tf.fill([...shapes[name]!], initial(SPREAD))] as const,
    ),
  );
}

/** Those that gradients move. */
export function trainedNames({ weights = [] }: Likelihood): string[] {
  return weights.filter(({ isObserved }) => isObserved !== true).map(({ name }) => name);
}

/** @throws Error that says which member failed */
export function attempt<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${what.includes(' ') ? what : `\`${what}\``} fails: ${messageOf(error)}`, { cause: error });
  }
}
