import path from 'node:path';
import { CATALOG, IDX_ROLES, type CatalogEntry } from './catalog.ts';
import { findFiles, type LocateOptions } from './locate.ts';

/** What there is to know about a data set without reading it. */
export interface DatasetListing {
  readonly name: string;
  readonly images: number;
  readonly height: number;
  readonly width: number;
  /** Images per split when the settings say nothing. */
  readonly splits: CatalogEntry['splits'];
  readonly availability: 'built_in' | 'present' | 'missing';
  /** The folder it lies in; null unless present. */
  readonly folder: string | null;
  /** Where it is downloaded from, first choice first; empty for built-in data. */
  readonly mirrors: readonly string[];
  /** Size of that download; 0 for built-in data. */
  readonly downloadBytes: number;
}

/** Every data set a spec may name, and where it is now. Downloads nothing. */
export async function listDatasets(
  options: Pick<LocateOptions, 'dataDir' | 'cacheDir' | 'catalog'> = {},
): Promise<DatasetListing[]> {
  return Promise.all((options.catalog ?? CATALOG).map((entry) => describe(entry, options)));
}

async function describe(entry: CatalogEntry, options: LocateOptions): Promise<DatasetListing> {
  const { name, images, height, width, splits } = entry;
  const facts = { name, images, height, width, splits };
  if (entry.kind === 'sprites') {
    return { ...facts, availability: 'built_in', folder: null, mirrors: [], downloadBytes: 0 };
  }
  const files = await findFiles(entry, options);
  return {
    ...facts,
    availability: files === undefined ? 'missing' : 'present',
    folder: files === undefined ? null : path.dirname(files['train-images']),
    mirrors: entry.mirrors,
    downloadBytes: IDX_ROLES.reduce((sum, role) => sum + entry.files[role].gzip.bytes, 0),
  };
}
