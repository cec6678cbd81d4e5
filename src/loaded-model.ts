/** A trained model for programs. */
import type { OpenResults } from './answers.ts';
import { SweepError } from './errors.ts';
import { imageSize } from './model/architecture.ts';
import { namedTrial, openTrained } from './open-trained.ts';
import type { LabelsOf } from './trained/condition.ts';
import type { TrialId } from './trial/trial.ts';

/**
 * An image is P = height · width · channels numbers, row by row, the channels of a pixel together; images lie one after
 * another, as latents do, J numbers each. Any number of them at a time.
 */
export interface LoadedModel {
  readonly trial: TrialId;
  readonly sweep: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** J. */
  readonly latentDim: number;
  /** The labels of which a conditional model is told one of each image; empty of all others. */
  readonly labels: readonly string[];
  /** Mean and log variance of q(z|x), J each for each image of bytes, 255 = 1. */
  encode(
    images: Uint8Array,
    given?: Given,
  ): Promise<{ readonly mean: Float32Array; readonly logVariance: Float32Array }>;
  /** The mean of p(x|z), P numbers in [0, 1] for each J latents. */
  decode(latents: Float32Array, given?: Given): Promise<Float32Array>;
  /** Of each image, nats at β = 1, with one z drawn for it by its place: elbo + reconstruction + kl = 0. */
  elbo(images: Uint8Array, given?: Given): Promise<Readonly<Record<'elbo' | 'reconstruction' | 'kl', Float64Array>>>;
  /** Decodes `count` draws from the prior; the same ones for a seed, by default 0, as of `sweep generate`. */
  sample(count: number, seed?: number, given?: Given): Promise<Float32Array>;
}

/** What a conditional model is told: the label of all, or one for each image. Other models are told nothing. */
export interface Given {
  readonly condition?: string | readonly string[];
}

/** Throws as `namedTrial` and `openTrained`. */
export async function loadedModel(open: OpenResults, what: string, sweep?: string): Promise<LoadedModel> {
  const trial = namedTrial(open, what, sweep);
  const model = await openTrained(open, trial);
  if (model.columns !== undefined) {
    throw new SweepError(
      'USAGE',
      `Trial ${trial.id} is of columns of numbers: programs load models of images; \`sweep encode\` and \`score\` take it.`,
    );
  }
  const { normalDraws } = await import('./trained/noise.ts');
  const { labelsFor, listed, placeOf } = await import('./trained/condition.ts');
  const { height, width, channels, latentDim } = model.shape;
  const size = imageSize(model.shape);

  const labelsOf = ({ condition }: Given = {}, count: number): LabelsOf => {
    if (condition === undefined || typeof condition === 'string') {
      if (condition !== undefined || model.labels.length === 0) {
        return labelsFor(model, { what: 'images', count, labelOf: undefined }, condition);
      }
      throw new SweepError('USAGE', `The model is told labels: give \`{ condition }\`, of ${listed(model)}.`);
    }
    if (condition.length !== count) {
      throw new SweepError('USAGE', `There are ${condition.length} labels in \`condition\`, of ${count}.`);
    }
    const places = Uint16Array.from(condition, (label) => placeOf(model, label));
    return (first, some) => places.subarray(first, first + some);
  };

  /** Piece by piece, so that memory is that of what is given and returned; `use` is told which samples it has. */
  const inPieces = async <Values extends Float32Array | Uint8Array>(
    values: Values,
    type: new () => Values,
    numbers: number,
    use: (some: Values, first: number, count: number) => Promise<void>,
  ): Promise<void> => {
    if (!(values instanceof type))
      throw new SweepError('USAGE', `The model takes a ${type.name}, ${numbers} numbers each.`);
    const count = values.length / numbers;
    if (!Number.isInteger(count)) {
      throw new SweepError('USAGE', `${values.length} numbers are no multiple of ${numbers}, as the model takes them.`);
    }
    for (let first = 0; first < count; first += model.piece) {
      const some = values.subarray(first * numbers, (first + model.piece) * numbers) as Values;
      await use(some, first, some.length / numbers);
    }
  };

  const decode = async (latents: Float32Array, given?: Given): Promise<Float32Array> => {
    const all = Math.floor(latents.length / latentDim);
    const labels = labelsOf(given, all);
    const pixels = new Float32Array(all * size);
    await inPieces(latents, Float32Array, latentDim, async (some, first, count) =>
      pixels.set(await model.decode(some, labels(first, count)), first * size),
    );
    return pixels;
  };

  return {
    ...{ trial: trial.id, sweep: trial.sweep, height, width, channels, latentDim, labels: model.labels },
    async encode(images, given) {
      const labels = labelsOf(given, Math.floor(images.length / size));
      const [mean, logVariance] = [0, 1].map(() => new Float32Array(Math.floor(images.length / size) * latentDim)) as [
        Float32Array,
        Float32Array,
      ];
      await inPieces(images, Uint8Array, size, async (some, first, count) => {
        const found = await model.encode(some, labels(first, count));
        mean.set(found.mean, first * latentDim);
        logVariance.set(found.logVariance, first * latentDim);
      });
      return { mean, logVariance };
    },
    decode,
    async elbo(images, given) {
      const labels = labelsOf(given, Math.floor(images.length / size));
      const [elbo, reconstruction, kl] = [0, 1, 2].map(() => new Float64Array(Math.floor(images.length / size))) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      await inPieces(images, Uint8Array, size, async (some, first, count) => {
        const noise = normalDraws(['evaluation', 'test'], first, count, latentDim);
        const terms = await model.terms(some, noise, labels(first, count));
        reconstruction.set(terms.reconstruction, first);
        kl.set(terms.kl, first);
        for (let i = first; i < first + count; i++) elbo[i] = -(reconstruction[i]! + kl[i]!);
      });
      return { elbo, reconstruction, kl };
    },
    sample: (count, seed = 0, given) => {
      const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
      if (!isWhole(count) || !isWhole(seed))
        throw new SweepError('USAGE', 'How many images, and the seed, are whole numbers.');
      return decode(normalDraws(['generate', seed], 0, count, latentDim), given);
    },
  };
}
