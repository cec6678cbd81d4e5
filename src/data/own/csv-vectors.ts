/** A table of numbers as text: CSV, with commas, semicolons or tabs, and perhaps a line of names. */
import { parse, CsvError } from 'csv-parse';
import { pipeline } from 'node:stream';
import { formatCount } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { fileBytes, startOf } from './file-bytes.ts';
import { noSuchLabels } from './labels.ts';
import { unusable } from './unusable.ts';
import { checkTable, MOST_COLUMNS, rowsAPiece, type VectorStream } from './vector-stream.ts';

/** What a column of labels is called, the first that there is; `y` is one of numbers, beside `x`. */
export const LABEL_NAMES = ['label', 'labels', 'target', 'targets'];

/** What columns of a table are. */
export const OF_NUMBERS = `Columns are of numbers; one called ${LABEL_NAMES.map((name) => `\`${name}\``).join(', ')}, or as \`label: NAME\` says, may hold labels`;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Of one line: more than so many numbers take. */
const MOST_LINE_BYTES = 32 * MOST_COLUMNS;
const DELIMITERS = [',', ';', '\t'];

/** Whether a file that starts so may be a table as text. */
export function looksLikeCsv(start: Buffer): boolean {
  const text = start.toString('utf8').replace(/^\ufeff/, '');
  if (/[\0-\x08\x0e-\x1f]/.test(text)) return false;
  const bare = text.replace(/"(?:[^"]|"")*"/g, '""');
  const [first = '', second = ''] = bare.split(/\r?\n/).filter((line) => line.trim() !== '');
  // Of one column there is no delimiter.
  return DELIMITERS.some((one) => first.includes(one)) || [first, second].some((line) => NUMBER.test(line.trim()));
}

interface Line {
  readonly cells: readonly string[];
  /** Of the file's lines, counted from 1, the one that it begins in. */
  readonly number: number;
}

/** Reads it once, to know how many rows there are. `label`: its column of labels, if it isn't called as usual. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function csvVectors(file: string, label?: string): Promise<VectorStream> {
  const delimiter = await delimiterOf(file);
  let head: readonly string[] | undefined;
  let width = 0;
  let rows = 0;
  for await (const { cells, number } of linesOf(file, delimiter)) {
    if (width === 0) {
      width = cells.length;
      checkTable(file, 1, width);
      const other = cells.findIndex((cell) => !NUMBER.test(cell));
      if (other >= 0) {
        if (cells.some((cell) => NUMBER.test(cell)) && !isCounted(cells)) {
          const what =
            cells[other] === '' ? 'empty' : `${JSON.stringify(plain(cells[other]!.slice(0, 40)))}, which is no number`;
          const fix =
            'A first line of names has no numbers but columns counted from 0 or 1, and one of numbers nothing else';
          throw unusable(file, `line ${formatCount(number)}, column ${other + 1} is ${what}, beside numbers`, fix);
        }
        head = cells;
        continue;
      }
    }
    rows++;
  }
  const labelled = (head ?? []).filter((name) => (label === undefined ? LABEL_NAMES.includes(name) : name === label));
  const labelAt = labelled.length === 0 ? -1 : head!.indexOf(labelled[0]!);
  if (label !== undefined && labelAt < 0) throw noSuchLabels(file, { name: label, kind: 'column', there: head ?? [] });
  if (labelled.length > 1) {
    throw unusable(file, `it has several columns of labels: ${labelled.join(', ')}`, 'Keep one, or rename the others');
  }
  const columns = width - (labelAt < 0 ? 0 : 1);
  checkTable(file, rows, columns);
  const names = head?.filter((_, column) => column !== labelAt);
  const titleOf = (column: number): string =>
    head === undefined ? `column ${column + 1}` : `column ${plain(head[column]!)}`;
  async function* data(): AsyncGenerator<Line> {
    let isHead = head !== undefined;
    for await (const line of linesOf(file, delimiter)) {
      if (!isHead) yield line;
      isHead = false;
    }
  }
  return {
    rows,
    columns,
    ...(names !== undefined && { names }),
    format: 'CSV',
    passedOver: '',
    ...(labelAt >= 0 && {
      labels: {
        from: `the column ${plain(head![labelAt]!)}`,
        async read() {
          const labels: string[] = [];
          for await (const { cells } of data()) labels.push(cells[labelAt]!);
          return labels;
        },
      },
    }),
    async *read() {
      const size = rowsAPiece(columns) * columns;
      let piece = new Float64Array(size);
      let filled = 0;
      let seen = 0;
      for await (const { cells, number } of data()) {
        if (++seen > rows) break;
        cells.forEach((cell, column) => {
          if (column === labelAt) return;
          const value = NUMBER.test(cell) ? 0 + Number(cell) : NaN;
          if (!Number.isFinite(value)) throw noNumber(file, `line ${formatCount(number)}, ${titleOf(column)}`, cell);
          piece[filled++] = value;
        });
        if (filled < size) continue;
        yield piece;
        piece = new Float64Array(size);
        filled = 0;
      }
      if (seen !== rows) throw unusable(file, 'it changed while it was read', 'Start again once nothing writes there');
      if (filled > 0) yield piece.subarray(0, filled);
    },
  };
}

/** Names beside columns that are only counted, as pandas writes `label,0,1,2`. A gap names nothing. */
function isCounted(cells: readonly string[]): boolean {
  const numbers = cells.filter((cell) => NUMBER.test(cell));
  const isFrom = (start: number): boolean => numbers.every((cell, i) => cell === String(start + i));
  return !cells.includes('') && (isFrom(0) || isFrom(1));
}

