/** What a likelihood of the user's own gives on TF.js itself: shapes, finite numbers, gradients, draws. */
import { tf } from '../../engine/tfjs.ts';
import { drawFault, type Likelihood, type LikelihoodInputs } from '../../model/likelihood.ts';
import { randomStream } from '../../random.ts';
import {
  attempt,
  BATCH,
  exampleImages,
  exampleMoments,
  exampleOutputs,
  ownWeights,
  shapesOf,
  sizeOf,
  SPREAD,
  trainedNames,
  type ModelledNumbers,
} from './example.ts';
import { slopeFault } from './slopes.ts';

/** A clause for the first part that fails or gives something else; undefined for none. */
export function resultFault(likelihood: Likelihood, numbers: ModelledNumbers): string | undefined {
  const { channels } = numbers;
  const size = sizeOf(numbers);
  const outputChannels = likelihood.outputChannels?.(channels) ?? channels;
  if (!isSize(outputChannels)) {
    return `\`outputChannels(${channels})\` gives ${String(outputChannels)}, and a decoder says a whole number of them`;
  }
  // Of a pixel that is always black, or white; of a column that is never counted, or standardised.
  for (const mean of [0, ...(numbers.isCounts || numbers.isReal ? [] : [1]), 0.4]) {
    const bias = biasOf(likelihood, channels, mean);
    if (isFinite(bias, outputChannels)) continue;
    return `\`outputBias\` gives ${show(bias)} where the mean is ${mean}, and ${outputChannels} finite ${outputChannels === 1 ? 'number is' : 'numbers are'} wanted, one for each output of a pixel`;
  }
  for (const [name, shape] of Object.entries(attempt('shape', () => shapesOf(likelihood, size)))) {
    if (!Array.isArray(shape) || !shape.every(isSize))
      return `\`shape\` of ${name} gives ${show(shape)}, and whole numbers from 1 on are wanted`;
  }
  const images = exampleImages(numbers);
  const outputs = exampleOutputs(numbers, biasOf(likelihood, channels, 0.4));
  const weights = attempt('initial', () => ownWeights(likelihood, size));
  const judging: LikelihoodInputs = { own: {}, weights };
  const training = { ...judging, imageWeights: tf.tensor1d(new Float32Array(BATCH).fill(1 / BATCH)) };
  for (const inputs of [judging, training]) {
    const nats = attempt('nats', () => likelihood.nats(tf, outputs, images, inputs));
    const fault = told(nats, [BATCH], '`nats`', 'one number for each image');
    if (fault !== undefined) return fault;
  }
  const mean = attempt('mean', () => likelihood.mean(tf, outputs));
  return (
    told(mean, [BATCH, size], '`mean`', 'the mean of each number of each image') ??
    gradientFault(likelihood, outputs, images, training) ??
    observedFault(likelihood, outputs, images, training) ??
    drawnFault(likelihood, numbers, outputs) ??
    constantFault(likelihood, numbers)
  );
}

function biasOf(likelihood: Likelihood, channels: number, mean: number): number[] {
  const means = new Array<number>(channels).fill(mean);
  return attempt('outputBias', () => likelihood.outputBias(means, () => SPREAD));
}

