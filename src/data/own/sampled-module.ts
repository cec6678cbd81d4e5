import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { messageOf, SweepError } from '../../errors.ts';
import { removeQuietly, renameDurably } from '../../files/atomic-file.ts';
import { removeAbandoned, temporaryPath } from '../../files/temporary-file.ts';
import { importModule, resolvingImports } from '../../files/import-module.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { archiveBytes, MOST_ARCHIVE_BYTES, zipChunks } from '../../files/zip-writer.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { npyHeaderOf, npzEntry, textArray } from '../npz-writer.ts';
import { refused } from '../refusal.ts';
import { userCache } from '../user-cache.ts';
import type { Sample, SampledDataset } from './define-dataset.ts';
import { MOST_SIDE } from './image-stream.ts';
import { bytesOf, partsOf } from './sample-values.ts';
import { unusable } from './unusable.ts';

const SHOWN = 'export default defineDataset({ height: 28, width: 28, *samples() { yield … } })';
/** What `vae-sweep` is to such a module, and to what it imports: this program, installed there or not. */
const PACKAGE = new URL(`../../index${path.extname(import.meta.url)}`, import.meta.url).href;
/** Enough for any shape. */
const HEADER_BYTES = 192;
/** What earlier texts yielded stays for trials that were trained on it; what nothing has used for so long goes. */
const UNUSED_MS = 30 * 86_400_000;

/** Whether it is a program whose default export is a data set; by its name, since it is text like any other. */
export function isModule(place: string): boolean {
  return /\.[cm]?[jt]s$/i.test(place);
}

/**
 * The samples of a module as a file `.npy`, or `.npz` where they have labels: made by running it, unless that was done before and
 * its text is the same. Whoever trains reads the file, and never runs the module.
 * @throws SweepError DATA_MISSING, DATA_CORRUPT
 */
export async function sampledFile(place: string, cacheDir = userCache()): Promise<string> {
  const text = await readFile(place).catch(async (error: unknown) => {
    throw await refused(place, error);
  });
  const [ofPlace, ofText] = [Buffer.from(place), text].map((one) => {
    return createHash('sha256').update(one).digest('hex').slice(0, 16);
  }) as [string, string];
  const root = path.join(cacheDir, 'modules');
  const folder = path.join(root, `${ofPlace}-${ofText}`);
  const kept = ['npy', 'npz'].map((kind) => path.join(folder, `${path.basename(place)}.${kind}`));
  const found = kept.find((file) => existsSync(file));
  if (found !== undefined) noteUse(found);
  removeUnused(root);
  if (found !== undefined) return found;
  try {
    return await resolvingImports(place, ourselves, async () => {
      const dataset = await datasetIn(place, ofText);
      makeFolder(folder);
      return writeSamples(place, dataset, kept as [string, string]);
    });
  } catch (error) {
    if (error instanceof SweepError) throw error;
    const message = `The samples of ${place} can't be kept in ${folder}: ${messageOf(error)}. Make room there, or name another cache folder: XDG_CACHE_HOME=DIR.`;
    throw new SweepError('DATA_MISSING', message, { cause: error });
  }
}

function ourselves(specifier: string): string | undefined {
  return specifier === 'vae-sweep' ? PACKAGE : undefined;
}

/** Of a file that was made here: it is kept for longer. */
export function noteUse(file: string): void {
  try {
    utimesSync(path.dirname(file), new Date(), new Date());
  } catch {
    // It is another's, and read all the same.
  }
}

function removeUnused(root: string): void {
  if (!existsSync(root)) return;
  for (const name of readdirSync(root)) {
    const folder = path.join(root, name);
    try {
      removeAbandoned(folder);
      const unusedMs = Date.now() - statSync(folder).mtimeMs;
      if (unusedMs > UNUSED_MS) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another process does the same.
    }
  }
}

/** What a module exports: how large its samples are, and how they are stored. */
interface Declared extends Pick<SampledDataset, 'samples'> {
  readonly shape: readonly number[];
  readonly type: '|u1' | '<f8';
}

