/** What a likelihood of the user's own must do is tried on a few numbers, before a sweep begins. */
import { GraphBuilder } from '../engine/compiled/onnx/graph.ts';
import { recordStep } from '../engine/compiled/record-step.ts';
import { traceBackend as trace } from '../engine/compiled/trace-backend.ts';
import type { ScanProgram, Tensors } from '../engine/engine.ts';
import { tf } from '../engine/tfjs.ts';
import { messageOf } from '../errors.ts';
import { drawFault, type Likelihood, type LikelihoodInputs } from '../model/likelihood.ts';
import { randomStream } from '../random.ts';

/** What is to be modelled, as its data set has it. */
export interface ModelledNumbers {
  readonly channels: number;
  readonly isReal?: boolean | undefined;
  readonly isCounts?: boolean | undefined;
  /** Black and white only. */
  readonly isBinary?: boolean | undefined;
}

/** `isWarning`: it can be trained with, though its values are not what they are called. */
export interface Fault {
  readonly message: string;
  readonly isWarning: boolean;
}

const BATCH = 3;
const PIXELS = 2;
const SPREAD = 0.3;
/** For central differences; where one of half of it says otherwise, nothing is concluded. */
const STEP = 0.02;
/** From 1, of the sum of a probability over all values. */
const TOLERANCE = 0.02;
const POINTS = 20_001;

/**
 * Its first fault: a result of another shape or that isn't finite, a gradient that isn't that of its nats, an operation that the
 * compiled engine has no kernel for, or probabilities that don't sum to 1. Undefined where there is none.
 */
export async function faultOf(likelihood: Likelihood, numbers: ModelledNumbers): Promise<Fault | undefined> {
  const before = tf.getBackend();
  tf.enableProdMode();
  await tf.setBackend('cpu');
  try {
    const failure = tf.tidy(() => failureOf(likelihood, numbers)) ?? untraceable(likelihood, numbers);
    if (failure !== undefined) return { message: failure, isWarning: false };
    const total = tf.tidy(() => totalOf(likelihood, numbers));
    if (total === undefined || Math.abs(total - 1) <= TOLERANCE) return undefined;
    const message = `e^−nats of one number comes to ${total.toPrecision(3)} over all its values, and a probability to 1: its ELBO is no bound on log p(x)`;
    return { message, isWarning: true };
  } catch (error) {
    return { message: messageOf(error), isWarning: false };
  } finally {
    if (before) await tf.setBackend(before);
  }
}

/** A clause for the first part that fails or gives something else; undefined for none. Runs on TF.js itself. */
function failureOf(likelihood: Likelihood, numbers: ModelledNumbers): string | undefined {
  const { channels } = numbers;
  const size = PIXELS * channels;
  const outputChannels = likelihood.outputChannels?.(channels) ?? channels;
  if (!Number.isInteger(outputChannels) || outputChannels < 1) {
    return `\`outputChannels(${channels})\` gives ${String(outputChannels)}, and a decoder says a whole number of them`;
  }
  const means = new Array<number>(channels).fill(0.4);
  const bias = attempt('outputBias', () => likelihood.outputBias(means, () => SPREAD));
  if (!isFinite(bias, outputChannels)) {
    return `\`outputBias\` gives ${show(bias)}, and ${outputChannels} finite numbers are wanted, one for each output of a pixel`;
  }
  const images = tf.tensor2d(valuesOf(numbers, BATCH * size), [BATCH, size]);
  const noise = randomStream(['own likelihood', 'outputs']).fillNormal(
    new Float32Array(BATCH * PIXELS * outputChannels),
  );
  const at = noise.map((value, i) => bias[i % outputChannels]! + 0.3 * value);
  const outputs = tf.tensor2d(at, [BATCH, PIXELS * outputChannels]);
  const weights = ownWeights(likelihood, size);
  const inputs = { own: {}, weights };
  const given = attempt('nats', () => likelihood.nats(tf, outputs, images, inputs));
  const nats = told(given, [BATCH], '`nats`', 'one number for each image');
  if (nats !== undefined) return nats;
  const mean = told(
    attempt('mean', () => likelihood.mean(tf, outputs)),
    [BATCH, size],
    '`mean`',
    'the mean of each number of each image',
  );
  if (mean !== undefined) return mean;
  const names = Object.keys(weights).filter((name) => !isObserved(likelihood, name));
  const natsOf = (some: tf.Tensor, ...own: tf.Tensor[]): tf.Scalar => {
    const all = { ...weights, ...Object.fromEntries(names.map((name, i) => [name, own[i]!])) };
    return tf.sum(likelihood.nats(tf, some as tf.Tensor2D, images, { own: {}, weights: all }));
  };
  const [ofOutputs, ...ofWeights] = attempt('the gradient of nats', () =>
    tf.grads(natsOf)([outputs, ...names.map((name) => weights[name]!)]),
  );
  const gradients = [ofOutputs!, ...ofWeights];
  const infinite = gradients.findIndex((gradient) => !isFinite([...gradient.dataSync()]));
  if (infinite >= 0) {
    return `the gradient of \`nats\` towards ${infinite === 0 ? 'the outputs' : names[infinite - 1]!} is not finite`;
  }
  return (
    slopeOf(
      natsOf,
      outputs,
      names.map((name) => weights[name]!),
      ofOutputs!,
    ) ??
    observedOf(likelihood, outputs, images, inputs) ??
    drawnOf(likelihood, numbers, at.subarray(0, PIXELS * outputChannels))
  );
}

