/** Files of no format that is read here: what they are, by their content, and what becomes of them. */
import { shellWord } from '../../text/shell-word.ts';
import { describeText } from '../describe-content.ts';
import { PICTURE } from './pictures/picture.ts';
import { unusable } from './unusable.ts';

const READ =
  'Images are read from .npy, .npz, HDF5, IDX, and folders of PNGs and JPEGs; rows of numbers from .npy, .npz, HDF5, Parquet and CSV';
const ARRAYS = 'Save its arrays: np.savez(FILE, X=X, y=y)';
const UNPACKED = 'Unpack it, and name what was in it';
const PICTURES = 'Of folders PNGs and JPEGs are read: name the folder that it is in';

/** By the first bytes, as hexadecimal digits. */
const OTHERS: readonly (readonly [start: RegExp, what: string, fix: string])[] = [
  [/^(feff|fffe)/, 'a text in UTF-16', 'Save it in UTF-8, as by `iconv -f utf-16 -t utf-8`'],
  [/^80(02|03|04|05)/, "a pickle of Python, which is a program and isn't run", ARRAYS],
  [/^4d41544c4142/, 'a file of MATLAB', 'Save its arrays: np.savez(FILE, **scipy.io.loadmat(…))'],
  [/^4152524f5731/, 'a table of Arrow (Feather)', 'Save it by df.to_parquet(FILE)'],
  [/^53514c697465/, 'a database of SQLite', 'Save a table of it as CSV or Parquet'],
  [/^d0cf11e0/, 'a file of Excel or Word before 2007', 'Save the table as CSV'],
  [/^(89504e47|ffd8ff)/, 'a single picture', PICTURES],
  [/^(47494638|52494646.{8}57454250|49492a00|4d4d002a)/, 'a picture of another format', PICTURES],
  [/^(425a68|fd377a|28b52ffd|377abcaf|52617221)/, 'packed otherwise than by gzip', UNPACKED],
  [/^.{514}7573746172/, 'a tar archive', UNPACKED],
  [/^0000(09|0b|0c|0d|0e)/, 'an IDX file of other values than unsigned bytes', 'Save it as .npy'],
  // As gzip packed them; alone they are read.
  [/^(89484446|504b|934e554d5059|50415231)/, 'a file of HDF5, NumPy or Parquet', UNPACKED],
];

const JSON_TEXT = /^\s*(\{\s*"|\[\s*[[{])/;

/** Whether it is a text that is no table, though there may be commas in it. */
export function isNoTable(start: Buffer): boolean {
  const text = start.toString('latin1');
  return JSON_TEXT.test(text) || /^\s*<(!doctype|html|\?xml|error)\b/i.test(text);
}

/** `start`: its first bytes. */
export function unreadable(place: string, start: Buffer): Error {
  if (start.length === 0) return unusable(place, 'it is empty', READ);
  const { what, fix } = kindOf(start);
  return unusable(place, `it is ${what}`, fix);
}

/** Of what gzip packed. */
export function unreadablePacked(place: string, start: Buffer): Error {
  const what = start.length === 0 ? 'nothing' : kindOf(start).what;
  return unusable(
    place,
    `what gzip packed in it is ${what}`,
    `CSV and IDX are read so; else unpack it: gunzip ${shellWord(place)}`,
  );
}

function kindOf(start: Buffer): { readonly what: string; readonly fix: string } {
  const hex = start.toString('hex', 0, 300);
  const [, what, fix] = OTHERS.find(([pattern]) => pattern.test(hex)) ?? [];
  if (what !== undefined) return { what, fix: fix! };
  const text = start.toString('latin1');
  if (JSON_TEXT.test(text)) return { what: 'a text in JSON', fix: 'Save it as CSV, Parquet or .npy' };
  if (/^\s*[-+\d.]\S*([ ]+[-+\d.]\S*)+\s*$/m.test(text)) {
    return {
      what: 'a table with spaces between its cells',
      fix: "Save it with commas: np.savetxt(FILE, x, delimiter=',')",
    };
  }
  return { what: describeText(start) ?? `of no such format: its first bytes are 0x${hex.slice(0, 8)}`, fix: READ };
}

/** Of a zip archive that holds no array of NumPy's. `names`: of its files. */
export function unreadArchive(place: string, names: readonly string[]): Error {
  const what = names.some((name) => name.startsWith('xl/'))
    ? ['it is a file of Excel', 'Save the table as CSV']
    : names.some((name) => name.endsWith('/data.pkl'))
      ? ["it is a file of PyTorch, which is a program and isn't run", ARRAYS]
      : names.some((name) => PICTURE.test(name))
        ? ['it is an archive of pictures', 'Unpack it, and name the folder']
        : ['it is an archive without an array of NumPy', UNPACKED];
  return unusable(place, what[0]!, what[1]!);
}
