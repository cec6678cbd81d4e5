/** HDF5 files by the HDF Group's own library as WebAssembly, which is loaded for the first of them. */
import type * as H5 from 'h5wasm/node';
import type { Dataset, File } from 'h5wasm/node';
import { SweepError } from '../../../errors.ts';
import { unusable } from '../unusable.ts';

export const HDF5_MAGIC = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/** What a value is stored as: numbers, texts, or what isn't read (`complex values`). */
export type Hdf5Type =
  | { readonly kind: 'number'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'bool'; readonly name: 'bool'; readonly bytes: 1 }
  | { readonly kind: 'text'; readonly name: 'text' }
  | { readonly kind: 'other'; readonly name: string };

/** One array. */
export interface Hdf5Array {
  /** Its path in the file, without the first slash. */
  readonly name: string;
  readonly type: Hdf5Type;
  readonly dimensions: readonly number[];
  /** Of its first axis, so many are stored together: fewer are read no faster. */
  readonly together: number;
  /** Those from `from` to `to`, not included, of the first axis, row by row. @throws SweepError DATA_CORRUPT */
  rows(from: number, to: number): Hdf5Values;
}

export type Hdf5Values = ArrayLike<number> | ArrayLike<bigint> | ArrayLike<string>;

export interface Hdf5File {
  array(name: string): Hdf5Array | undefined;
  isGroup(name: string): boolean;
  has(name: string): boolean;
  /** Of a group or an array; undefined where it has none of that name. */
  attribute(name: string, attribute: string): unknown;
  /** All arrays, by the names of groups; each once: not by links, which may lead to other files, too. */
  arrays(): Hdf5Array[];
  close(): void;
}

/** More is no file of arrays, or goes round in a circle. */
const MOST_OBJECTS = 20_000;
const MOST_DEPTH = 16;
/** Filters that the library has. */
const FILTERS = ['deflate', 'shuffle', 'fletcher32', 'nbit', 'scaleoffset'];

/** @throws SweepError DATA_CORRUPT for what can't be opened */
export async function openHdf5(file: string): Promise<Hdf5File> {
  const library = await import('h5wasm/node');
  // Else it prints what goes wrong, and goes on with what there is.
  (await library.ready).activate_throwing_error_handler();
  const opened = attempt(file, () => new library.File(file, 'r'));
  return new OpenFile(file, opened, library);
}

type Library = Pick<typeof H5, 'Dataset' | 'Group'>;

class OpenFile implements Hdf5File {
  readonly #place: string;
  readonly #file: File;
  readonly #library: Library;

  constructor(place: string, file: File, library: Library) {
    this.#place = place;
    this.#file = file;
    this.#library = library;
  }

  array(name: string): Hdf5Array | undefined {
    const found = this.#get(name);
    return found instanceof this.#library.Dataset ? this.#array(name, found) : undefined;
  }

  isGroup(name: string): boolean {
    return this.#get(name) instanceof this.#library.Group;
  }

  has(name: string): boolean {
    return this.array(name) !== undefined || this.isGroup(name);
  }