/** Of the outputs for one image. */
function drawnOf(likelihood: Likelihood, numbers: ModelledNumbers, outputs: Float32Array): string | undefined {
  if (likelihood.draw === undefined) return undefined;
  const size = PIXELS * numbers.channels;
  const weights = Object.fromEntries(
    Object.entries(ownWeights(likelihood, size)).map(([name, weight]) => [name, weight.dataSync<'float32'>()]),
  );
  const draw = (): ArrayLike<number> =>
    attempt('draw', () =>
      likelihood.draw!(outputs.slice(), randomStream(['own likelihood', 'draw']), { own: {}, weights }),
    );
  const given = draw();
  const fault = drawFault(given, size, numbers.isCounts === true);
  if (fault !== undefined) return `\`draw\` gives ${fault}`;
  const isSame = Array.from(draw()).every((value, i) => value === given[i]);
  return isSame ? undefined : '`draw` gives other numbers when it is run again: all chance comes from its `random`';
}

/** A gradient that is another than what small steps find, where these agree among themselves. */
function slopeOf(
  natsOf: (outputs: tf.Tensor, ...own: tf.Tensor[]) => tf.Scalar,
  outputs: tf.Tensor2D,
  own: readonly tf.Tensor[],
  gradient: tf.Tensor,
): string | undefined {
  const values = outputs.dataSync<'float32'>();
  const told = gradient.dataSync<'float32'>();
  for (let i = 0; i < Math.min(values.length, 4); i++) {
    const slope = (step: number): number => {
      const [above, below] = [step, -step].map((by) => {
        const moved = Float32Array.from(values);
        moved[i]! += by;
        return natsOf(tf.tensor2d(moved, outputs.shape), ...own).dataSync()[0]!;
      });
      return (above! - below!) / (2 * step);
    };
    const [wide, narrow] = [slope(STEP), slope(STEP / 2)];
    const differ = (a: number, b: number, share: number): boolean =>
      Math.abs(a - b) > share * (Math.abs(a) + Math.abs(b)) + 0.05;
    if (!differ(wide, narrow, 0.01) && differ(narrow, told[i]!, 0.05)) {
      return `the gradient of \`nats\` towards an output is ${told[i]!.toPrecision(3)}, and small steps find ${narrow.toPrecision(3)}`;
    }
  }
  return undefined;
}