async function datasetIn(place: string, version: string): Promise<Declared> {
  let loaded: { readonly default?: unknown };
  try {
    // A process may plan again after it was changed.
    loaded = await importModule(place, version);
  } catch (error) {
    throw new SweepError('DATA_CORRUPT', `${place} can't be loaded: ${messageOf(error)}`, { cause: error });
  }
  const dataset = loaded.default as Partial<Record<string, unknown>> | undefined;
  if (typeof dataset?.['samples'] !== 'function') {
    throw unusable(place, 'its default export has no function `samples`', `Write ${SHOWN}`);
  }
  const { columns, height, width, channels = 1 } = dataset;
  const isUpTo = (most: number, size: unknown): size is number =>
    Number.isInteger(size) && (size as number) >= 1 && (size as number) <= most;
  // What it says may depend on `this`.
  const samples = (): ReturnType<SampledDataset['samples']> => (dataset as unknown as SampledDataset).samples();
  if (isUpTo(Infinity, columns)) return { samples, shape: [columns], type: '<f8' };
  if (isUpTo(MOST_SIDE, height) && isUpTo(MOST_SIDE, width) && (channels === 1 || channels === 3)) {
    return { samples, shape: [height, width, channels], type: '|u1' };
  }
  const what =
    'it says neither the `height` and `width` of images, with `channels` 1 or 3, nor how many `columns` rows have';
  throw unusable(place, what, `Write ${SHOWN}, or \`columns: 5\` in place of both`);
}

/** Under the first name without labels, else under the second. */
async function writeSamples(place: string, dataset: Declared, [npy, npz]: [string, string]): Promise<string> {
  const temporary = temporaryPath(npy);
  const descriptor = openSync(temporary, 'wx');
  const { shape, type } = dataset;
  const size = shape.reduce((product, side) => product * side, 1);
  const labels: string[] = [];
  try {
    writeFileSync(descriptor, Buffer.alloc(HEADER_BYTES));
    let samples = 0;
    for await (const sample of yieldedBy(place, dataset)) {
      const at = { place, where: `sample ${formatCount(samples)} (counted from 0)` };
      const { values, label } = partsOf(sample, at);
      if (label !== undefined) labels.push(String(label));
      writeFileSync(descriptor, bytesOf(values, type, size, at));
      samples++;
    }
    if (samples === 0) throw unusable(place, 'samples() yields nothing', 'Yield one sample after another');
    if (labels.length > 0 && labels.length < samples) {
      const what = `${count(samples - labels.length, 'sample')} of ${samples} have no label`;
      throw unusable(place, what, 'Give all of them one, or none');
    }
    const header = npyHeaderOf(type, [samples, ...shape], HEADER_BYTES);
    writeSync(descriptor, header, 0, header.length, 0);
    await promisify(fsync)(descriptor);
    if (labels.length > 0) return await writeLabelled(temporary, labels, npz);
    await renameDurably(temporary, npy);
    return npy;
  } finally {
    closeSync(descriptor);
    removeQuietly(temporary);
  }
}

async function* yieldedBy(place: string, dataset: Declared): AsyncGenerator<Sample> {
  let samples = 0;
  try {
    for await (const sample of dataset.samples()) {
      yield sample;
      samples++;
    }
  } catch (error) {
    if (error instanceof SweepError) throw error;
    throw new SweepError(
      'DATA_CORRUPT',
      `${place}: samples() failed after ${count(samples, 'sample')}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** An archive of the array in a file, and of its rows' labels. */
async function writeLabelled(array: string, labels: readonly string[], npz: string): Promise<string> {
  const samples = { name: 'samples.npy', bytes: statSync(array).size, read: () => createReadStream(array) };
  const entries = [samples, npzEntry(textArray('labels', labels.length, (index) => labels[index]!))];
  if (archiveBytes(entries) > MOST_ARCHIVE_BYTES) {
    throw unusable(npz, 'with labels, samples may take 4,294 MB', 'Leave the labels out, or yield fewer');
  }
  const temporary = temporaryPath(npz);
  const descriptor = openSync(temporary, 'wx');
  try {
    for await (const chunk of zipChunks(entries)) writeFileSync(descriptor, chunk);
    await promisify(fsync)(descriptor);
    await renameDurably(temporary, npz);
    return npz;
  } finally {
    closeSync(descriptor);
    removeQuietly(temporary);
  }
}
