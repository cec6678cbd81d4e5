import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { CatalogDataset, FileDataset } from './definition.ts';
import { knownContent } from './known-content.ts';
import { fileOf } from './file-of.ts';
import { entryAt, refused } from './refusal.ts';

/** By role. */
export type FilePaths = Readonly<Record<string, string>>;

/** A folder that was looked in, and why the data set wasn't taken from there: one line. */
export interface Looked {
  readonly folder: string;
  readonly found: string;
  /** The files that are there; some of them, if it isn't known to be another data set's folder. */
  readonly files: FilePaths;
}

export type FileSearch =
  { readonly files: FilePaths } | { readonly files: undefined; readonly looked: readonly Looked[] };

/**
 * Looks for a data set's files: in `<data>/<name>`, in folders there whose name differs by case and dashes alone
 * (`MNIST`, `FashionMNIST`), in `raw` inside of these, where torchvision keeps them, and in the data folder itself and
 * its `raw`; then in the cache. The first folder that holds all of them is it.
 * @throws SweepError DATA_MISSING where a folder or file can't be looked at
 */
export async function findFiles(
  dataset: FileDataset,
  { dataDir, cacheFolder, catalog }: FindOptions,
): Promise<FileSearch> {
  const looked: Looked[] = [];
  for await (const { folder, isNamed, isUsual } of placesOf(dataset, dataDir, cacheFolder)) {
    const kind = await entryAt(folder);
    if (kind === 'file') {
      if (isUsual || folder === dataDir) throw await refused(folder, { code: 'ENOTDIR' });
      continue;
    }
    const files = kind === 'folder' ? await filesIn(folder, dataset) : {};
    const count = Object.keys(files).length;
    const other = count > 0 && !isNamed ? await otherDataset(dataset, files, catalog) : undefined;
    if (missingFiles(files, dataset).length === 0 && other === undefined) return { files };
    if (count === 0 && !isUsual) continue;
    if (other !== undefined) looked.push({ folder, found: `the files there are those of ${other}`, files: {} });
    else looked.push({ folder, found: describeFound(kind, files, dataset), files });
  }
  return { files: undefined, looked };
}

export interface FindOptions {
  /** Absolute. */
  readonly dataDir: string | undefined;
  readonly cacheFolder: string;
  readonly catalog?: readonly CatalogDataset[] | undefined;
}

interface PlaceToLook {
  readonly folder: string;
  /** Its name says which data set it holds, so that wrong files there are a mistake. */
  readonly isNamed: boolean;
  /** Told of even when it holds nothing. */
  readonly isUsual: boolean;
}

async function* placesOf({ name }: FileDataset, root: string | undefined, cache: string): AsyncGenerator<PlaceToLook> {
  if (root !== undefined) {
    const isNameOf = (folder: string): boolean => wordOf(folder) === wordOf(name);
    const named = (await namesIn(root)).filter((other) => other !== name && isNameOf(other));
    for (const folder of [name, ...named].map((one) => path.join(root, one))) {
      yield { folder, isNamed: true, isUsual: path.basename(folder) === name };
      if (await isFolder(folder)) yield { folder: path.join(folder, 'raw'), isNamed: true, isUsual: false };
    }
    const [last = '', above = ''] = root.split(path.sep).toReversed();
    const isNamed = isNameOf(last) || (last === 'raw' && isNameOf(above));
    for (const folder of [root, path.join(root, 'raw')]) yield { folder, isNamed, isUsual: false };
  }
  yield { folder: cache, isNamed: true, isUsual: true };
}

/** `Fashion-MNIST`, `FashionMNIST` and `fashion_mnist` are one word. */
function wordOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Empty where one may not list them: a folder that one may pass through is looked in under its usual name. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).then(
    (names) => names.sort(),
    () => [],
  );
}

async function isFolder(place: string): Promise<boolean> {
  return (await entryAt(place)) === 'folder';
}

async function filesIn(folder: string, dataset: FileDataset): Promise<FilePaths> {
  const files: Record<string, string> = {};
  for (const [role, { name }] of Object.entries(dataset.files)) {
    const file = await fileOf(folder, name);
    if (file !== undefined) files[role] = file;
  }
  return files;
}

/** The other data set whose files these are: many give their files the same names. */
async function otherDataset(
  dataset: FileDataset,
  files: FilePaths,
  catalog: readonly CatalogDataset[] | undefined,
): Promise<string | undefined> {
  for (const file of Object.values(files)) {
    const owner = (await knownContent(file, catalog))?.dataset.name;
    if (owner !== undefined && owner !== dataset.name) return owner;
  }
  return undefined;
}

function describeFound(kind: 'folder' | 'nothing', files: FilePaths, dataset: FileDataset): string {
  if (kind === 'nothing') return 'there is no such folder';
  const has = Object.values(files).map((file) => path.basename(file));
  const lacks = missingFiles(files, dataset);
  const none = lacks.length === 2 ? 'neither file' : 'none of its files';
  return has.length === 0 ? `it has ${none}` : `it has ${has.join()}, but no ${lacks.join()}[.gz]`;
}

/** Names of the files that aren't there. */
export function missingFiles(files: FilePaths, dataset: FileDataset): string[] {
  return Object.entries(dataset.files).flatMap(([role, { name }]) => (files[role] === undefined ? [name] : []));
}
