/** `encoder.onnx`, `decoder.onnx` and `vae.onnx`: a trained model for any ONNX Runtime, with what shows how to load it. */
import { bytesOf, npzEntry, type NpyArray } from '../data/npz-writer.ts';
import { portableModel, runPortable, type Units } from '../engine/compiled/portable-model.ts';
import { restored, standardized } from '../data/own/tables/standardize.ts';
import { SweepError } from '../errors.ts';
import { zipChunks } from '../files/zip-writer.ts';
import { likelihoodOf } from '../model/model.ts';
import { randomStream } from '../random.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { loadHtml } from './load-html.ts';
import { loadPy } from './load-py.ts';
import { oneHot } from '../training/one-hot.ts';
import { onnxProgram, ONNX_PARTS, type OnnxPart } from './onnx-programs.ts';
import { sampleShape, samplesOf } from './sample-shape.ts';
import type { TrainedModel } from './trained-model.ts';

export interface OnnxExport {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Largest difference of any number that the three compute of the examples from what the engine does. */
  readonly difference: number;
}

/** As far as rounding goes: of numbers beyond 1 (of rows: beyond one standard deviation of their column), in proportion. */
const TOLERANCE = 1e-5;
const EXAMPLES = 8;

/** @throws SweepError USAGE for a model too large for the format; Error where the files compute other numbers */
export async function exportOnnx(model: TrainedModel, trial: TrialRecord, version: string): Promise<OnnxExport> {
  const properties = propertiesOf(model, trial);
  const description = `Trial ${trial.id} of the sweep ${trial.sweep}, by vae-sweep ${version}`;
  const parts = Object.fromEntries(
    ONNX_PARTS.map((part) => [
      part,
      write(() =>
        portableModel(onnxProgram(part, model.shape, model.columns), model.weights, {
          version,
          description,
          properties,
        }),
      ),
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
      'load.html': Buffer.from(loadHtml(properties, model.shape, model.columns?.names)),
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
function propertiesOf({ shape, labels, columns }: TrainedModel, trial: TrialRecord): Record<string, string> {
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
    ...(columns === undefined
      ? {
          image_shape: JSON.stringify([height, width, channels]),
          input_range: '0 to 1, black to white',
          binarization: dataset.binarization,
        }
      : {
          row_length: String(width),
          ...(columns.names && { columns: JSON.stringify(columns.names) }),
          input_range: 'the units of the columns',
        }),
    dataset: dataset.name,
    ...(labels.length > 0 && { labels: JSON.stringify(labels) }),
  };
}

interface Examples {
  /** One-hot rows; undefined where the model is told no labels. */
  readonly condition: Float32Array | undefined;
  /** Bytes of images, or rows in the units of their columns. */
  readonly given: Uint8Array | Float64Array;
  readonly latents: Float32Array;
  readonly mean: Float32Array;
  readonly logVariance: Float32Array;
  /** Of the latents. */
  readonly decoded: Float32Array | Float64Array;
  /** Of the means. */
  readonly reconstruction: Float32Array | Float64Array;
}

/** Images or rows that the model draws itself, so that none of anybody's data leave with it. */
async function makeExamples(model: TrainedModel): Promise<Examples> {
  const latents = randomStream(['export', 'examples']).fillNormal(new Float32Array(EXAMPLES * model.shape.latentDim));
  const { classes } = model.shape;
  const labels = Uint16Array.from({ length: EXAMPLES }, (_, i) => i % (classes ?? 1));
  const condition = classes === undefined ? undefined : Float32Array.from(oneHot(labels, classes));
  const decoded = await model.decode(latents, labels);
  const { given, values } = asGiven(model, decoded);
  const { mean, logVariance } = await model.encode(values, labels);
  const inUnits = (means: Float32Array) => (model.columns === undefined ? means : restored(means, model.columns));
  const reconstruction = inUnits(await model.decode(mean, labels));
  return { condition, given, latents, mean, logVariance, decoded: inUnits(decoded), reconstruction };
}

/** What the files are given, and the model's own of it. */
function asGiven({ shape, columns }: TrainedModel, decoded: Float32Array) {
  if (columns === undefined) {
    const bytes = Uint8Array.from(decoded, (value) => Math.round(255 * Math.min(Math.max(value, 0), 1)));
    return { given: bytes, values: bytes };
  }
  const drawn = restored(decoded, columns);
  const given = likelihoodOf(shape).isOfCounts ? drawn.map((rate) => Math.round(rate)) : drawn;
  return { given, values: standardized(given, columns) };
}

async function largestDifference(
  parts: Record<OnnxPart, Uint8Array>,
  { condition, given, latents, mean, logVariance, decoded, reconstruction }: Examples,
  { shape, columns }: TrainedModel,
): Promise<number> {
  const told = condition && { condition: { shape: [shape.classes!], values: condition } };
  const samples = samplesOf(shape);
  const inputs = {
    ...told,
    [samples]: {
      shape: sampleShape(shape),
      values: given instanceof Float64Array ? given : Float32Array.from(given, (byte) => byte / 255),
    },
  };
  const encoded = await runPortable(parts.encoder, inputs);
  const drawn = await runPortable(parts.decoder, {
    latents: { shape: [shape.latentDim], values: latents },
    ...told,
  });
  const whole = await runPortable(parts.vae, inputs);
  return Math.max(
    differenceOf(encoded['mean']!, mean),
    differenceOf(encoded['log_variance']!, logVariance),
    differenceOf(drawn[samples]!, decoded, columns),
    differenceOf(whole['mean']!, mean),
    differenceOf(whole['log_variance']!, logVariance),
    differenceOf(whole['reconstruction']!, reconstruction, columns),
  );
}

/** Of numbers in units, in standard deviations of their columns. NaN where they are of another number. */
export function differenceOf(
  found: Float32Array | Float64Array,
  expected: Float32Array | Float64Array,
  { means, stds }: Units = { means: Float64Array.of(0), stds: Float64Array.of(1) },
): number {
  if (found.length !== expected.length) return NaN;
  let largest = 0;
  for (let i = 0; i < found.length; i++) {
    const column = i % means.length;
    // Of a column without spread, in its own units.
    const size = Math.max(stds[column]!, Math.abs(expected[i]! - means[column]!)) || 1;
    largest = Math.max(largest, Math.abs(found[i]! - expected[i]!) / size);
  }
  return largest;
}

/** What the engine computes of the examples, for whoever loads the model elsewhere. */
async function checkFile(examples: Examples, { shape, columns }: TrainedModel): Promise<Uint8Array> {
  const { latentDim } = shape;
  const array = (name: string, values: Uint8Array | Float32Array | Float64Array, of: readonly number[]): NpyArray => {
    const type = values instanceof Uint8Array ? '|u1' : values instanceof Float64Array ? '<f8' : '<f4';
    return { name, type, shape: of, read: () => [bytesOf(values)] };
  };
  const floats = (name: string, values: Float32Array | Float64Array, of: readonly number[]): NpyArray =>
    array(name, values, [EXAMPLES, ...of]);
  const sample = sampleShape(shape);
  const arrays: NpyArray[] = [
    array(samplesOf(shape), examples.given, [EXAMPLES, ...sample]),
    floats('mean', examples.mean, [latentDim]),
    floats('log_variance', examples.logVariance, [latentDim]),
    floats('reconstruction', examples.reconstruction, sample),
    floats('latents', examples.latents, [latentDim]),
    floats('decoded', examples.decoded, sample),
    ...(examples.condition === undefined ? [] : [floats('condition', examples.condition, [shape.classes!])]),
    ...(columns === undefined
      ? []
      : [array('columns.mean', columns.means, [shape.width]), array('columns.std', columns.stds, [shape.width])]),
  ];
  const chunks = [];
  for await (const chunk of zipChunks(arrays.map(npzEntry))) chunks.push(chunk);
  return Buffer.concat(chunks);
}
