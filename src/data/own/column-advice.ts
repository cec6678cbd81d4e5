/** What to do about a column that isn't read, as an error says it. */
import { specWord } from '../../text/spec-word.ts';

export interface AdvisedColumn {
  /** Undefined where nothing names it. */
  readonly name: string | undefined;
  /** Of samples that a trained model is given: no spec says how these are read, and the column may be one that it needs. */
  readonly isGiven?: boolean | undefined;
}

/** How a column that is no input is kept out, a clause. */
export function leaveOut({ name, isGiven = false }: AdvisedColumn): string {
  if (isGiven) return "leave it out of the file if the trial didn't train on it";
  return name === undefined ? 'leave it out' : `leave it out by ${dropping([name])}`;
}

/** As a spec says it. */
export function dropping(names: readonly string[]): string {
  return `\`drop: [${names.map(specWord).join(', ')}]\``;
}

/** Of a column that is of no numbers. `asLabels`: what to do if it holds labels, a clause; undefined where it can't. */
export function ofNumbers(column: AdvisedColumn, asLabels: string | undefined): string {
  const labels = asLabels === undefined || column.isGiven === true ? '' : `; ${asLabels}`;
  return `Columns are of numbers: make numbers of it, or ${leaveOut(column)}${labels}`;
}

/** Of one that has gaps. */
export function gapsIn({ name, isGiven = false }: AdvisedColumn): string {
  if (isGiven) return 'Fill gaps, or leave such rows out';
  const fill = 'Fill gaps, or leave such rows or columns out';
  return name === undefined ? fill : `${fill}: this one by ${dropping([name])}`;
}

/** Of one that has a name, a clause. */
export function saidLabels(name: string): string {
  return `if it holds labels, say \`label: ${specWord(name)}\``;
}
