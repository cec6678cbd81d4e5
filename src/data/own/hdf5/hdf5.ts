/** Images and tables in HDF5: an array, or counts as AnnData keeps them (`.h5ad`: anndata.readthedocs.io, "On-disk format"). */
import path from 'node:path';
import type { NamesInFile } from '../labels.ts';
import { plain } from '../../../text/printable.ts';
import { csrVectors, isCsr } from './hdf5-csr.ts';
import { openHdf5, type Hdf5Array, type Hdf5File } from './hdf5-file.ts';
import { describeArray, noSuchArray, onlyArray } from '../arrays-in-file.ts';
import { checkLeft, withoutColumns } from '../dropped-columns.ts';
import { beside, columnsIn, isAnnData } from './hdf5-labels.ts';
import { cellsFrom, doublesOf } from '../tables/doubles.ts';
import { imagesAPiece, type ImageStream } from '../image-stream.ts';
import { shapeOfImages } from '../shape.ts';
import { toBytes } from '../to-bytes.ts';
import { unusable } from '../unusable.ts';
import { rowsAPiece, type VectorStream } from '../tables/vector-stream.ts';

/**
 * The array called `key`; without, AnnData's `X`, or the only array of images, or of rows where there are none. Labels are in the array
 * `label`, of AnnData in the column of `obs`, or in one called as usual. Columns `drop` are left out.
 * @throws SweepError DATA_CORRUPT, DATA_MISSING
 */
export async function hdf5Samples(place: string, names: NamesInFile): Promise<ImageStream | VectorStream> {
  const { key, label } = names;
  const file = await openHdf5(place);
  try {
    const name =
      key?.replace(/^\/+|\/+$/g, '') ?? (isAnnData(file) ? 'X' : onlyArray(place, ofNumbers(file), names).name);
    if (isCsr(file, name)) return csrVectors(place, file, name, names);
    const array = file.array(name);
    if (array === undefined) throw missing(place, file, name);
    if (array.type.kind !== 'number' && array.type.kind !== 'bool') {
      throw unusable(
        inside(place, name),
        `its values are ${array.type.name}`,
        'Samples are read as whole numbers, bool, float32 or float64',
      );
    }
    return array.dimensions.length === 2 ? rowsIn(place, file, array, names) : imagesIn(place, file, array, label);
  } finally {
    file.close();
  }
}

function imagesIn(
  place: string,
  file: Hdf5File,
  { name, type, dimensions, together }: Hdf5Array,
  label: string | undefined,
): ImageStream {
  const where = inside(place, name);
  const shape = shapeOfImages(where, dimensions);
  const pixels = shape.height * shape.width * shape.channels;
  if (type.name !== 'uint8' && type.name !== 'bool' && type.name !== 'float32' && type.name !== 'float64') {
    const fix = 'Values of images are read as uint8 (0 to 255), bool, or float32 and float64 (0 to 1)';
    throw unusable(where, `its values are ${type.name}`, fix);
  }
  const stored = { name: type.name, bytes: type.name === 'float64' ? 8 : type.name === 'float32' ? 4 : 1 } as const;
  return {
    ...shape,
    format: `an HDF5 array of ${type.name}, ${name}`,
    ...beside(file, { name, samples: shape.images, place, label }),
    async *read() {
      const size = rowsTogether(imagesAPiece(pixels), together, pixels * stored.bytes);
      for await (const { values, first } of pieces(place, name, shape.images, size)) {
        const { buffer, byteOffset, byteLength } = values as Uint8Array<ArrayBuffer>;
        yield toBytes(Buffer.from(buffer, byteOffset, byteLength), stored, { place: where, first, shape });
      }
    },
  };
}

function rowsIn(
  place: string,
  file: Hdf5File,
  { name, type, dimensions, together }: Hdf5Array,
  { label, drop, isGiven }: NamesInFile,
): VectorStream {
  const where = inside(place, name);
  const [rows, columns] = dimensions as [number, number];
  const { names, dropped } = columnsIn(place, file, name, columns, drop);
  checkLeft(where, rows, columns - dropped.size, dropped);
  const stream: VectorStream = {
    rows,
    columns,
    ...(names && { names }),
    format: `an HDF5 array of ${type.name}, ${name}`,
    ...beside(file, { name, samples: rows, place, label }),
    async *read() {
      const size = rowsTogether(rowsAPiece(columns), together, columns * 8);
      for await (const { values, first } of pieces(place, name, rows, size)) {
        const origin = { place: where, cellOf: cellsFrom(first, columns), names, isGiven };
        yield doublesOf(values as ArrayLike<number>, origin, (index) => dropped.has(index % columns));
      }
    },
  };
  return withoutColumns(stream, dropped);
}

/** Of an array of so many rows, some at a time; its file is open meanwhile, and no other is read for it. */
async function* pieces(place: string, name: string, rows: number, size: number) {
  const file = await openHdf5(place);
  try {
    const array = file.array(name);
    if (array?.dimensions[0] !== rows) {
      throw unusable(place, 'it changed while it was read', 'Start again once nothing writes there');
    }
    for (let first = 0; first < rows; first += size) {
      yield { values: array.rows(first, Math.min(rows, first + size)), first };
    }
  } finally {
    file.close();
  }
}

/** More than this of what is stored together is unpacked again and again rather than held. */
const MOST_TOGETHER = 2 ** 26;

function rowsTogether(wanted: number, together: number, bytes: number): number {
  const most = Math.max(1, Math.floor(MOST_TOGETHER / bytes));
  return together > wanted ? Math.min(together, Math.max(wanted, most)) : Math.floor(wanted / together) * together;
}

function missing(place: string, file: Hdf5File, name: string): Error {
  const arrays = ofNumbers(file);
  const what = file.has(name) ? `${plain(name)} is a group, not an array` : `there is no array ${plain(name)} in it`;
  const [matrices, whole] = sparseAmong(file, arrays);
  return noSuchArray(place, what, [...matrices.map((one) => `${plain(one)} (sparse)`), ...whole.map(describeArray)]);
}

function ofNumbers(file: Hdf5File): Hdf5Array[] {
  return file.arrays().filter(({ type }) => type.kind === 'number' || type.kind === 'bool');
}

/** What is kept in parts is named as a whole. */
function sparseAmong(file: Hdf5File, arrays: readonly Hdf5Array[]): [matrices: string[], others: Hdf5Array[]] {
  const names = arrays.filter(({ name }) => name.endsWith('/indptr')).map(({ name }) => path.posix.dirname(name));
  const matrices = names.filter((name) => isCsr(file, name));
  return [matrices, arrays.filter(({ name }) => !matrices.includes(path.posix.dirname(name)))];
}

function inside(place: string, name: string): string {
  return `${place} (${plain(name)})`;
}
