/** A trained model for programs. */
import type { OpenResults } from './selection.ts';
import { restored, standardized } from '../data/own/tables/standardize.ts';
import type { Values } from '../data/source.ts';
import { SweepError } from '../errors.ts';
import { imageSize } from '../model/architecture.ts';
import { likelihoodOf } from '../model/model.ts';
import { namedTrial, openTrained } from './open-trained.ts';
import { count as counted } from '../text/format-number.ts';
import { sampleNoun } from '../text/sample-noun.ts';
import type { LabelsOf } from '../trained/condition.ts';
import type { RandomOf } from '../trained/trained-model.ts';
import type { TrialId } from '../trial/trial.ts';

/**
 * An image is P = height · width · channels numbers, row by row, the channels of a pixel together; images lie one after
 * another, as latents do, J numbers each. Of a table of P columns a sample is a row, P numbers in the units of its columns: it
 * is brought here to what the model trained on, and back. Any number of samples at a time. `Decoded`: of images Float32Array, of
 * rows Float64Array.
 */
export interface LoadedModel<Decoded extends Float32Array | Float64Array = Float32Array> {
  readonly trial: TrialId;
  readonly sweep: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** What the columns of a table are called, in their order; undefined of images, and where nothing names them. */
  readonly columns: readonly string[] | undefined;
  /** J. */
  readonly latentDim: number;
  /** The labels of which a conditional model is told one of each image; empty of all others. */
  readonly labels: readonly string[];
  /** Mean and log variance of q(z|x), J each for each sample: an image of bytes, 255 = 1, or a row. */
  encode(
    samples: Uint8Array | Float32Array | Float64Array,
    given?: Given,
  ): Promise<{ readonly mean: Float32Array; readonly logVariance: Float32Array }>;
  /** The mean of p(x|z), P numbers for each J latents: of images in [0, 1]; of rows in the units of their columns. */
  decode(latents: Float32Array, given?: Given): Promise<Decoded>;
  /**
   * Of each sample, nats at β = 1, with one z drawn for it by its place: elbo + reconstruction + kl = 0. Of rows, as in a report,
   * the density of their standardised numbers.
   */
  elbo(
    samples: Uint8Array | Float32Array | Float64Array,
    given?: Given,
  ): Promise<Readonly<Record<'elbo' | 'reconstruction' | 'kl', Float64Array>>>;
  /**
   * Decodes `count` draws from the prior; the same ones for a seed, by default 0, as of `sweep generate`. With `draw` each is a
   * draw from p(x|z) in place of its mean, as with `--draw`: of images in [0, 1], where what lies beyond is cut off.
   */
  sample(count: number, seed?: number, given?: Given & { readonly draw?: boolean }): Promise<Decoded>;
}

type Numbers = Uint8Array | Float32Array | Float64Array;

/** What a conditional model is told: the label of all, or one for each image. Other models are told nothing. */
export interface Given {
  readonly condition?: string | readonly string[];
}

