import { withoutStart } from './file-bytes.ts';
import { inPieces, WrongLength } from './in-pieces.ts';
import type { StreamLabels } from './labels.ts';
import { npyDescription } from './npy-header.ts';
import { describeShape } from './shape.ts';
import { unusable } from './unusable.ts';
import { readEntry, type ZipEntry } from './zip.ts';

/** What an array of labels is called, the first that there is; `condition` where a model was told them and drew the rest. */
export const LABEL_NAMES: readonly string[] = ['labels', 'label', 'y', 'targets', 'target', 'condition'];

/** Longer ones are texts. */
const MOST_CHARACTERS = 256;
const PIECE_LABELS = 8192;

export interface ArrayOfLabels {
  readonly file: string;
  readonly name: string;
  readonly entry: ZipEntry;
  /** Its first bytes, which are enough for a header. */
  readonly start: Buffer;
}

/**
 * Labels in an array of an archive: one value for each of so many images, a whole number, `bool` or a text. Undefined for
 * an array of another shape or of other values, Python objects among them.
 */
export function npzLabels({ file, name, entry, start }: ArrayOfLabels, images: number): StreamLabels | undefined {
  const place = `${file} (${name})`;
  const { type, dimensions, bytes } = npyDescription(place, start);
  const [count, ...others] = dimensions;
  const cell = cellOf(type);
  if (count !== images || others.some((size) => size !== 1) || cell === undefined) return undefined;
  return {
    from: `the array ${name}`,
    async read() {
      const labels: string[] = [];
      const values = withoutStart(readEntry(file, entry), bytes);
      try {
        for await (const piece of inPieces(values, PIECE_LABELS * cell.bytes, images * cell.bytes)) {
          for (let at = 0; at < piece.length; at += cell.bytes) labels.push(cell.textAt(piece, at));
        }
      } catch (error) {
        if (!(error instanceof WrongLength)) throw error;
        const what = `its header says ${describeShape(dimensions)} of ${type}, and there are ${error.bytes === undefined ? 'more' : 'fewer'}`;
        throw unusable(place, what, 'Save or copy it again');
      }
      return labels;
    },
  };
}

interface Cell {
  readonly bytes: number;
  textAt(values: Buffer, at: number): string;
}

function cellOf(type: string): Cell | undefined {
  if (type === '|b1') return { bytes: 1, textAt: (values, at) => (values[at] === 0 ? 'false' : 'true') };
  const [, kind, digits] = /^[|<](u|i|U|S)(\d{1,4})$/.exec(type) ?? [];
  const size = Number(digits);
  if (kind === 'U' && size >= 1 && size <= MOST_CHARACTERS) {
    return { bytes: 4 * size, textAt: (values, at) => utf32(values.subarray(at, at + 4 * size)) };
  }
  if (kind === 'S' && size >= 1 && size <= MOST_CHARACTERS) {
    return {
      bytes: size,
      textAt: (values, at) => values.toString('utf8', at, at + size).replace(/\0+$/, ''),
    };
  }
  const isSigned = kind === 'i';
  if (kind !== 'u' && !isSigned) return undefined;
  if (size === 8) {
    return {
      bytes: 8,
      textAt: (values, at) => String(isSigned ? values.readBigInt64LE(at) : values.readBigUInt64LE(at)),
    };
  }
  if (size !== 1 && size !== 2 && size !== 4) return undefined;
  return {
    bytes: size,
    textAt: (values, at) => String(isSigned ? values.readIntLE(at, size) : values.readUIntLE(at, size)),
  };
}

/** NumPy's texts, filled up with zeros. */
function utf32(cell: Buffer): string {
  const points: number[] = [];
  for (let at = 0; at < cell.length; at += 4) points.push(cell.readUInt32LE(at));
  while (points.at(-1) === 0) points.pop();
  return points.map((point) => (point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd')).join('');
}