/** Towards the outputs and its own weights, as training has them. */
function gradientFault(
  likelihood: Likelihood,
  outputs: tf.Tensor2D,
  images: tf.Tensor2D,
  inputs: Required<LikelihoodInputs>,
): string | undefined {
  const names = trainedNames(likelihood);
  const natsOf = (some: tf.Tensor, ...own: tf.Tensor[]): tf.Scalar => {
    const weights = { ...inputs.weights, ...Object.fromEntries(names.map((name, i) => [name, own[i]!])) };
    return tf.sum(likelihood.nats(tf, some as tf.Tensor2D, images, { ...inputs, weights }));
  };
  const at = [outputs, ...names.map((name) => inputs.weights[name]!)];
  const gradients = attempt('the gradient of nats', () => tf.grads(natsOf)(at));
  const places = ['the outputs', ...names];
  const infinite = gradients.findIndex((gradient) => !isFinite([...gradient.dataSync()]));
  if (infinite >= 0) return `the gradient of \`nats\` towards ${places[infinite]!} is not finite`;
  for (const [i, gradient] of gradients.entries()) {
    const fault = slopeFault(
      (moved) => tf.tidy(() => natsOf(...(at.with(i, moved) as [tf.Tensor, ...tf.Tensor[]])).dataSync()[0]!),
      at[i]!,
      gradient,
    );
    if (fault !== undefined)
      return `the gradient of \`nats\` towards ${i === 0 ? 'an output' : places[i]!} is ${fault}`;
  }
  return undefined;
}

function observedFault(
  likelihood: Likelihood,
  outputs: tf.Tensor2D,
  images: tf.Tensor2D,
  inputs: Required<LikelihoodInputs>,
): string | undefined {
  const observed = (likelihood.weights ?? []).filter(({ isObserved }) => isObserved === true);
  if (likelihood.observe === undefined || observed.length === 0) return undefined;
  // JavaScript's may return nothing.
  const next = attempt<Readonly<Record<string, tf.Tensor>> | undefined>('observe', () =>
    likelihood.observe!(tf, outputs, images, inputs),
  );
  for (const { name } of observed) {
    const { shape } = inputs.weights[name]!;
    const fault = told(next?.[name], shape, `\`observe\` for ${name}`, 'the next values of the weight');
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Of the outputs for one image. */
function drawnFault(likelihood: Likelihood, numbers: ModelledNumbers, outputs: tf.Tensor2D): string | undefined {
  if (likelihood.draw === undefined) return undefined;
  const size = sizeOf(numbers);
  const weights = Object.fromEntries(
    Object.entries(ownWeights(likelihood, size)).map(([name, weight]) => [name, weight.dataSync<'float32'>()]),
  );
  const values = outputs.dataSync<'float32'>().subarray(0, outputs.size / BATCH);
  const draw = (): ArrayLike<number> =>
    attempt('draw', () =>
      likelihood.draw!(values.slice(), randomStream(['own likelihood', 'draw']), { own: {}, weights }),
    );
  const given = draw();
  const fault = drawFault(given, size, numbers.isCounts === true);
  if (fault !== undefined) return `\`draw\` gives ${fault}`;
  const isSame = Array.from(draw()).every((value, i) => value === given[i]);
  return isSame ? undefined : '`draw` gives other numbers when it is run again: all chance comes from its `random`';
}

function constantFault(likelihood: Likelihood, numbers: ModelledNumbers): string | undefined {
  const moments = exampleMoments(numbers);
  const value: unknown = attempt('constantElbo', () => likelihood.constantElbo(moments, moments, {}));
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return undefined;
  return `\`constantElbo\` gives ${show(value)}, and a finite number is wanted, or undefined where it isn't known`;
}

/** What of a result isn't as wanted. */
function told(given: unknown, shape: readonly number[], what: string, wanted: string): string | undefined {
  const isTensor = (value: unknown): value is tf.Tensor => value instanceof tf.Tensor;
  if (!isTensor(given)) return `${what} gives ${show(given)}, and a tensor is wanted, ${wanted}`;
  if (given.shape.join() !== shape.join()) {
    return `${what} gives the shape [${given.shape.join(', ')}], and [${shape.join(', ')}] is wanted, ${wanted}`;
  }
  const odd = given.dataSync().find((value) => !Number.isFinite(value));
  return odd === undefined ? undefined : `${what} gives ${odd}, tried on plain values: finite numbers are wanted`;
}

function isSize(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}

function isFinite(values: unknown, length?: number): values is number[] {
  return Array.isArray(values) && (length === undefined || values.length === length) && values.every(Number.isFinite);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.slice(0, 6).map(String).join(', ')}]`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