/** Throws as `namedTrial` and `openTrained`. */
export async function loadedModel(
  open: OpenResults,
  what: string,
  sweep?: string,
): Promise<LoadedModel<Float32Array | Float64Array>> {
  const trial = namedTrial(open, what, sweep);
  const model = await openTrained(open, trial);
  const { normalDraws, sampleStream } = await import('../trained/noise.ts');
  const { labelsFor, listedLabels, placeOf } = await import('../trained/condition.ts');
  const { height, width, channels, latentDim } = model.shape;
  const { columns } = model;
  const noun = sampleNoun(model.shape);
  const isOfCounts = likelihoodOf(model.shape).isOfCounts === true;
  const size = imageSize(model.shape);

  const labelsOf = ({ condition }: Given = {}, count: number): LabelsOf => {
    if (condition === undefined || typeof condition === 'string') {
      if (condition !== undefined || model.labels.length === 0) {
        return labelsFor(model, { what: `${noun}s`, count, labelOf: undefined }, condition);
      }
      throw new SweepError('USAGE', `The model is told labels: give \`{ condition }\`, of ${listedLabels(model)}.`);
    }
    if (condition.length !== count) {
      throw new SweepError(
        'USAGE',
        `\`condition\` has ${counted(condition.length, 'label')} for ${counted(count, noun)}.`,
      );
    }
    const places = Uint16Array.from(condition, (label) => placeOf(model, label));
    return (first, some) => places.subarray(first, first + some);
  };

  /** Piece by piece, so that memory is that of what is given and returned; `use` is told which samples it has. */
  const inPieces = async <Some extends Numbers>(
    values: Some,
    numbers: number,
    use: (some: Some, first: number, count: number) => Promise<void>,
  ): Promise<void> => {
    const count = values.length / numbers;
    if (!Number.isInteger(count)) {
      throw new SweepError('USAGE', `${values.length} numbers are no multiple of ${numbers}, as the model takes them.`);
    }
    for (let first = 0; first < count; first += model.piece) {
      const some = values.subarray(first * numbers, (first + model.piece) * numbers) as Some;
      await use(some, first, some.length / numbers);
    }
  };

  /** The same of what the model encodes, as it was trained on it. */
  const samplesInPieces = (
    samples: Numbers,
    use: (some: Values, first: number, count: number) => Promise<void>,
  ): Promise<void> => {
    checkType(samples, columns === undefined ? [Uint8Array] : [Float64Array, Float32Array], size);
    if (columns === undefined) return inPieces(samples as Uint8Array, size, use);
    const odd = samples.findIndex((value) => !Number.isFinite(value) || (isOfCounts && !isCount(value)));
    if (odd >= 0) {
      const where = `row ${Math.floor(odd / size)}, column ${odd % size} (counted from 0) is ${samples[odd]!}`;
      throw new SweepError('USAGE', `${where}: the model takes ${isOfCounts ? 'counts' : 'finite numbers'}.`);
    }
    return inPieces(samples as Float32Array | Float64Array, size, (some, first, count) =>
      use(standardized(some, columns), first, count),
    );
  };

  const decode = async (
    latents: Float32Array,
    given?: Given,
    randomOf?: RandomOf,
  ): Promise<Float32Array | Float64Array> => {
    checkType(latents, [Float32Array], latentDim);
    const all = Math.floor(latents.length / latentDim);
    const labels = labelsOf(given, all);
    const decoded = columns === undefined ? new Float32Array(all * size) : new Float64Array(all * size);
    await inPieces(latents, latentDim, async (some, first, count) => {
      const told = labels(first, count);
      const found =
        randomOf === undefined
          ? await model.decode(some, told)
          : await model.draw(some, (sample, label) => randomOf(first + sample, label), told);
      decoded.set(columns === undefined ? found : restored(found, columns), first * size);
    });
    return decoded;
  };

  return {
    ...{ trial: trial.id, sweep: trial.sweep, height, width, channels, latentDim, labels: model.labels },
    columns: columns?.names,
    async encode(samples, given) {
      const labels = labelsOf(given, Math.floor(samples.length / size));
      const [mean, logVariance] = [0, 1].map(() => new Float32Array(Math.floor(samples.length / size) * latentDim)) as [
        Float32Array,
        Float32Array,
      ];
      await samplesInPieces(samples, async (some, first, count) => {
        const found = await model.encode(some, labels(first, count));
        mean.set(found.mean, first * latentDim);
        logVariance.set(found.logVariance, first * latentDim);
      });
      return { mean, logVariance };
    },
    decode: (latents, given) => decode(latents, given),
    async elbo(samples, given) {
      const labels = labelsOf(given, Math.floor(samples.length / size));
      const [elbo, reconstruction, kl] = [0, 1, 2].map(() => new Float64Array(Math.floor(samples.length / size))) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      await samplesInPieces(samples, async (some, first, count) => {
        const noise = normalDraws(['evaluation', 'test'], first, count, latentDim);
        const terms = await model.terms(some, noise, labels(first, count));
        reconstruction.set(terms.reconstruction, first);
        kl.set(terms.kl, first);
        for (let i = first; i < first + count; i++) elbo[i] = -(reconstruction[i]! + kl[i]!);
      });
      return { elbo, reconstruction, kl };
    },
    async sample(count, seed = 0, given) {
      const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
      if (!isWhole(count) || !isWhole(seed))
        throw new SweepError('USAGE', `How many ${noun}s, and the seed, are whole numbers.`);
      if (given?.draw) model.checkDraws('`draw`');
      const latents = normalDraws(['generate', seed], 0, count, latentDim);
      return decode(latents, given, given?.draw ? (sample, label) => sampleStream(seed, sample, label) : undefined);
    },
  };
}

function checkType(values: Numbers, types: readonly (new () => Numbers)[], numbers: number): void {
  if (types.some((type) => values instanceof type)) return;
  const names = types.map(({ name }) => name).join(' or ');
  throw new SweepError('USAGE', `The model takes a ${names}, ${numbers} numbers each.`);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
