import path from 'node:path';
import { SweepError } from '../errors.ts';
import { DATASETS } from './datasets/index.ts';
import type { CatalogDataset, DatasetDefinition, FileDataset } from './definition.ts';
import { findDataset, type LocateOptions } from './locate.ts';
import { readFiles } from './read-files.ts';

/** What there is to know about a data set without reading it. */
export interface DatasetListing {
  readonly name: string;
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Images per split when the settings say nothing. */
  readonly splits: DatasetDefinition['splits'];
  readonly availability: 'built_in' | 'present' | 'missing' | 'unusable';
  /** The folder it lies in; null unless present. */
  readonly folder: string | null;
  /** Where it is downloaded from, first choice first; empty for built-in data. */
  readonly mirrors: readonly string[];
  /** Size of that download; 0 for built-in data. */
  readonly downloadBytes: number;
  /** What is wrong with the files there are, and what to do about it; null where nothing is. */
  readonly problem: string | null;
}

/** Every data set a spec may name, and where it is now. Its files are read whole, as a run would; nothing is downloaded. */
export async function listDatasets(
  options: Pick<LocateOptions, 'dataDir' | 'cacheDir' | 'catalog'> = {},
): Promise<DatasetListing[]> {
  return Promise.all((options.catalog ?? DATASETS).map((dataset) => describe(dataset, options)));
}

async function describe(dataset: CatalogDataset, options: LocateOptions): Promise<DatasetListing> {
  const { name, images, height, width, channels, splits } = dataset;
  const facts = { name, images, height, width, channels, splits };
  if (dataset.kind === 'generated') {
    return { ...facts, availability: 'built_in', folder: null, mirrors: [], downloadBytes: 0, problem: null };
  }
  const downloadBytes = Object.values(dataset.files).reduce((sum, { gzip }) => sum + gzip.bytes, 0);
  const { availability, folder, problem } = await examine(dataset, options);
  return { ...facts, availability, folder, mirrors: dataset.mirrors, downloadBytes, problem };
}

async function examine(
  dataset: FileDataset,
  options: LocateOptions,
): Promise<Pick<DatasetListing, 'availability' | 'folder' | 'problem'>> {
  try {
    const search = await findDataset(dataset, options);
    if (search.files === undefined) {
      const half = search.looked.find(({ files }) => Object.keys(files).length > 0);
      const problem = half === undefined ? null : `a file is missing in ${half.folder}: ${half.found}.`;
      return { availability: 'missing', folder: null, problem };
    }
    await readFiles(dataset, search.files, options.catalog);
    return { availability: 'present', folder: path.dirname(Object.values(search.files)[0]!), problem: null };
  } catch (error) {
    if (!(error instanceof SweepError)) throw error;
    return { availability: 'unusable', folder: null, problem: error.message };
  }
}
