import { cellsFrom, doublesOf } from '../tables/doubles.ts';
import { inPieces, WrongLength } from '../in-pieces.ts';
import { checkLength } from './npy-length.ts';
import type { NpyHeader, NpyType } from './npy-header.ts';
import { checkTable, rowsAPiece, type VectorStream } from '../tables/vector-stream.ts';

/** The rows of an array N×P whose values `values` yields. */
export function vectorsIn(place: string, header: NpyHeader, values: () => AsyncIterable<Uint8Array>): VectorStream {
  const [rows, columns] = header.dimensions as [number, number];
  checkTable(place, rows, columns);
  const { name, bytes } = header.type;
  return {
    rows,
    columns,
    format: `a NumPy array of ${name}`,
    passedOver: '',
    async *read() {
      let first = 0;
      try {
        for await (const piece of inPieces(values(), rowsAPiece(columns) * columns * bytes, rows * columns * bytes)) {
          const numbers = doublesOf(valuesOf(piece, name), { place, cellOf: cellsFrom(first, columns) });
          yield numbers;
          first += numbers.length / columns;
        }
      } catch (error) {
        if (error instanceof WrongLength) checkLength(place, header, error.bytes);
        throw error;
      }
    },
  };
}

const ARRAYS = {
  ...{ uint8: Uint8Array, bool: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array },
  ...{ int8: Int8Array, int16: Int16Array, int32: Int32Array, int64: BigInt64Array },
  ...{ float32: Float32Array, float64: Float64Array },
};

/** The machines that this runs on have the bytes in this order. */
function valuesOf(
  { buffer, byteOffset, length }: Buffer<ArrayBuffer>,
  name: NpyType['name'],
): ArrayLike<number> | ArrayLike<bigint> {
  const Values = ARRAYS[name];
  return new Values(buffer, byteOffset, length / Values.BYTES_PER_ELEMENT);
}
