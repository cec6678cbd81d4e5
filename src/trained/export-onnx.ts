/** `encoder.onnx`, `decoder.onnx` and `vae.onnx`: a trained model for any ONNX Runtime, with what shows how to load it. */
import { bytesOf, npzEntry, type NpyArray } from '../data/npz-writer.ts';
import { portableModel, runPortable } from '../engine/compiled/portable-model.ts';
import { SweepError } from '../errors.ts';
import { zipChunks } from '../files/zip-writer.ts';
import { randomStream } from '../random.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { loadHtml } from './load-html.ts';
import { loadPy } from './load-py.ts';
import { oneHot } from '../training/one-hot.ts';
import { onnxProgram, ONNX_PARTS, type OnnxPart } from './onnx-programs.ts';
import type { TrainedModel } from './trained-model.ts';

export interface OnnxExport {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Largest difference of any number that the three compute of the examples from what the engine does. */
  readonly difference: number;
}

/** As far as rounding goes: of numbers beyond 1, in proportion. */
export const TOLERANCE = 1e-5;
const EXAMPLES = 8;

/** @throws SweepError USAGE for a model too large for the format; Error where the files compute other numbers */
export async function exportOnnx(model: TrainedModel, trial: TrialRecord, version: string): Promise<OnnxExport> {
  if (model.columns !== undefined) {
    throw new SweepError('USAGE', 'This trial is of columns of numbers, and models of images are exported.');
  }
  const properties = propertiesOf(model, trial);
  const description = `Trial ${trial.id} of the sweep ${trial.sweep}, by vae-sweep ${version}`;
  const parts = Object.fromEntries(
    ONNX_PARTS.map((part) => [
      part,
      write(() => portableModel(onnxProgram(part, model.shape), model.weights, { version, description, properties })),
    ]),
  ) as Record<OnnxPart, Uint8Array>;
  const examples = await makeExamples(model);
  const difference = await largestDifference(parts, examples, model);
  if (!(difference <= TOLERANCE)) throw new Error(`the exported model is ${difference} off`);
  return {
    files: {
      ...Object.fromEntries(Object.entries(parts).map(([part, bytes]) => [`${part}.onnx`, bytes])),
      'check.npz': await checkFile(examples, model),
      'load.py': Buffer.from(loadPy(properties)),
      'load.html': Buffer.from(loadHtml(properties, model.shape)),
    },
    difference,
  };
}

function write(make: () => Uint8Array): Uint8Array {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new SweepError('USAGE', `This trial can't be exported: ${error.message}.`);
    throw error;
  }
}

/** In each file, as text. */
function propertiesOf({ shape, labels }: TrainedModel, trial: TrialRecord): Record<string, string> {
  const { height, width, channels, latentDim, likelihood, architecture } = shape;
  const { dataset } = trial.config;
  return {
    trial: trial.id,
    sweep: trial.sweep,
    seed: String(trial.seed),
    best_epoch: String(trial.bestEpoch),
    architecture,
    parameters: JSON.stringify(trial.config.parameters),
    likelihood,
    latent_dim: String(latentDim),
    image_shape: JSON.stringify([height, width, channels]),
    input_range: '0 to 1, black to white',
    dataset: dataset.name,
    binarization: dataset.binarization,
    ...(labels.length > 0 && { labels: JSON.stringify(labels) }),
  };
}

interface Examples {
  /** One-hot rows; undefined where the model is told no labels. */
  readonly condition: Float32Array | undefined;
  readonly images: Uint8Array;
  readonly latents: Float32Array;
  readonly mean: Float32Array;
  readonly logVariance: Float32Array;
  /** Of the latents. */
  readonly decoded: Float32Array;
  /** Of the means. */
  readonly reconstruction: Float32Array;
}

/** Images that the model draws itself, so that none of anybody's data leave with it. */
async function makeExamples(model: TrainedModel): Promise<Examples> {
  const latents = randomStream(['export', 'examples']).fillNormal(new Float32Array(EXAMPLES * model.shape.latentDim));
  const { classes } = model.shape;
  const labels = Uint16Array.from({ length: EXAMPLES }, (_, i) => i % (classes ?? 1));
  const condition = classes === undefined ? undefined : Float32Array.from(oneHot(labels, classes));
  const decoded = await model.decode(latents, labels);
  const images = Uint8Array.from(decoded, (value) => Math.round(255 * Math.min(Math.max(value, 0), 1)));
  const { mean, logVariance } = await model.encode(images, labels);
  return { condition, images, latents, mean, logVariance, decoded, reconstruction: await model.decode(mean, labels) };
}

async function largestDifference(
  parts: Record<OnnxPart, Uint8Array>,
  { condition, images, latents, mean, logVariance, decoded, reconstruction }: Examples,
  { shape }: TrainedModel,
): Promise<number> {
  const told = condition && { condition: { shape: [shape.classes!], values: condition } };
  const asImages = {
    ...told,
    images: {
      shape: [shape.height, shape.width, shape.channels],
      values: Float32Array.from(images, (byte) => byte / 255),
    },
  };
  const encoded = await runPortable(parts.encoder, asImages);
  const drawn = await runPortable(parts.decoder, {
    latents: { shape: [shape.latentDim], values: latents },
    ...told,
  });
  const whole = await runPortable(parts.vae, asImages);
  return Math.max(
    differenceOf(encoded['mean']!, mean),
    differenceOf(encoded['log_variance']!, logVariance),
    differenceOf(drawn['images']!, decoded),
    differenceOf(whole['mean']!, mean),
    differenceOf(whole['log_variance']!, logVariance),
    differenceOf(whole['reconstruction']!, reconstruction),
  );
}

/** NaN where they are of another number. */
function differenceOf(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return NaN;
  return found.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - expected[i]!) / Math.max(1, Math.abs(expected[i]!))),
    0,
  );
}

/** What the engine computes of the examples, for whoever loads the model elsewhere. */
async function checkFile(examples: Examples, { shape }: TrainedModel): Promise<Uint8Array> {
  const { height, width, channels, latentDim } = shape;
  const floats = (name: string, values: Float32Array, of: readonly number[]): NpyArray => {
    return { name, type: '<f4', shape: [EXAMPLES, ...of], read: () => [bytesOf(values)] };
  };
  const images = [height, width, channels];
  const arrays: NpyArray[] = [
    { name: 'images', type: '|u1', shape: [EXAMPLES, ...images], read: () => [examples.images] },
    floats('mean', examples.mean, [latentDim]),
    floats('log_variance', examples.logVariance, [latentDim]),
    floats('reconstruction', examples.reconstruction, images),
    floats('latents', examples.latents, [latentDim]),
    floats('decoded', examples.decoded, images),
    ...(examples.condition === undefined ? [] : [floats('condition', examples.condition, [shape.classes!])]),
  ];
  const chunks = [];
  for await (const chunk of zipChunks(arrays.map(npzEntry))) chunks.push(chunk);
  return Buffer.concat(chunks);
}
