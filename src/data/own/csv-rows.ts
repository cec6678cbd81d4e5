/** The rows of a table as text: which cells they have, and where they stand. */
import { parse, CsvError } from 'csv-parse';
import { pipeline } from 'node:stream';
import { formatCount } from '../../text/format-number.ts';
import { DECIMAL_COMMA, NUMBER } from './csv-cells.ts';
import { startOf } from './file-bytes.ts';
import { firstLine, LINE_ENDS, lineOf } from './tables/text-lines.ts';
import { unusable } from './unusable.ts';
import { MOST_COLUMNS } from './tables/vector-stream.ts';

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

/** A text in a file, perhaps a packed one. */
export interface Text {
  readonly file: string;
  /** From its start on. */
  readonly bytes: () => AsyncIterable<Buffer>;
}

/** One row of cells, which may be several lines where a quoted one has a break. */
export interface Row {
  readonly cells: readonly string[];
  /** Where the row before it ends, in bytes of the file. */
  readonly after: number;
}

/** What stands between its cells. */
export async function delimiterOf({ bytes }: Text): Promise<string> {
  const start = (await startOf(bytes(), 65_536)).toString('utf8').replace(/^\ufeff/, '');
  const bare = firstLine(start.replace(/"(?:[^"]|"")*"/g, '""'));
  const between = bare.split(';').map((cell) => cell.trim());
  // `1,5;2,5` has as many commas, and no cells between them.
  if (between.length > 1 && between.every((cell) => DECIMAL_COMMA.test(cell) || NUMBER.test(cell))) return ';';
  const times = (delimiter: string): number => bare.split(delimiter).length;
  return DELIMITERS.reduce((best, one) => (times(one) > times(best) ? one : best));
}

/** All of them, blank lines left out. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function* rowsOf({ file, bytes }: Text, delimiter: string): AsyncGenerator<Row> {
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
  pipeline(bytes(), parser, () => undefined);
  let after = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { bytes: number } }>) {
      yield { cells: trim ? record : record.map((cell) => cell.trim()), after };
      after = info.bytes;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Where the cell before ends; rows before it may not have been read from the parser yet.
    const line = `line ${formatCount(await lineOf(bytes(), Number(error['bytes']), !trim))}`;
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
