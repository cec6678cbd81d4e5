import { SweepError } from '../errors.ts';
import { randomStream } from '../random.ts';
import type { DatasetSettings } from '../trial/trial.ts';
import { catalogEntry, fingerprintOf, type CatalogEntry, type IdxEntry, type SpritesEntry } from './catalog.ts';
import { readIdxDataset } from './idx-dataset.ts';
import type { Dataset, DatasetSource, ImageSet } from './source.ts';
import { splitSizes } from './split-sizes.ts';
import { renderSprites } from './sprites.ts';

/**
 * Reads or renders a data set and splits it. The split depends on the data set's name alone, so every trial and seed
 * sees the same; a capped split is a prefix of the whole one.
 *
 * - Test: the test file, or, for sprites, the first images of a fixed order. Never capped.
 * - Validation: the last images of the rest (for MNIST, the training file) in a fixed order.
 * - Training: the rest, from its start. With `validation: 0` nothing is held out for validation, and all may train.
 * @throws SweepError DATA_MISSING or DATA_CORRUPT, also when the files are no longer those that were located.
 */
export async function loadDataset(
  source: DatasetSource,
  settings: DatasetSettings,
  catalog?: readonly CatalogEntry[],
): Promise<Dataset> {
  const entry = catalogEntry(source.name, catalog);
  checkFingerprint(source, fingerprintOf(entry));
  return entry.kind === 'sprites' ? loadSprites(entry, settings) : loadIdx(entry, source, settings, catalog);
}

function loadSprites(entry: SpritesEntry, settings: DatasetSettings): Dataset {
  const { grid, height, width, splits } = entry;
  const order = fixedOrder(entry, entry.images);
  const rest = split(order.subarray(splits.test), entry, settings);
  const render = (indices: Int32Array): ImageSet => ({
    count: indices.length,
    images: renderSprites(grid, indices),
  });
  return {
    height,
    width,
    train: render(rest.train),
    validation: render(rest.validation),
    test: render(order.subarray(0, splits.test)),
  };
}

async function loadIdx(
  entry: IdxEntry,
  source: DatasetSource,
  settings: DatasetSettings,
  catalog?: readonly CatalogEntry[],
): Promise<Dataset> {
  const images = await readIdxDataset(entry, source.files, catalog);
  const { height, width, files, splits } = entry;
  const { train, validation } = split(fixedOrder(entry, files['train-images'].images), entry, settings);
  return {
    height,
    width,
    train: gather(images.train, height * width, train),
    validation: gather(images.train, height * width, validation),
    // Sliced, so that its buffer holds the images alone, without the file's header.
    test: { count: splits.test, images: images.test.slice() },
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

function fixedOrder(entry: CatalogEntry, count: number): Int32Array {
  return randomStream(['split', entry.name]).permutation(count);
}

function split(
  rest: Int32Array,
  entry: CatalogEntry,
  settings: DatasetSettings,
): { readonly train: Int32Array; readonly validation: Int32Array } {
  const { training, validation, trainable } = splitSizes(entry, settings);
  return { train: rest.subarray(0, training), validation: rest.subarray(trainable, trainable + validation) };
}

function gather(images: Uint8Array, pixels: number, indices: Int32Array): ImageSet {
  const gathered = new Uint8Array(indices.length * pixels);
  indices.forEach((index, i) => gathered.set(images.subarray(index * pixels, (index + 1) * pixels), i * pixels));
  return { count: indices.length, images: gathered };
}
