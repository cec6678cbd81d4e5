import stringWidth from 'string-width';
import { SweepError } from '../errors.ts';

/** Every kind of mistake a spec can contain. */
export type IssueCode =
  | 'syntax'
  | 'too_large'
  | 'unknown_key'
  | 'missing_key'
  | 'wrong_type'
  | 'not_allowed'
  | 'out_of_range'
  | 'bad_range'
  | 'duplicate'
  | 'conflict'
  | 'no_effect';

/** A mistake, named by its place in the data: what a check returns before anybody looks where in the text that is. */
export interface Finding {
  readonly code: IssueCode;
  readonly path: readonly (string | number)[];
  /** Whether the key at the end of the path is wrong, or its value. */
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly hint?: string;
  /** Worth a word, and no reason not to start. */
  readonly isWarning?: boolean;
}

/** A mistake and its place in the text. */
export interface SpecIssue {
  readonly code: IssueCode;
  readonly message: string;
  /** The file as the user named it, or `override 1 (beta=high)`. */
  readonly file: string;
  /** 1-based; null in an override. */
  readonly line: number | null;
  /** 1-based; null in an override. */
  readonly column: number | null;
  /** How many characters of the line are at fault; 0 in an override. */
  readonly length: number;
  /** What to write instead. */
  readonly hint?: string;
}

const MAX_SHOWN = 20;
const MAX_WIDTH = 160;

/** All mistakes of one spec. The message is the whole text for the terminal. */
export class SpecError extends SweepError {
  readonly issues: readonly SpecIssue[];
  /** `issues` in the order in which they are to be shown; `text` is the content of `file`. */
  constructor(file: string, text: string, issues: readonly SpecIssue[]) {
    super('SPEC_INVALID', describe(file, text, issues));
    this.name = 'SpecError';
    this.issues = issues;
  }
}

function describe(file: string, text: string, issues: readonly SpecIssue[]): string {
  const count = issues.length === 1 ? '1 error' : `${issues.length} errors`;
  const place = issues.every(({ line }) => line === null) ? 'what follows the file' : file;
  return [...describeIssues(issues, text), `${count} in ${place}. Nothing was started.`].join('\n\n');
}

/** Each as the terminal shows it, and of very many how many more there are; `text` is the content of their file. */
export function describeIssues(issues: readonly SpecIssue[], text: string): string[] {
  const lines = text.split(/\r?\n/);
  const shown = issues.slice(0, MAX_SHOWN).map((issue) => describeIssue(issue, lines));
  return issues.length > MAX_SHOWN ? [...shown, `… and ${issues.length - MAX_SHOWN} more`] : shown;
}

function describeIssue(issue: SpecIssue, lines: readonly string[]): string {
  const { file, line, column, message, hint } = issue;
  const text = printable(hint === undefined ? message : `${message}; ${hint}`);
  if (line === null || column === null) return `${printable(file)}  ${text}`;
  return `${file}:${line}:${column}  ${text}${excerpt(lines[line - 1] ?? '', line, column, issue.length)}`;
}

/** The line with a caret under each character at fault; of a very long line only the part around them. */
function excerpt(line: string, lineNumber: number, column: number, length: number): string {
  if (line.trim() === '') return '';
  const start = Math.max(0, column - 1 - MAX_WIDTH / 2);
  const visible = printable(line.slice(start, start + MAX_WIDTH));
  const before = visible.slice(0, column - 1 - start);
  const fault = visible.slice(before.length, before.length + length);
  const gutter = `  ${lineNumber} | `;
  const carets = ' '.repeat(stringWidth(before)) + '^'.repeat(Math.max(1, stringWidth(fault)));
  return `\n${gutter}${visible.trimEnd()}\n${' '.repeat(gutter.length - 2)}| ${carets}`;
}

/** A file may come from anyone: its control characters must not reach the terminal. Keeps every column in place. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) =>
    character === '\t' ? ' ' : '\ufffd',
  );
}
