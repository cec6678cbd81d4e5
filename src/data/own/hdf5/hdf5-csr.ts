/** Sparse rows, as SciPy's csr_matrix and AnnData keep them: `data`, `indices` of columns, and `indptr`, where each row begins. */
import { plain } from '../../../text/printable.ts';
import { doublesOf } from '../tables/doubles.ts';
import { openHdf5, type Hdf5File } from './hdf5-file.ts';
import { checkLeft, withoutColumns } from '../dropped-columns.ts';
import { beside, columnsIn } from './hdf5-labels.ts';
import type { NamesInFile } from '../labels.ts';
import { unusable } from '../unusable.ts';
import { rowsAPiece, type VectorStream } from '../tables/vector-stream.ts';

const PARTS = ['data', 'indices', 'indptr'] as const;

export function isCsr(file: Hdf5File, name: string): boolean {
  return PARTS.every((part) => file.array(`${name}/${part}`)?.dimensions.length === 1);
}

/** What isn't stored is 0; what is stored twice is added. @throws SweepError DATA_CORRUPT */
export function csrVectors(
  place: string,
  file: Hdf5File,
  name: string,
  { label, drop, isGiven }: NamesInFile,
): VectorStream {
  const where = `${place} (${plain(name)})`;
  const kind = file.attribute(name, 'encoding-type') ?? file.attribute(name, 'h5sparse_format') ?? 'csr';
  if (kind !== 'csr_matrix' && kind !== 'csr') {
    throw unusable(where, 'it is sparse by columns (CSC)', 'Save it by rows: adata.X = adata.X.tocsr()');
  }
  const [rows, columns] = shapeOf(where, file.attribute(name, 'shape') ?? file.attribute(name, 'h5sparse_shape'));
  const [data, indices, indptr] = partsOf(file, name);
  if (indptr.dimensions[0] !== rows + 1 || data.dimensions[0] !== indices.dimensions[0]) throw damaged(where);
  for (const { type, name: part } of [data, indices, indptr]) {
    if (type.kind !== 'number')
      throw unusable(`${place} (${plain(part)})`, `its values are ${type.name}`, 'They are numbers');
  }
  const { names, dropped } = columnsIn(place, file, name, columns, drop);
  checkLeft(where, rows, columns - dropped.size, dropped);
  const stream: VectorStream = {
    rows,
    columns,
    ...(names && { names }),
    format: `a sparse HDF5 matrix of ${data.type.name}, ${name}`,
    ...beside(file, { name, samples: rows, place, label }),
    async *read() {
      const opened = await openHdf5(place);
      try {
        const [values, at, starts] = partsOf(opened, name);
        const size = rowsAPiece(columns);
        for (let first = 0; first < rows; first += size) {
          const some = Math.min(size, rows - first);
          const ends = Array.from(starts.rows(first, first + some + 1) as ArrayLike<number>, Number);
          const [from, to] = [ends[0]!, ends.at(-1)!];
          const isWhole = (first > 0 || from === 0) && (first + some < rows || to === values.dimensions[0]);
          const isRising = ends.every((end, row) => row === 0 || end >= ends[row - 1]!);
          if (!isRising || !isWhole || from < 0 || to > values.dimensions[0]! || to - from > some * columns)
            throw damaged(where);
          const piece = new Float64Array(some * columns);
          const places = to > from ? (at.rows(from, to) as ArrayLike<number>) : [];
          const columnOf = (index: number): number => Number(places[index]);
          const origin = {
            place: where,
            cellOf: (index: number) => ({
              row: first + ends.findLastIndex((end) => end - from <= index),
              column: columnOf(index),
            }),
            ...{ names, isGiven },
          };
          const kept = to > from ? (values.rows(from, to) as ArrayLike<number>) : [];
          const stored = doublesOf(kept, origin, (index) => dropped.has(columnOf(index)));
          for (let row = 0; row < some; row++) {
            for (let i = ends[row]! - from; i < ends[row + 1]! - from; i++) {
              const column = columnOf(i);
              if (!(column >= 0 && column < columns)) throw damaged(where);
              piece[row * columns + column]! += stored[i]!;
            }
          }
          yield piece;
        }
      } finally {
        opened.close();
      }
    },
  };
  return withoutColumns(stream, dropped);
}

function partsOf(file: Hdf5File, name: string) {
  const [data, indices, indptr] = PARTS.map((part) => file.array(`${name}/${part}`));
  return [data!, indices!, indptr!] as const;
}

function shapeOf(where: string, shape: unknown): readonly [number, number] {
  const sizes = typeof shape === 'object' && shape !== null ? Array.from(shape as ArrayLike<number>, Number) : [];
  if (sizes.length !== 2 || !sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) throw damaged(where);
  return sizes as [number, number];
}

function damaged(where: string): Error {
  return unusable(where, 'it is damaged: its sparse rows contradict each other', 'Save or copy it again');
}