function noNumber(file: string, where: string, cell: string): Error {
  if (cell === '') return unusable(file, `${where} is empty`, 'Fill gaps, or leave such rows or columns out');
  return unusable(file, `${where} is ${JSON.stringify(plain(cell.slice(0, 40)))}, which is no number`, OF_NUMBERS);
}

async function delimiterOf(file: string): Promise<string> {
  const start = (await startOf(fileBytes(file), 65_536)).toString('utf8').replace(/^\ufeff/, '');
  const lines = start.replace(/"(?:[^"]|"")*"/g, '""').split(/\r?\n/);
  const bare = lines.find((line) => line.trim() !== '') ?? '';
  const times = (delimiter: string): number => bare.split(delimiter).length;
  return DELIMITERS.reduce((best, one) => (times(one) > times(best) ? one : best));
}

async function* linesOf(file: string, delimiter: string): AsyncGenerator<Line> {
  // Between tabs, which are spaces to it, it would lose its way.
  const trim = delimiter !== '\t';
  const parser = parse({
    bom: true,
    delimiter,
    trim,
    skip_empty_lines: true,
    max_record_size: MOST_LINE_BYTES,
    info: true,
  });
  // Errors of both arrive where the parser is read.
  pipeline(fileBytes(file), parser, () => undefined);
  let last = 0;
  // The parser counts a \r\n between quotes twice.
  let twice = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const text = record.join('');
      twice += text.match(/\r\n/g)?.length ?? 0;
      last = info.lines - twice;
      const number = last - (text.match(/\r\n|[\r\n]/g)?.length ?? 0);
      yield { cells: trim ? record : record.map((cell) => cell.trim()), number };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const isOpen = error.code === 'CSV_QUOTE_NOT_CLOSED' || typeof error['lines'] !== 'number';
    const line = formatCount(isOpen ? last + 1 : Number(error['lines']) - twice);
    const isLong = error.code === 'CSV_MAX_RECORD_SIZE';
    const what = isLong
      ? `line ${line} is longer than ${formatCount(MOST_LINE_BYTES)} characters`
      : error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'
        ? `line ${line} has another number of columns than the first`
        : `line ${line} can't be read as CSV`;
    throw unusable(file, what, isLong ? `At most ${formatCount(MOST_COLUMNS)} columns are taken` : 'Save it again');
  }
}
