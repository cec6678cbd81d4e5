/** A table of numbers as text: CSV, with commas, semicolons or tabs, and perhaps a line of names. */
import { count, formatCount } from '../../../text/format-number.ts';
import { plain } from '../../../text/printable.ts';
import { doubtOf, fixOfFirst, isCounted, isSeries, noNumber, NUMBER } from '../csv-cells.ts';
import { delimiterOf, rowsOf, type Row, type Text } from '../csv-rows.ts';
import { checkLeft, droppedColumns } from '../dropped-columns.ts';
import { labelledColumn } from '../labelled-column.ts';
import { MisfitReading } from '../misfit-reading.ts';
import { lineOf } from './text-lines.ts';
import { unusable } from '../unusable.ts';
import { rowsAPiece, type VectorStream } from './vector-stream.ts';

export interface CsvReading {
  readonly header?: boolean | undefined;
  readonly label?: string | null | undefined;
  readonly drop?: readonly string[] | undefined;
  /** As AdvisedColumn. */
  readonly isGiven?: boolean | undefined;
}

/**
 * Reads it once, to know how many rows there are.
 * @param header whether the first line names the columns; where nobody says, it does if it has a name
 * @param label its column of labels, if it isn't called as usual; null for none
 * @param drop columns that are left out
 * @throws SweepError DATA_CORRUPT, DATA_MISSING
 */
export async function csvVectors(text: Text, { header, label, drop, isGiven }: CsvReading = {}): Promise<VectorStream> {
  const { file } = text;
  const delimiter = await delimiterOf(text);
  const at = async (after: number): Promise<string> =>
    `line ${formatCount(await lineOf(text.bytes(), after, delimiter === '\t'))}`;
  let head: readonly string[] | undefined;
  let first: readonly string[] = [];
  let rows = 0;
  for await (const { cells, after } of rowsOf(text, delimiter)) {
    if (first.length === 0) {
      first = cells;
      const other = cells.findIndex((cell) => !NUMBER.test(cell));
      if (header === undefined && other >= 0 && cells.some((cell) => NUMBER.test(cell)) && !isCounted(cells)) {
        const what =
          cells[other] === '' ? 'empty' : `${JSON.stringify(plain(cells[other]!.slice(0, 40)))}, which is no number`;
        throw unusable(
          file,
          `${await at(after)}, column ${other + 1} is ${what}, beside numbers`,
          fixOfFirst(cells, other, isGiven),
        );
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
  const asked = [...(typeof label === 'string' ? ['label' as const] : []), ...(drop ? ['drop' as const] : [])];
  const [key] = asked;
  if (key !== undefined && head === undefined) {
    const what = 'its first line is read as a row, so that no column has a name';
    const without = asked.map((one) => `\`${one}\``).join(' and ');
    const fix = `If it names them, say \`header: true\`; else write a line of names above it, or leave ${without} out`;
    throw new MisfitReading({ place: file, key, at: 'value', what, fix });
  }
  const dropped = droppedColumns(file, head, drop);
  const left = (head ?? []).filter((_, column) => !dropped.has(column));
  const labelled = labelledColumn(file, left, label);
  const labelAt = labelled === undefined ? -1 : head!.indexOf(labelled);
  const isInput = (_: unknown, column: number): boolean => column !== labelAt && !dropped.has(column);
  const columns = width - dropped.size - (labelAt < 0 ? 0 : 1);
  checkLeft(file, rows, columns, dropped);
  const names = head?.filter(isInput);
  const naming = { hasNames: head !== undefined, header, isGiven };
  const nameAt = (column: number): string | undefined => head?.[column];
  async function* data(): AsyncGenerator<Row> {
    let isHead = head !== undefined;
    for await (const row of rowsOf(text, delimiter)) {
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
          const cell = cells[column]!;
          if (!isInput(cell, column)) continue;
          const value = NUMBER.test(cell) ? 0 + Number(cell) : NaN;
          if (!Number.isFinite(value))
            throw noNumber(file, await at(after), { cell, column, name: nameAt(column), naming });
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

function nameOf(delimiter: string): string {
  return { ',': 'a comma', ';': 'a semicolon', '\t': 'a tab' }[delimiter]!;
}
