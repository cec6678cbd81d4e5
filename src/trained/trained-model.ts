/** A trial's weights in use. B images of P bytes, J latents. */
import { messageOf, SweepError } from '../errors.ts';
import type { Arrays, Engine, ScanProgram } from '../engine/engine.ts';
import { sizeOf } from '../engine/engine.ts';
import { loadEngine } from '../engine/load.ts';
import type { TrialFiles } from '../files/trial-files.ts';
import type { Columns } from '../data/own/tables/standardize.ts';
import type { Values } from '../data/source.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { drawFault } from '../model/likelihood.ts';
import { likelihoodOf, weightSpecs } from '../model/model.ts';
import type { RandomStream } from '../random.ts';
import { EVALUATION_BATCH } from '../training/evaluate.ts';
import { mostBatches } from '../training/gathered-images.ts';
import { oneHot } from '../training/one-hot.ts';
import { decodingProgram, encodingProgram, evaluationProgram, outputsProgram } from '../training/programs.ts';
import { trainedColumns, trainedWeights } from '../training/trained-weights.ts';
import type { TrialId } from '../trial/trial.ts';

/** The terms of the ELBO of each of B images, nats. */
export interface Terms {
  /** −log p(x|z) at the z of the noise that was given. */
  readonly reconstruction: Float32Array;
  /** KL(q(z|x) ‖ p(z)), in closed form. */
  readonly kl: Float64Array;
  /** Means of q(z|x), [B, J]. */
  readonly mean: Float32Array;
}

/** By what the sample at this place of a call is drawn, told this label. */
export type RandomOf = (sample: number, label: number | undefined) => RandomStream;

/**
 * Runs on the processor, by the engine that trains, in batches of the size of evaluation, so that an image comes to the same
 * bits there and here. Any number of images or latents; whoever has many gives them in pieces.
 */
export class TrainedModel {
  readonly trial: TrialId;
  readonly shape: ModelShape;
  readonly weights: Arrays;
  /** What rows of numbers are standardised by; undefined for images. */
  readonly columns: Columns | undefined;
  /** Those that it is told, in their order; none where it is told nothing. */
  readonly labels: readonly string[];
  readonly #engine: Engine;

  constructor(
    trial: TrialId,
    shape: ModelShape,
    weights: Arrays,
    engine: Engine,
    { columns, labels = [] }: { readonly columns?: Columns | undefined; readonly labels?: readonly string[] } = {},
  ) {
    this.labels = labels;
    this.trial = trial;
    this.shape = shape;
    this.weights = weights;
    this.columns = columns;
    this.#engine = engine;
  }

  /** How many images, or latents, fill the calls of the engine that one call here makes. */
  get piece(): number {
    return EVALUATION_BATCH * Math.min(MOST_BATCHES, mostBatches(this.shape, EVALUATION_BATCH));
  }

  /**
   * Parameters of q(z|x), both [B, J]. `images`: bytes, 255 = 1; or rows of numbers, standardised. `labels`, here and below: of
   * each sample its place among the model's, where it is told them.
   */
  async encode(
    images: Values,
    labels?: Uint16Array,
  ): Promise<{ readonly mean: Float32Array; readonly logVariance: Float32Array }> {
    const { mean, logVariance } = await this.#run(encodingProgram(this.shape, EVALUATION_BATCH), { images }, labels);
    return { mean: mean!, logVariance: logVariance! };
  }

  /** Means of p(x|z), [B, P] in [0, 1], of latents [B, J]. */
  async decode(latents: Float32Array, labels?: Uint16Array): Promise<Float32Array> {
    const { pixels } = await this.#run(decodingProgram(this.shape, EVALUATION_BATCH), { latents }, labels);
    return pixels!;
  }

  /**
   * One draw from p(x|z) for each of the latents [B, J], [B, P]: of images cut off at 0 and 1, as pixels are. `randomOf`: what
   * each is drawn by. @throws SweepError USAGE as `checkDraws`, DEFINITION where a likelihood of the user's draws something else
   */
  async draw(latents: Float32Array, randomOf: RandomOf, labels?: Uint16Array): Promise<Float64Array> {
    this.checkDraws('draw');
    const { shape } = this;
    const found = await this.#run(outputsProgram(shape, EVALUATION_BATCH), { latents }, labels);
    const samples = latents.length / shape.latentDim;
    const [numbers, perSample] = [imageSize(shape), found['outputs']!.length / samples];
    const drawn = new Float64Array(samples * numbers);
    for (let i = 0; i < samples; i++) {
      const outputs = found['outputs']!.slice(i * perSample, (i + 1) * perSample);
      drawn.set(this.#drawOne(outputs, randomOf(i, labels?.[i])), i * numbers);
    }
    return shape.isReal ? drawn : drawn.map((value) => Math.min(Math.max(value, 0), 1));
  }

  #drawOne(outputs: Float32Array, random: RandomStream): ArrayLike<number> {
    const { shape, weights } = this;
    const likelihood = likelihoodOf(shape);
    const refuse = (what: string, cause?: unknown): SweepError =>
      new SweepError('DEFINITION', `\`draw\` of the likelihood ${likelihood.name} ${what}.`, { cause });
    let drawn: ArrayLike<number>;
    try {
      drawn = likelihood.draw!(outputs, random, { own: shape.own, weights });
    } catch (error) {
      throw refuse(`fails: ${messageOf(error)}`, error);
    }
    const fault = drawFault(drawn, imageSize(shape), likelihood.isOfCounts === true);
    if (fault !== undefined) throw refuse(`gives ${fault}`);
    return drawn;
  }

