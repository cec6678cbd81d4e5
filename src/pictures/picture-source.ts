/** What pictures are made from: what a completed trial keeps in its folder. */
import type { DatasetDefinition } from '../data/definition.ts';
import { plainModel, type PlainModel } from '../decoder/plain-model.ts';
import { messageOf } from '../errors.ts';
import type { TrialFile, TrialFiles } from '../files/trial-files.ts';
import type { OwnLikelihood } from '../model/own-likelihood.ts';
import { loadRecorded } from '../own/load-recorded.ts';
import { modelShape } from '../model/model.ts';
import type { ModelShape } from '../model/architecture.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { decodeTiles, someTiles, type Tiles } from '../training/png.ts';
import { keptLabels, trainedWeights } from '../training/trained-weights.ts';

/** A picture can't be drawn; the message is a clause that is shown in its place. */
export class NoPicture extends Error {}

/** Images with their reconstructions, one of each at a place. */
export interface Reconstructions {
  readonly originals: Tiles;
  readonly reconstructions: Tiles;
}

export interface PictureSource {
  readonly trial: TrialRecord;
  readonly model: ModelShape;
  /** The first held-out images (training ones where none are held out), and what the trial makes of their posterior means. */
  reconstructions(): Promise<Reconstructions>;
  /** Draws from the prior, the same for every trial of a latent dimension. */
  samples(): Promise<Tiles>;
  /** The trained model. Read once. */
  trained(): Promise<PlainModel>;
  /** What its model is told of the images of `reconstructions`, places among `labels`; empty where it is told nothing. */
  keptLabels(): Promise<readonly number[]>;
  /** Those that its model is told. */
  readonly labels: readonly string[];
}

/** All that it promises throws NoPicture where a file is gone, damaged or of other images. */
export function pictureSource(trial: TrialRecord, files: TrialFiles, dataset: DatasetDefinition): PictureSource {
  const { parameters, dataset: settings, ownLikelihood } = trial.config;
  const model = modelShape(parameters, dataset, settings.labels, ownLikelihood);
  const read = async <T>(file: TrialFile, what: string, use: (bytes: Uint8Array) => T): Promise<T> => {
    try {
      return use(await files.get(file));
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new NoPicture(isGone ? `no ${what}` : `${what} can't be read: ${messageOf(error)}`, { cause: error });
    }
  };
  let trained: Promise<PlainModel> | undefined;
  return {
    trial,
    model,
    labels: trial.config.dataset.labels?.names ?? [],
    keptLabels: () => read('weights', 'weights', (file) => keptLabels(file, trial.id)),
    reconstructions: () => read('reconstructions', 'reconstructions.png', (png) => halves(decodeTiles(png, model))),
    samples: () => read('samples', 'samples.png', (png) => decodeTiles(png, model)),
    trained: () =>
      (trained ??= loaded(ownLikelihood).then(() =>
        read('weights', 'weights', (file) => plainModel(model, trainedWeights(file, trial.id))),
      )),
  };
}

/** @throws NoPicture where the module of a likelihood of the user's own is gone or another by now */
async function loaded(ownLikelihood: OwnLikelihood | undefined): Promise<void> {
  if (ownLikelihood === undefined) return;
  await loadRecorded({ ownLikelihood }).catch((error: unknown) => {
    throw new NoPicture(`the likelihood ${ownLikelihood.name} is not here as it was`, { cause: error });
  });
}

function halves(tiles: Tiles): Reconstructions {
  const count = tiles.count / 2;
  if (!Number.isInteger(count)) throw new Error('it has an odd number of images');
  return { originals: someTiles(tiles, 0, count), reconstructions: someTiles(tiles, count, count) };
}
