/** What cells of a table as text may be, and what is said of those that may not. */
import { plain } from '../../text/printable.ts';
import { gapsIn, ofNumbers, saidLabels } from './column-advice.ts';
import { unusable } from './unusable.ts';

export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Also with what parts thousands. */
export const DECIMAL_COMMA = /^[+-]?[\d.' ]*,\d+(e[+-]?\d+)?$/i;
const POINTS = 'Write decimals with a point, and nothing between thousands';

/** Names beside columns that are only counted, as pandas writes `label,0,1,2`. A gap names nothing, nor does `2,5`. */
export function isCounted(cells: readonly string[]): boolean {
  const numbers = cells.filter((cell) => NUMBER.test(cell));
  const isFrom = (start: number): boolean => numbers.every((cell, i) => cell === String(start + i));
  const isNamed = !cells.some((cell) => cell === '' || DECIMAL_COMMA.test(cell));
  return isNamed && (isFrom(0) || isFrom(1));
}

/** Whole numbers that rise by one, as years do, and columns that are counted: so a row of names looks, and hardly one of data. */
export function isSeries(cells: readonly string[]): boolean {
  return cells.length > 1 && cells.every((cell, i) => cell === String(Number(cells[0]) + i));
}

export function doubtOf(cells: readonly string[]): string {
  const [first, second] = cells;
  const shown = `${first}, ${second}${cells.length > 2 ? ', …' : ''}`;
  return `its first line is ${shown}, and is read as a row. If it names the columns, say \`header: true\`; if not, \`header: false\``;
}

interface Cell {
  readonly cell: string;
  readonly column: number;
  readonly name: string | undefined;
  readonly naming: Naming;
}

/** Whether there is a line of names, whether the spec says that there is none, and whether it says nothing: as AdvisedColumn. */
export interface Naming {
  readonly hasNames: boolean;
  readonly header?: boolean | undefined;
  readonly isGiven?: boolean | undefined;
}

/** What to do where a column that nothing names holds labels. */
function namedLabels(column: number, { hasNames, header }: Naming): string {
  const above = `write a line of names above the first, with \`label\` for it${header === false ? ', in place of `header: false`' : ''}`;
  return `if column ${column + 1} holds labels, ${hasNames ? 'call it `label` in the first line' : above}`;
}

export function noNumber(file: string, line: string, { cell, column, name, naming }: Cell): Error {
  const where = `${line}, column ${name ? plain(name) : column + 1}`;
  const told = { name, isGiven: naming.isGiven };
  if (cell === '') return unusable(file, `${where} is empty`, gapsIn(told));
  const shown = JSON.stringify(plain(cell.slice(0, 40)));
  if (NUMBER.test(cell)) {
    return unusable(file, `${where} is ${shown}, which no number of 64 bits holds`, 'Bring it to another unit');
  }
  const fix = /^([+-]?inf(inity)?|-?nan|n\/?a|none|null)$/i.test(cell)
    ? gapsIn(told)
    : DECIMAL_COMMA.test(cell)
      ? POINTS
      : /^(true|false)$/i.test(cell)
        ? 'Write 1 and 0, as by df.astype(float)'
        : ofNumbers(told, name ? saidLabels(name) : namedLabels(column, naming));
  return unusable(file, `${where} is ${shown}, which is no number`, fix);
}

/** Of a first line that has numbers, and others from `other` on. `isGiven`: as AdvisedColumn. */
export function fixOfFirst(cells: readonly string[], other: number, isGiven = false): string {
  if (cells.some((cell) => DECIMAL_COMMA.test(cell))) return POINTS;
  if (cells[0] === '' && isCounted(cells.slice(1))) {
    const said = isGiven ? '' : '; `header: true, drop: [""]` leaves it out';
    return `So pandas writes an index: save it without, df.to_csv(FILE, index=False)${said}`;
  }
  const names = 'A first line of names has no numbers but columns counted from 0 or 1, and one of numbers nothing else';
  if (isGiven) return names;
  const labels = cells[other] === '' ? '' : `; ${namedLabels(other, { hasNames: false })}`;
  return `${names}; \`header: true\` or \`header: false\` says which it is${labels}`;
}