  /** @throws SweepError USAGE, which begins with `flag`, where the likelihood has no `draw` */
  checkDraws(flag: string): void {
    const likelihood = likelihoodOf(this.shape);
    if (likelihood.draw !== undefined) return;
    throw new SweepError(
      'USAGE',
      `${flag}: the likelihood ${likelihood.name} of trial ${this.trial} has no \`draw\`, which its module may define. ` +
        'Trials of a module that is changed are others: train them, or leave this out for the means.',
    );
  }

  /** `noise`: ε ~ N(0, 1), [B, J]. */
  async terms(images: Values, noise: Float32Array, labels?: Uint16Array): Promise<Terms> {
    const outputs = await this.#run(evaluationProgram(this.shape, EVALUATION_BATCH), { images, noise }, labels);
    const { latentDim } = this.shape;
    const perDimension = outputs['kl']!;
    const kl = new Float64Array(perDimension.length / latentDim);
    for (let i = 0; i < perDimension.length; i++) kl[Math.floor(i / latentDim)]! += perDimension[i]!;
    return { reconstruction: outputs['reconstruction']!, kl, mean: outputs['mean']! };
  }

  /** The last batch is filled up with zeros, whose results are left out. */
  async #run(
    program: ScanProgram,
    samplesOf: Arrays,
    labels: Uint16Array | undefined,
  ): Promise<Readonly<Record<string, Float32Array>>> {
    const [name, values] = Object.entries(samplesOf)[0]!;
    const size = sizeOf(program.steps[name]!.shape) / EVALUATION_BATCH;
    const samples = values.length / size;
    if (!Number.isInteger(samples))
      throw new RangeError(`${values.length} numbers of ${name} are no multiple of ${size}`);
    if (samples === 0) return Object.fromEntries(OUTPUTS.map((output) => [output, new Float32Array()]));
    const { classes } = this.shape;
    if (classes !== undefined && labels?.length !== samples) {
      throw new RangeError(`${labels?.length ?? 'no'} labels of ${samples} samples`);
    }
    const inputs = { ...samplesOf, ...(classes && { condition: oneHot(labels!, classes) }) };
    const count = Math.ceil(samples / EVALUATION_BATCH);
    const scan = await this.#engine.prepare(program);
    const steps = Object.fromEntries(
      Object.entries(inputs).map(([input, given]) => {
        return [input, padded(given, count * sizeOf(program.steps[input]!.shape))];
      }),
    );
    const { outputs } = await scan.run({ count, state: {}, constants: this.weights, steps });
    const all = count * EVALUATION_BATCH;
    return Object.fromEntries(
      Object.entries(outputs).map(([output, found]) => [output, found.subarray(0, (found.length / all) * samples)]),
    );
  }
}

/** In one call: more costs memory, and saves no time. */
const MOST_BATCHES = 8;

const OUTPUTS = ['mean', 'logVariance', 'pixels', 'outputs', 'reconstruction', 'kl'];

/** In memory of this thread's own, which the engine needs. */
function padded<Values extends Float32Array | Uint8Array>(values: Values, length: number): Values {
  if (values.length === length && values.buffer instanceof ArrayBuffer) return values;
  const whole = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  whole.set(values);
  return whole as Values;
}

/**
 * Of a completed trial, from its file of weights.
 * @throws SweepError NOT_FOUND where that is gone, damaged or of another model
 */
export async function openTrainedModel(
  trial: TrialId,
  shape: ModelShape,
  files: TrialFiles,
  labels?: readonly string[],
): Promise<TrainedModel> {
  const { weights, columns } = await files.get('weights').then(
    (file) => {
      const weights = checked(trainedWeightsOf(file, trial, files), shape, files);
      const columns = shape.isReal ? trainedColumns(file, trial) : undefined;
      if (shape.isReal && columns?.means.length !== imageSize(shape)) {
        throw unusable(files, 'lacks what its columns were standardised by', trial);
      }
      return { weights, columns };
    },
    (error: unknown) => {
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw unusable(files, isGone ? 'is missing' : `can't be read: ${messageOf(error)}`, trial);
    },
  );
  const engine = await loadEngine({ engine: 'compiled', provider: 'cpu' });
  return new TrainedModel(trial, shape, weights, engine, { columns, ...(labels && { labels }) });
}

function trainedWeightsOf(file: Uint8Array, trial: TrialId, files: TrialFiles): Record<string, Float32Array> {
  try {
    return trainedWeights(file, trial);
  } catch (error) {
    throw unusable(files, `can't be used: ${messageOf(error)}`, trial);
  }
}

function checked(weights: Record<string, Float32Array>, shape: ModelShape, files: TrialFiles): Arrays {
  for (const { name, shape: dimensions } of weightSpecs(shape)) {
    const found = weights[name];
    if (found?.length === sizeOf(dimensions)) continue;
    const what = found === undefined ? `has no weights ${name}` : `has ${found.length} weights ${name}`;
    throw new SweepError('NOT_FOUND', `${files.path('weights')} ${what}, where ${dimensions.join('×')} belong.`);
  }
  return weights;
}

function unusable(files: TrialFiles, what: string, trial: TrialId): SweepError {
  return new SweepError(
    'NOT_FOUND',
    `${files.path('weights')} ${what}. \`sweep run SPEC --again ${trial}\` trains it again, to the same weights.`,
  );
}
