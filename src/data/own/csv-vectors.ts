/** A table of numbers as text: CSV, with commas, semicolons or tabs, and perhaps a line of names. */
import { parse, CsvError } from 'csv-parse';
import { pipeline } from 'node:stream';
import { count, formatCount } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { fileBytes, startOf } from './file-bytes.ts';
import { noSuchLabels } from './labels.ts';
import { firstLine, LINE_ENDS, lineOf } from './text-lines.ts';
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
  const [first = '', second = ''] = bare.split(LINE_ENDS).filter((line) => line.trim() !== '');
  // Of one column there is no delimiter.
  return DELIMITERS.some((one) => first.includes(one)) || [first, second].some((line) => NUMBER.test(line.trim()));
}

export interface CsvReading {
  readonly header?: boolean | undefined;
  readonly label?: string | undefined;
}

/** One row of cells, which may be several lines where a quoted one has a break. */
interface Row {
  readonly cells: readonly string[];
  /** Where the row before it ends, in bytes of the file. */
  readonly after: number;
}

/**
 * Reads it once, to know how many rows there are.
 * @param header whether the first line names the columns; where nobody says, it does if it has a name
 * @param label its column of labels, if it isn't called as usual
 * @throws SweepError DATA_CORRUPT, DATA_MISSING
 */
export async function csvVectors(file: string, { header, label }: CsvReading = {}): Promise<VectorStream> {
  const delimiter = await delimiterOf(file);
  const at = async (after: number): Promise<string> =>
    `line ${formatCount(await lineOf(file, after, delimiter === '\t'))}`;
  let head: readonly string[] | undefined;
  let first: readonly string[] = [];
  let rows = 0;
  for await (const { cells, after } of rowsOf(file, delimiter)) {
    if (first.length === 0) {
      first = cells;
      checkTable(file, 1, cells.length);
      const other = cells.findIndex((cell) => !NUMBER.test(cell));
      if (header === undefined && other >= 0 && cells.some((cell) => NUMBER.test(cell)) && !isCounted(cells)) {
        const what =
          cells[other] === '' ? 'empty' : `${JSON.stringify(plain(cells[other]!.slice(0, 40)))}, which is no number`;
        const fix =
          'A first line of names has no numbers but columns counted from 0 or 1, and one of numbers nothing else; ' +
          '`header: true` or `header: false` says which it is';
        throw unusable(file, `${await at(after)}, column ${other + 1} is ${what}, beside numbers`, fix);
      }
      if (header ?? other >= 0) {
        head = cells;
        continue;
      }
    }
    if (cells.length !== first.length) {
      const what = `${await at(after)} has ${count(cells.length, 'column')}, and the first ${formatCount(first.length)}`;
      throw unusable(file, what, `Give each line as many; a cell that has ${nameOf(delimiter)} in it stands in quotes`);
    }
    rows++;
  }
  const width = first.length;
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
    head === undefined || head[column] === '' ? `column ${column + 1}` : `column ${plain(head[column]!)}`;
  async function* data(): AsyncGenerator<Row> {
    let isHead = head !== undefined;
    for await (const row of rowsOf(file, delimiter)) {
      if (!isHead) yield row;
      isHead = false;
    }
  }
  return {
    rows,
    columns,
    ...(names !== undefined && { names }),
    format: 'CSV',
    passedOver: '',
    ...(head === undefined && header === undefined && isSeries(first) && { doubt: doubtOf(first) }),
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
      for await (const { cells, after } of data()) {
        if (++seen > rows || cells.length !== width) break;
        for (let column = 0; column < width; column++) {
          if (column === labelAt) continue;
          const cell = cells[column]!;
          const value = NUMBER.test(cell) ? 0 + Number(cell) : NaN;
          if (!Number.isFinite(value)) throw noNumber(file, `${await at(after)}, ${titleOf(column)}`, cell);
          piece[filled++] = value;
        }
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

/** Whole numbers that rise by one, as years do, and columns that are counted: so a row of names looks, and hardly one of data. */
function isSeries(cells: readonly string[]): boolean {
  return cells.length > 1 && cells.every((cell, i) => cell === String(Number(cells[0]) + i));
}

function doubtOf(cells: readonly string[]): string {
  const [first, second] = cells;
  const shown = `${first}, ${second}${cells.length > 2 ? ', …' : ''}`;
  return `its first line is ${shown}, and is read as a row. If it names the columns, say \`header: true\`; if not, \`header: false\``;
}

function nameOf(delimiter: string): string {
  return { ',': 'a comma', ';': 'a semicolon', '\t': 'a tab' }[delimiter]!;
}

function noNumber(file: string, where: string, cell: string): Error {
  if (cell === '') return unusable(file, `${where} is empty`, GAPS);
  const shown = JSON.stringify(plain(cell.slice(0, 40)));
  if (NUMBER.test(cell)) {
    return unusable(file, `${where} is ${shown}, which no number of 64 bits holds`, 'Bring it to another unit');
  }
  const fix = /^([+-]?inf(inity)?|-?nan|n\/?a|none|null)$/i.test(cell)
    ? GAPS
    : /^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(cell)
      ? 'Write decimals with a point'
      : OF_NUMBERS;
  return unusable(file, `${where} is ${shown}, which is no number`, fix);
}

const GAPS = 'Fill gaps, or leave such rows or columns out';

async function delimiterOf(file: string): Promise<string> {
  const start = (await startOf(fileBytes(file), 65_536)).toString('utf8').replace(/^\ufeff/, '');
  const bare = firstLine(start.replace(/"(?:[^"]|"")*"/g, '""'));
  const times = (delimiter: string): number => bare.split(delimiter).length;
  return DELIMITERS.reduce((best, one) => (times(one) > times(best) ? one : best));
}

async function* rowsOf(file: string, delimiter: string): AsyncGenerator<Row> {
  // Between tabs, which are spaces to it, it would lose its way.
  const trim = delimiter !== '\t';
  const parser = parse({
    ...{ bom: true, delimiter, trim, skip_empty_lines: true, info: true },
    // Not found out from the first one: a file that was put together may have several.
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MOST_LINE_BYTES,
    // A wrong number of columns is told where the lines are counted.
    relax_column_count: true,
  });
  // Errors of both arrive where the parser is read.
  pipeline(fileBytes(file), parser, () => undefined);
  let after = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { bytes: number } }>) {
      yield { cells: trim ? record : record.map((cell) => cell.trim()), after };
      after = info.bytes;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Where the cell before ends; rows before it may not have been read from the parser yet.
    const line = `line ${formatCount(await lineOf(file, Number(error['bytes']), !trim))}`;
    if (error.code === 'CSV_MAX_RECORD_SIZE') {
      const what = `${line} is longer than ${formatCount(MOST_LINE_BYTES)} characters`;
      throw unusable(file, what, `At most ${formatCount(MOST_COLUMNS)} columns are taken`);
    }
    const isOpen = error.code === 'CSV_QUOTE_NOT_CLOSED';
    const what = isOpen
      ? 'a quote opens that nothing closes'
      : "it can't be read as CSV: a quote stands inside of a cell";
    throw unusable(file, `in ${line}, ${what}`, 'Quotes stand around a whole cell, and are doubled in it');
  }
}
