import { SweepError } from '../errors.ts';
import { freeArrays } from '../free-arrays.ts';
import { randomStream } from '../random.ts';
import type { DatasetSettings } from '../trial/trial.ts';
import { datasetOf } from './datasets/index.ts';
import { definitionOf } from './definition-of.ts';
import { fingerprintOf, type CatalogDataset, type DatasetDefinition, type TakeValues } from './definition.ts';
import { toldLabels } from './labels.ts';
import type { StreamLabels } from './own/labels.ts';
import type { Columns } from './own/tables/standardize.ts';
import type { KeptImages } from './own/image-file.ts';
import { keptImages, type Keeping } from './own/kept-images.ts';
import { readOwn } from './own/read-own.ts';
import { readFiles } from './read-files.ts';
import type { Dataset, DatasetSource, ImageSet } from './source.ts';
import { splitSizes } from './split-sizes.ts';

/** How many images are taken at a time: whoever takes them needs memory for as many beside the whole. */
const TAKEN = 1000;

/**
 * Reads or renders a data set and splits it, in memory that threads can share, or, where a user's own images are many, as a file
 * that they read from. The split depends on the data set's name alone, so every trial and seed
 * sees the same; that of a user's own images on their content (see splitByContent). A capped split is a prefix of the whole one.
 *
 * - Test: the test set, or, where there is none of its own, the first images of a fixed order. Never capped.
 * - Validation: the last images of the rest in a fixed order.
 * - Training: the rest, from its start. With `validation: 0` nothing is held out for validation, and all may train.
 * @throws SweepError DATA_MISSING or DATA_CORRUPT, also when the files are no longer those that were located.
 */
export async function loadDataset(
  source: DatasetSource,
  settings: DatasetSettings,
  catalog?: readonly CatalogDataset[],
  keeping: Keeping = {},
): Promise<Dataset> {
  const definition = definitionOf(settings, catalog);
  checkFingerprint(source, fingerprintOf(definition));
  const { height, width, channels } = definition;
  // Labels that models are told lie in memory, and so do images that have them.
  const isKept = source.labels === undefined && isOfEachImage(settings.binarization);
  const kept = isKept ? await keptImages(settings, source, keeping) : undefined;
  if (kept !== undefined) return { height, width, channels, ...storedSplits(kept, definition, settings) };
  const read = await readImages(settings, source, catalog, keeping);
  const { take, contents, order, columns } = read;
  const labels = source.labels && (await toldLabels(definition, read, source, source.labels));
  const size = height * width * channels;
  const imageSet = async (indices: Int32Array): Promise<ImageSet> => {
    const numbers = indices.length * size;
    const images =
      columns === undefined
        ? new Uint8Array(new SharedArrayBuffer(numbers))
        : new Float32Array(new SharedArrayBuffer(numbers * Float32Array.BYTES_PER_ELEMENT));
    for (let first = 0; first < indices.length; first += TAKEN) {
      const taken = take(indices.subarray(first, first + TAKEN));
      images.set(taken, first * size);
      freeArrays({ taken });
    }
    return { count: indices.length, images, ...(labels && { labels: await labels(indices) }) };
  };
  const indices = splitIndices(definition, settings, order);
  const splits = {
    train: await imageSet(indices.train),
    validation: await imageSet(indices.validation),
    test: await imageSet(indices.test),
  };
  freeArrays(contents);
  return { height, width, channels, ...(columns && { columns }), ...splits };
}

/**
 * Reads its files, if it has any: what takes images of it, and the contents that are needed for that.
 * @throws SweepError DATA_MISSING or DATA_CORRUPT
 */
export async function readImages(
  settings: Pick<DatasetSettings, 'name' | 'own'>,
  { files }: DatasetSource,
  catalog?: readonly CatalogDataset[],
  keeping?: Keeping,
): Promise<ReadImages> {
  if (settings.own !== undefined) {
    const { pixels, ...read } = await readOwn(files['images'] ?? settings.own.path, settings.own, keeping);
    return { ...read, contents: { pixels } };
  }
  const definition = datasetOf(settings.name, catalog);
  if (definition.kind === 'generated') return { take: definition.take, contents: {} };
  const contents = await readFiles(definition, files, catalog);
  return { take: definition.read(contents), contents };
}

export interface ReadImages {
  readonly take: TakeValues;
  readonly contents: Readonly<Record<string, Buffer>>;
  /** Of all images, where their content decides it: test, training, validation ones; without those of a test set of its own. */
  readonly order?: Int32Array;
  /** How rows of numbers were standardised. */
  readonly columns?: Columns | undefined;
  /** Where each of a user's own images lies in a folder, and what says what they are. */
  readonly paths?: readonly string[] | undefined;
  readonly labels?: StreamLabels | undefined;
}

/** Of images in a file: each split as places in it. */
function storedSplits(
  { file, order, trainingMeans }: KeptImages,
  definition: DatasetDefinition,
  settings: DatasetSettings,
): Pick<Dataset, 'train' | 'validation' | 'test' | 'trainingMeans'> {
  const indices = splitIndices(definition, settings, order);
  const isThresholded = settings.binarization === 'threshold';
  const imageSet = (some: Int32Array): ImageSet => {
    const places = new Int32Array(new SharedArrayBuffer(some.byteLength));
    places.set(some);
    return { count: some.length, images: { file, places, isThresholded } };
  };
  return {
    train: imageSet(indices.train),
    validation: imageSet(indices.validation),
    test: imageSet(indices.test),
    ...(indices.train.length === definition.splits.train && { trainingMeans }),
  };
}

/** Whether an image becomes bits by itself; other bits are drawn from one to the next, for a split as a whole. */
function isOfEachImage(binarization: DatasetSettings['binarization']): boolean {
  return binarization === 'grey' || binarization === 'threshold';
}

/** Which images are in each split, in its order. `byContent`: see ReadImages. */
export function splitIndices(
  definition: DatasetDefinition,
  settings: Pick<DatasetSettings, 'train' | 'validation'>,
  byContent?: Int32Array,
): Readonly<Record<'train' | 'validation' | 'test', Int32Array>> {
  const { name, images, splits, hasTestSet } = definition;
  const order = byContent ?? randomStream(['split', name]).permutation(hasTestSet ? images - splits.test : images);
  const test = hasTestSet
    ? Int32Array.from({ length: splits.test }, (_, i) => order.length + i)
    : order.subarray(0, splits.test);
  const rest = hasTestSet ? order : order.subarray(splits.test);
  const { training, validation, trainable } = splitSizes(definition, settings);
  return {
    train: rest.subarray(0, training),
    validation: rest.subarray(trainable, trainable + validation),
    test,
  };
}

/** Results are stored under the fingerprint found before the sweep; other data must not slip in under it. */
function checkFingerprint(source: DatasetSource, found: string): void {
  if (found === source.fingerprint) return;
  throw new SweepError(
    'DATA_CORRUPT',
    `The data set ${source.name} changed since it was located: its fingerprint was ${source.fingerprint} and is now ` +
      `${found}. Start the sweep again to train on the new data.`,
  );
}
