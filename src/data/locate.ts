import { access } from 'node:fs/promises';
import path from 'node:path';
import envPaths from 'env-paths';
import { SweepError } from '../errors.ts';
import type { DatasetSettings } from '../trial/trial.ts';
import {
  catalogEntry,
  IDX_ROLES,
  recipeFingerprint,
  type CatalogEntry,
  type IdxEntry,
  type IdxRole,
} from './catalog.ts';
import { download, DownloadError, type DownloadProgress } from './download.ts';
import { readIdxDataset } from './idx-dataset.ts';
import type { DatasetSource } from './source.ts';

export interface LocateOptions {
  /** Looked in first: the data set lies in a folder of its name there. */
  readonly dataDir?: string | undefined;
  /** Looked in next, and where downloads go; by default the user's cache folder. */
  readonly cacheDir?: string | undefined;
  /** Whether to fetch what is not here; true by default. */
  readonly download?: boolean | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly catalog?: readonly CatalogEntry[] | undefined;
}

type IdxPaths = Readonly<Record<IdxRole, string>>;

/**
 * Finds a data set: built in, in `dataDir`, in the cache, or on the web. Files are read and checked whole, so a
 * damaged one is refused before anything starts.
 * @throws SweepError DATA_MISSING or DATA_CORRUPT
 */
export async function locateDataset(settings: DatasetSettings, options: LocateOptions = {}): Promise<DatasetSource> {
  const entry = catalogEntry(settings.name, options.catalog);
  const { name, height, width } = entry;
  if (entry.kind === 'sprites') return { name, files: {}, fingerprint: recipeFingerprint(entry), height, width };
  const files = (await findFiles(entry, options)) ?? (await fetchFiles(entry, options));
  const { fingerprint } = await readIdxDataset(entry, files);
  return { name, files, fingerprint, height, width };
}

/** Paths of the files in the first folder that holds all of them. */
export async function findFiles(entry: IdxEntry, options: LocateOptions): Promise<IdxPaths | undefined> {
  for (const folder of foldersOf(entry, options)) {
    const train = await findFile(folder, entry.files['train-images'].name);
    const test = await findFile(folder, entry.files['test-images'].name);
    if (train !== undefined && test !== undefined) return { 'train-images': train, 'test-images': test };
  }
  return undefined;
}

async function findFile(folder: string, name: string): Promise<string | undefined> {
  for (const candidate of [path.join(folder, name), path.join(folder, `${name}.gz`)]) {
    if (await exists(candidate)) return candidate;
  }
  return undefined;
}

async function fetchFiles(entry: IdxEntry, options: LocateOptions): Promise<IdxPaths> {
  if (options.download === false) throw missing(entry, options, 'Nothing was downloaded now; `sweep run` does that.');
  return {
    'train-images': await fetchFile(entry, 'train-images', options),
    'test-images': await fetchFile(entry, 'test-images', options),
  };
}

async function fetchFile(entry: IdxEntry, role: IdxRole, options: LocateOptions): Promise<string> {
  const { name, gzip } = entry.files[role];
  const folder = cacheFolder(entry, options);
  const target = path.join(folder, `${name}.gz`);
  // An earlier download may have got this file, but not the other.
  if (await exists(target)) return target;
  try {
    const urls = entry.mirrors.map((mirror) => `${mirror}${name}.gz`);
    await download({ urls, sha256: gzip.sha256, target, onProgress: options.onProgress });
    return target;
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const tried = error.message.replaceAll(/^/gm, '  ');
    throw missing(entry, options, `It could not be downloaded to ${folder}:\n${tried}`, error);
  }
}

function missing(entry: IdxEntry, options: LocateOptions, why: string, cause?: unknown): SweepError {
  const looked = foldersOf(entry, options).map((folder) => `  ${folder}\n`);
  const commands = IDX_ROLES.map((role) => `  curl -LO ${entry.mirrors[0] ?? ''}${entry.files[role].name}.gz\n`);
  const message =
    `The data set ${entry.name} is not on this machine. Looked in:\n${looked.join('')}${why}\n` +
    `Where the network is open, get its files by\n${commands.join('')}` +
    `put them into a folder DIR/${entry.name}, and pass --data DIR (or set SWEEP_DATA=DIR). ` +
    `\`dataset: sprites-mini\` needs no files.`;
  return new SweepError('DATA_MISSING', message, { cause });
}

function foldersOf(entry: IdxEntry, options: LocateOptions): string[] {
  const given = options.dataDir === undefined ? [] : [path.resolve(options.dataDir, entry.name)];
  return [...given, cacheFolder(entry, options)];
}

function cacheFolder(
  entry: IdxEntry,
  { cacheDir = envPaths('vae-sweep', { suffix: '' }).cache }: LocateOptions,
): string {
  return path.resolve(cacheDir, entry.name);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