function observedOf(
  likelihood: Likelihood,
  outputs: tf.Tensor2D,
  images: tf.Tensor2D,
  inputs: LikelihoodInputs,
): string | undefined {
  const observed = (likelihood.weights ?? []).filter(({ isObserved }) => isObserved === true);
  if (likelihood.observe === undefined || observed.length === 0) return undefined;
  const imageWeights = tf.tensor1d(new Float32Array(BATCH).fill(1 / BATCH));
  const next = attempt('observe', () => likelihood.observe!(tf, outputs, images, { ...inputs, imageWeights }));
  for (const { name } of observed) {
    const fault = told(
      next[name],
      inputs.weights[name]!.shape,
      `\`observe\` for ${name}`,
      'the next values of the weight',
    );
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Whether the compiled engine can record it: its clause, where not. */
function untraceable(likelihood: Likelihood, { channels }: ModelledNumbers): string | undefined {
  const size = PIXELS * channels;
  const outputs = PIXELS * (likelihood.outputChannels?.(channels) ?? channels);
  const program: ScanProgram = {
    key: 'own likelihood',
    state: {},
    constants: Object.fromEntries(Object.entries(shapesOf(likelihood, size)).map(([name, shape]) => [name, { shape }])),
    steps: { outputs: { shape: [BATCH, outputs] }, images: { shape: [BATCH, size] } },
    body: (_state, weights, steps) => {
      const [given, images] = [steps['outputs'], steps['images']] as [tf.Tensor2D, tf.Tensor2D];
      const nats = (some: tf.Tensor): tf.Scalar =>
        tf.sum(likelihood.nats(tf, some as tf.Tensor2D, images, { own: {}, weights }));
      const { value, grad } = tf.valueAndGrad(nats)(given);
      return { state: {}, outputs: { value, grad, mean: likelihood.mean(tf, given) } };
    },
  };
  const graph = new GraphBuilder('');
  const named = (name: string): string => name;
  try {
    recordStep(program, graph, { state: named, constant: named, step: named }, ({ outputs: results }) => {
      for (const tensor of Object.values(results)) trace.value(tensor);
    });
    return undefined;
  } catch (error) {
    const [, kernel] = /Kernel '(\w+)' not registered/.exec(messageOf(error)) ?? [];
    if (kernel === undefined) return messageOf(error);
    return `it uses TF.js's operation ${kernel}, which models are not compiled with: write it by add, sub, mul, div, exp, log, maximum, minimum, sigmoid, tanh, sum and their like`;
  }
}

/** Of one number: the sum of its probabilities, or the integral of its density. Undefined where it isn't of one number alone. */
function totalOf(likelihood: Likelihood, numbers: ModelledNumbers): number | undefined {
  if (numbers.channels !== 1) return undefined;
  const bias = likelihood.outputBias([0.4], () => SPREAD);
  const sumOver = (values: Float32Array, widths: (i: number) => number): number => {
    const outputs = tf.tile<tf.Tensor2D>(tf.tensor2d([...bias], [1, bias.length]), [values.length, 1]);
    const images = tf.tensor2d(values, [values.length, 1]);
    const inputs = { own: {}, weights: ownWeights(likelihood, 1) };
    const nats = likelihood.nats(tf, outputs, images, inputs).dataSync<'float32'>();
    return nats.reduce((sum, value, i) => sum + Math.exp(-value) * widths(i), 0);
  };
  const grid = (count: number, of: (share: number) => number): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => of(i / (count - 1)));
  const one = (): number => 1;
  if (numbers.isCounts)
    return sumOver(
      grid(4_001, (share) => Math.round(4_000 * share)),
      one,
    );
  if (likelihood.mass === 'bits')
    return sumOver(
      grid(2, (share) => share),
      one,
    );
  if (likelihood.mass === 'bytes')
    return sumOver(
      grid(256, (share) => share),
      one,
    );
  // A density of grey values may end at black and white, or reach over all numbers: x = tan u.
  const between = sumOver(
    grid(POINTS, (share) => share),
    (i) => (i % (POINTS - 1) === 0 ? 0.5 : 1) / (POINTS - 1),
  );
  if (Math.abs(between - 1) <= TOLERANCE) return between;
  const angle = (share: number): number => (share - 0.5) * (Math.PI - 1e-6);
  const width = (Math.PI - 1e-6) / (POINTS - 1);
  return sumOver(
    grid(POINTS, (share) => Math.tan(angle(share))),
    (i) => width / Math.cos(angle(i / (POINTS - 1))) ** 2,
  );
}

/** Numbers such as the data have. */
function valuesOf({ isReal, isCounts, isBinary }: ModelledNumbers, count: number): Float32Array {
  const stream = randomStream(['own likelihood', 'images']);
  const normal = stream.fillNormal(new Float32Array(count));
  if (isCounts) return normal.map((value) => Math.round(4 * Math.abs(value)));
  if (isReal) return normal;
  const grey = normal.map((value) => Math.round(255 / (1 + Math.exp(-value))) / 255);
  return isBinary ? grey.map((value) => Number(value > 0.5)) : grey;
}

function shapesOf({ weights = [] }: Likelihood, size: number): Record<string, readonly number[]> {
  return Object.fromEntries(
    weights.map(({ name, shape }) => [name, typeof shape === 'function' ? shape(size) : shape] as const),
  );
}

function ownWeights(likelihood: Likelihood, size: number): Record<string, tf.Tensor> & Tensors {
  const shapes = shapesOf(likelihood, size);
  return Object.fromEntries(
    (likelihood.weights ?? []).map(
      ({ name, initial }) => [name, tf.fill([...shapes[name]!], initial(SPREAD))] as const,
    ),
  );
}

function isObserved({ weights = [] }: Likelihood, name: string): boolean {
  return weights.some((weight) => weight.name === name && weight.isObserved === true);
}

function attempt<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${what.includes(' ') ? what : `\`${what}\``} fails: ${messageOf(error)}`, { cause: error });
  }
}

/** What of a result isn't as wanted. */
function told(given: unknown, shape: readonly number[], what: string, wanted: string): string | undefined {
  const isTensor = (value: unknown): value is tf.Tensor => value instanceof tf.Tensor;
  if (!isTensor(given)) return `${what} gives ${show(given)}, and a tensor is wanted, ${wanted}`;
  if (given.shape.join() !== shape.join()) {
    return `${what} gives the shape [${given.shape.join(', ')}], and [${shape.join(', ')}] is wanted, ${wanted}`;
  }
  const values = [...given.dataSync()];
  const at = values.findIndex((value) => !Number.isFinite(value));
  return at < 0 ? undefined : `${what} gives ${values[at]}, tried on plain values: finite numbers are wanted`;
}

function isFinite(values: unknown, length?: number): values is number[] {
  return Array.isArray(values) && (length === undefined || values.length === length) && values.every(Number.isFinite);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.slice(0, 6).map(String).join(', ')}]`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
