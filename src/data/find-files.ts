import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { CATALOG, IDX_ROLES, type CatalogEntry, type IdxEntry, type IdxRole } from './catalog.ts';
import { knownContent } from './known-content.ts';
import { entryAt, refused } from './refusal.ts';

export type IdxPaths = Readonly<Record<IdxRole, string>>;

/** A folder that was looked in, and why the data set wasn't taken from there: one line. */
export interface Looked {
  readonly folder: string;
  readonly found: string;
  /** The files that are there; some of them, if it isn't known to be another data set's folder. */
  readonly files: Partial<IdxPaths>;
}

export type Search = { readonly files: IdxPaths } | { readonly files: undefined; readonly looked: readonly Looked[] };

/**
 * Looks for a data set's files: in `<data>/<name>`, in folders there whose name differs by case and dashes alone
 * (`MNIST`, `FashionMNIST`), in `raw` inside of these, where torchvision keeps them, and in the data folder itself and
 * its `raw`; then in the cache. The first folder that holds all of them is it.
 * @throws SweepError DATA_MISSING where a folder or file can't be looked at
 */
export async function findFiles(
  entry: IdxEntry,
  { dataDir, cacheFolder, catalog = CATALOG }: FindOptions,
): Promise<Search> {
  const looked: Looked[] = [];
  for await (const { folder, isNamed, isUsual } of placesOf(entry, dataDir, cacheFolder)) {
    const kind = await entryAt(folder);
    if (kind === 'file') {
      if (isUsual || folder === dataDir) throw await refused(folder, { code: 'ENOTDIR' });
      continue;
    }
    const files = kind === 'folder' ? await filesIn(folder, entry) : {};
    const count = Object.keys(files).length;
    const other = count > 0 && !isNamed ? await otherDataset(entry, files, catalog) : undefined;
    if (isWhole(files) && other === undefined) return { files };
    if (count === 0 && !isUsual) continue;
    if (other !== undefined) looked.push({ folder, found: `the files there are those of ${other}`, files: {} });
    else looked.push({ folder, found: describeFound(kind, files, entry), files });
  }
  return { files: undefined, looked };
}

export interface FindOptions {
  /** Absolute. */
  readonly dataDir: string | undefined;
  readonly cacheFolder: string;
  readonly catalog?: readonly CatalogEntry[] | undefined;
}

interface PlaceToLook {
  readonly folder: string;
  /** Its name says which data set it holds, so that wrong files there are a mistake. */
  readonly isNamed: boolean;
  /** Told of even when it holds nothing. */
  readonly isUsual: boolean;
}

async function* placesOf({ name }: IdxEntry, root: string | undefined, cache: string): AsyncGenerator<PlaceToLook> {
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

async function filesIn(folder: string, entry: IdxEntry): Promise<Partial<IdxPaths>> {
  const files: Partial<Record<IdxRole, string>> = {};
  for (const role of IDX_ROLES) {
    const file = await fileOf(folder, entry.files[role].name);
    if (file !== undefined) files[role] = file;
  }
  return files;
}

/** `train-images-idx3-ubyte`, `train-images.idx3-ubyte`, either with `.gz`, or inside of a folder of such a name. */
async function fileOf(folder: string, name: string): Promise<string | undefined> {
  const names = [name, name.replace('-idx', '.idx')].flatMap((one) => [one, `${one}.gz`]);
  for (const candidate of names.map((one) => path.join(folder, one))) {
    const kind = await entryAt(candidate);
    if (kind === 'file') return candidate;
    if (kind === 'nothing') continue;
    for (const inside of names.map((one) => path.join(candidate, one))) {
      if ((await entryAt(inside)) === 'file') return inside;
    }
    throw await refused(candidate, { code: 'EISDIR' });
  }
  return undefined;
}

function isWhole(files: Partial<IdxPaths>): files is IdxPaths {
  return IDX_ROLES.every((role) => files[role] !== undefined);
}

/** The other data set whose files these are: all data sets of this kind give their files the same names. */
async function otherDataset(
  entry: IdxEntry,
  files: Partial<IdxPaths>,
  catalog: readonly CatalogEntry[],
): Promise<string | undefined> {
  for (const role of IDX_ROLES) {
    if (files[role] === undefined) continue;
    const owner = (await knownContent(files[role], catalog))?.entry.name;
    if (owner !== undefined && owner !== entry.name) return owner;
  }
  return undefined;
}

function describeFound(kind: 'folder' | 'nothing', files: Partial<IdxPaths>, entry: IdxEntry): string {
  if (kind === 'nothing') return 'there is no such folder';
  const has = Object.values(files).map((file) => path.basename(file));
  const lacks = missingFiles(files, entry);
  return has.length === 0 ? 'it has neither file' : `it has ${has.join()}, but no ${lacks.join()}[.gz]`;
}

/** Names of the files that aren't there. */
export function missingFiles(files: Partial<IdxPaths>, entry: IdxEntry): string[] {
  return IDX_ROLES.filter((role) => files[role] === undefined).map((role) => entry.files[role].name);
}
