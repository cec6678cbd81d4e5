import { formatCount } from '../../text/format-number.ts';
import { inPieces, WrongLength } from './in-pieces.ts';
import { checkLength } from './npy-length.ts';
import type { NpyHeader } from './npy-header.ts';
import { unusable } from './unusable.ts';
import { checkTable, rowsAPiece, type VectorStream } from './vector-stream.ts';

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
          const numbers = new Float64Array(piece.length / bytes);
          for (let i = 0; i < numbers.length; i++) {
            // No −0, which is another number to a hash.
            const value =
              0 +
              (name === 'float64'
                ? piece.readDoubleLE(8 * i)
                : name === 'float32'
                  ? piece.readFloatLE(4 * i)
                  : piece[i]!);
            if (!Number.isFinite(value)) {
              const where = `row ${formatCount(first + Math.floor(i / columns))}, column ${i % columns}`;
              throw unusable(
                place,
                `${where} (counted from 0) is ${value}`,
                'Leave such rows out, or give the value a number',
              );
            }
            numbers[i] = value;
          }
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
