import { formatCount } from '../../../text/format-number.ts';
import { plain } from '../../../text/printable.ts';
import { withoutStart } from '../file-bytes.ts';
import { inPieces, WrongLength } from '../in-pieces.ts';
import type { StreamLabels } from '../labels.ts';
import { npyDescription } from './npy-header.ts';
import { describeShape } from '../shape.ts';
import { unusable } from '../unusable.ts';
import { readEntry, type ZipEntry } from './zip.ts';

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

/** Why an array can't be labels, a clause, and what helps. */
export interface Unfit {
  readonly what: string;
  readonly fix: string;
}

/**
 * Labels in an array of an archive: one value for each of so many images, a whole number, `bool` or a text; a float only where
 * somebody says that these are labels. Else why they can't be.
 */
export function npzLabels(
  { file, name, entry, start }: ArrayOfLabels,
  images: number,
  isNamed = false,
): { readonly labels: StreamLabels; readonly unfit?: never } | { readonly labels?: never; readonly unfit: Unfit } {
  const place = `${file} (${name})`;
  const { type, dimensions, bytes } = npyDescription(place, start);
  const [count, ...others] = dimensions;
  if (count !== images || others.some((size) => size !== 1)) {
    const fix = others.length > 0 ? 'Of a one-hot array save y.argmax(axis=1)' : 'Save one for each sample';
    return { unfit: { what: `its shape is ${describeShape(dimensions)}, for ${formatCount(images)} samples`, fix } };
  }
  const cell = isNamed ? (cellOf(type) ?? floatOf(type)) : cellOf(type);
  if (cell === undefined) return { unfit: unfitType(type) };
  const labels: StreamLabels = {
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
  return { labels };
}

function unfitType(type: string): Unfit {
  const isObject = /^[|<>=]?O/.test(type);
  return {
    what: isObject
      ? 'it holds Python objects, which are a program'
      : `its values are of dtype ${plain(type.slice(0, 20))}`,
    fix: isObject
      ? 'Save it as texts: y.astype(str)'
      : 'Save it as whole numbers, y.astype(int), or as texts, y.astype(str)',
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

function floatOf(type: string): Cell | undefined {
  if (type === '<f4') return { bytes: 4, textAt: (values, at) => String(values.readFloatLE(at)) };
  if (type === '<f8') return { bytes: 8, textAt: (values, at) => String(values.readDoubleLE(at)) };
  return undefined;
}

/** NumPy's texts, filled up with zeros. */
function utf32(cell: Buffer): string {
  const points: number[] = [];
  for (let at = 0; at < cell.length; at += 4) points.push(cell.readUInt32LE(at));
  while (points.at(-1) === 0) points.pop();
  return points.map((point) => (point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd')).join('');
}
