import { readSpec } from '../../src/sweep-file/parse.ts';
import { SpecError } from '../../src/sweep-file/issue.ts';
import type { IssueCode, SpecIssue } from '../../src/sweep-file/issue.ts';
import type { SweepSpec } from '../../src/sweep-file/spec.ts';

/** A spec whose name and data do not matter, followed by `rest`. */
export function specWith(rest: string, overrides: string[] = []): SweepSpec {
  return readSpec(textWith(rest), { file: 'test.yaml', overrides }).spec;
}

export function textWith(rest: string): string {
  return `name: test\ndataset: sprites-mini\n${rest}\n`;
}

/** The mistakes found in a whole spec; none when it is valid. */
export function issuesIn(text: string, overrides: string[] = []): readonly SpecIssue[] {
  return errorIn(text, overrides)?.issues ?? [];
}

export function errorIn(text: string, overrides: string[] = []): SpecError | undefined {
  try {
    readSpec(text, { file: 'test.yaml', overrides });
    return undefined;
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
}

/** `code line:column message; hint`, as one line each. */
export function summary(issues: readonly SpecIssue[]): string[] {
  return issues.map(({ code, line, column, message, hint }) => {
    return `${code} ${line ?? '-'}:${column ?? '-'} ${message}${hint === undefined ? '' : `; ${hint}`}`;
  });
}

export function codesIn(rest: string): IssueCode[] {
  return issuesIn(textWith(rest)).map(({ code }) => code);
}