  attribute(name: string, attribute: string): unknown {
    return attempt(this.#place, () => {
      const found = this.#get(name);
      const attributes =
        found instanceof this.#library.Dataset || found instanceof this.#library.Group ? found.attrs : {};
      return Object.hasOwn(attributes, attribute) ? attributes[attribute]!.value : undefined;
    });
  }

  arrays(): Hdf5Array[] {
    const found: Hdf5Array[] = [];
    let seen = 0;
    const walk = (group: InstanceType<Library['Group']>, prefix: string, depth: number): void => {
      for (const key of group.keys()) {
        if (++seen > MOST_OBJECTS) {
          throw unusable(
            this.#place,
            'there are too many arrays in it to look through',
            'Name the one that is meant: `key: NAME`',
          );
        }
        // A second name of something, which may be what it is in, or lie in another file.
        if (typeof this.#file.get_link(`/${prefix}${key}`) === 'string') continue;
        if (this.#fileOf(prefix + key) !== undefined) continue;
        const one = group.get(key);
        if (one instanceof this.#library.Dataset) found.push(this.#array(prefix + key, one));
        if (one instanceof this.#library.Group && depth < MOST_DEPTH) walk(one, `${prefix}${key}/`, depth + 1);
      }
    };
    attempt(this.#place, () => walk(this.#file, '', 1));
    return found;
  }

  close(): void {
    try {
      this.#file.close();
    } catch {
      // What is damaged may not close; nothing was written.
    }
  }

  /** A step at a time: the library takes a path of which nothing is there for damage. */
  #get(name: string) {
    return attempt(this.#place, () => {
      let at: ReturnType<File['get']> = this.#file;
      let path = '';
      for (const part of name.split('/').filter((one) => one !== '')) {
        if (!(at instanceof this.#library.Group) || !at.keys().includes(part)) return undefined;
        path += `/${part}`;
        const other = this.#fileOf(path);
        if (other !== undefined) {
          // Nobody would see that file change.
          const what = `it lies in another file, ${JSON.stringify(other)} (an external link)`;
          throw unusable(`${this.#place} (${path.slice(1)})`, what, 'Name that one');
        }
        at = at.get(part);
      }
      return at;
    });
  }

  /** The other file that an external link leads to. */
  #fileOf(path: string): string | undefined {
    const link: Partial<ReturnType<File['get_external_link']>> = this.#file.get_external_link(path);
    return link.filename;
  }

  #array(name: string, dataset: Dataset): Hdf5Array {
    const place = `${this.#place} (${name})`;
    const { metadata } = dataset;
    const dimensions = metadata.shape ?? [];
    return {
      name,
      type: typeOf(metadata),
      dimensions,
      together: metadata.chunks?.[0] ?? 1,
      rows: (from, to) => {
        if (metadata.virtual_sources !== undefined) {
          throw unusable(place, 'its values lie in other files (a virtual array)', 'Save them in one');
        }
        const other = attempt(place, () => dataset.filters).find((one) => !FILTERS.includes(one.name));
        if (other !== undefined) {
          const fix = "Save it by gzip or without: h5py's create_dataset(…, compression='gzip')";
          throw unusable(place, `it is packed by ${JSON.stringify(other.name)}, which isn't read`, fix);
        }
        const values = attempt(place, () => dataset.slice([[from, to], ...dimensions.slice(1).map((): [] => [])]));
        const wanted = dimensions.slice(1).reduce((product, size) => product * size, to - from);
        const found = values as Hdf5Values | null;
        if (found?.length !== wanted)
          throw unusable(place, 'it is damaged: values are missing', 'Save or copy it again');
        return found;
      },
    };
  }
}

/** Classes of types as HDF5 numbers them (H5T_class_t). */
const CLASS = { integer: 0, float: 1, text: 3, enumeration: 8 };

function typeOf(metadata: Dataset['metadata']): Hdf5Type {
  const { type, size, signed, enum_type: names } = metadata;
  if (type === CLASS.integer) return { kind: 'number', name: `${signed ? '' : 'u'}int${8 * size}`, bytes: size };
  if (type === CLASS.float && size >= 4 && size <= 8) return { kind: 'number', name: `float${8 * size}`, bytes: size };
  if (type === CLASS.float) return { kind: 'other', name: `float${8 * size}` };
  if (type === CLASS.text) return { kind: 'text', name: 'text' };
  // As h5py keeps NumPy's bool.
  if (
    type === CLASS.enumeration &&
    names?.nmembers === 2 &&
    names.members['FALSE'] === 0 &&
    names.members['TRUE'] === 1
  ) {
    return { kind: 'bool', name: 'bool', bytes: 1 };
  }
  return { kind: 'other', name: 'no plain numbers' };
}

/** What the library throws is of no use to a reader, but that it did. */
function attempt<Result>(place: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof SweepError) throw error;
    throw unusable(place, "it is cut off or damaged: it can't be read as HDF5", 'Save or copy it again');
  }
}
