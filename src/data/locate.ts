import path from 'node:path';
import { SweepError } from '../errors.ts';
import { shellWord } from '../text/shell-word.ts';
import type { DatasetSettings } from '../trial/trial.ts';
import { datasetOf } from './datasets/index.ts';
import { fingerprintOf, withLabelFiles, type CatalogDataset, type FileDataset } from './definition.ts';
import { download, DownloadError, type DownloadProgress } from './download.ts';
import { findFiles, missingFiles, type FilePaths, type Looked, type FileSearch } from './find-files.ts';
import { locateOwn } from './own/locate-own.ts';
import { readFiles } from './read-files.ts';
import type { DatasetSource } from './source.ts';
import { userCache } from './user-cache.ts';

export interface LocateOptions {
  /** Looked in first: the data set lies in a folder of its name there. */
  readonly dataDir?: string | undefined;
  /** Looked in next, and where downloads go; by default the user's cache folder. */
  readonly cacheDir?: string | undefined;
  /** Whether to fetch what is not here; true by default. */
  readonly download?: boolean | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly catalog?: readonly CatalogDataset[] | undefined;
}

/**
 * Finds a data set: built in, in `dataDir`, in the cache, or on the web. Files are read and checked whole, so a
 * damaged one is refused before anything starts.
 * @throws SweepError DATA_MISSING or DATA_CORRUPT, and DATA_CHANGED for a user's own
 */
export async function locateDataset(settings: DatasetSettings, options: LocateOptions = {}): Promise<DatasetSource> {
  if (settings.own !== undefined) return locateOwn({ ...settings, own: settings.own }, options);
  const found = datasetOf(settings.name, options.catalog);
  if (found.kind === 'generated') return sourceOf(settings, options.catalog);
  const dataset = withLabelFiles(found, settings.labels);
  const search = await findDataset(dataset, options);
  const files = search.files ?? (await fetchFiles(dataset, options, search.looked));
  await readFiles(dataset, files, options.catalog);
  return sourceOf(settings, options.catalog, files);
}

/** Nothing is known of a data set's files but that they are not, or not all, here. */
class MissingDataset extends SweepError {}

/**
 * The same without a download: of a data set that is not here, what it will be, since that is known, and in `missing`
 * where it was looked for and how it comes here.
 * @throws SweepError DATA_MISSING for files that can't be read, or DATA_CORRUPT
 */
export async function expectDataset(
  settings: DatasetSettings,
  options: Omit<LocateOptions, 'download'> = {},
): Promise<{ readonly source: DatasetSource; readonly missing: string | null }> {
  try {
    return { source: await locateDataset(settings, { ...options, download: false }), missing: null };
  } catch (error) {
    if (!(error instanceof MissingDataset)) throw error;
    return { source: sourceOf(settings, options.catalog), missing: error.message };
  }
}

function sourceOf(
  { name, labels }: DatasetSettings,
  catalog: readonly CatalogDataset[] | undefined,
  files: FilePaths = {},
): DatasetSource {
  return { name, files, fingerprint: fingerprintOf(datasetOf(name, catalog)), ...(labels && { labels }) };
}

/** Where the data set's files are on this machine, or where they were looked for. Reads none that it takes for its own. */
export function findDataset(dataset: FileDataset, options: LocateOptions): Promise<FileSearch> {
  const { dataDir, catalog } = options;
  const root = dataDir === undefined ? undefined : path.resolve(dataDir);
  return findFiles(dataset, { dataDir: root, cacheFolder: cacheFolder(dataset, options), catalog });
}

async function fetchFiles(dataset: FileDataset, options: LocateOptions, looked: readonly Looked[]): Promise<FilePaths> {
  if (options.download === false) {
    throw missing(dataset, options, looked, 'Nothing was downloaded now; `sweep run` downloads what is missing.');
  }
  const paths: Record<string, string> = {};
  for (const role of Object.keys(dataset.files)) paths[role] = await fetchFile(dataset, role, options, looked);
  return paths;
}

async function fetchFile(
  dataset: FileDataset,
  role: string,
  options: LocateOptions,
  looked: readonly Looked[],
): Promise<string> {
  const { name, gzip } = dataset.files[role]!;
  const folder = cacheFolder(dataset, options);
  // An earlier download may have got this file, but not the other.
  const present = looked.find((place) => place.folder === folder)?.files[role];
  if (present !== undefined) return present;
  const target = path.join(folder, `${name}.gz`);
  try {
    const urls = dataset.mirrors.map((mirror) => `${mirror}${name}.gz`);
    await download({ urls, sha256: gzip.sha256, target, onProgress: options.onProgress });
    return target;
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const tried = error.message.replaceAll(/^/gm, '  ');
    throw missing(dataset, options, looked, `It could not be downloaded to ${folder}:\n${tried}`, error);
  }
}

/** Says what is missing, where it was looked for, and the commands that bring it to where it is found. */
function missing(
  dataset: FileDataset,
  options: LocateOptions,
  looked: readonly Looked[],
  why: string,
  cause?: unknown,
): SweepError {
  const half = looked.find(({ files }) => Object.keys(files).length > 0);
  const lacking = missingFiles(half?.files ?? {}, dataset);
  const folder =
    half?.folder ??
    (options.dataDir === undefined ? cacheFolder(dataset, options) : path.resolve(options.dataDir, dataset.name));
  const commands = [
    ...(half === undefined ? [`mkdir -p ${shellWord(folder)}`] : []),
    ...lacking.map(
      (name) => `curl -fLo ${shellWord(path.join(folder, `${name}.gz`))} ${dataset.mirrors[0] ?? ''}${name}.gz`,
    ),
  ];
  const message =
    (half === undefined
      ? `The data set ${dataset.name} is not on this machine. Looked in:\n`
      : `Of the data set ${dataset.name} a file is missing: ${lacking.join()}[.gz]. Looked in:\n`) +
    `${looked.map(({ folder, found }) => `  ${folder}: ${found}\n`).join('')}${why}\n` +
    `Where the network is open, this gets what is missing:\n${commands.map((command) => `  ${command}\n`).join('')}` +
    `Files from elsewhere go into a folder DIR/${dataset.name}; pass --data DIR (or set SWEEP_DATA=DIR). ` +
    `\`dataset: sprites-mini\` needs no files.`;
  return new MissingDataset('DATA_MISSING', message, { cause });
}

function cacheFolder(dataset: FileDataset, { cacheDir = userCache() }: LocateOptions): string {
  return path.resolve(cacheDir, dataset.name);
}
