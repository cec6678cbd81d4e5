import { EXIT_CODES, messageOf, SweepError } from '../errors.ts';
import { printableJson } from '../text/printable.ts';
import type { SpecIssue } from '../sweep-file/issue.ts';

/** `vae-sweep.error/1`, one line: what a command with `--json` says last on stderr. `issues` are the mistakes in a spec. */
export function renderErrorJson(thrown: unknown): string {
  const isOurs = thrown instanceof SweepError;
  const issues = isOurs && 'issues' in thrown ? (thrown.issues as readonly SpecIssue[]) : undefined;
  const error = {
    code: isOurs ? thrown.code : 'UNEXPECTED',
    message: messageOf(thrown),
    exit_code: isOurs ? EXIT_CODES[thrown.code] : 1,
    ...(!isOurs && thrown instanceof Error && thrown.stack !== undefined && { stack: thrown.stack }),
    ...(issues !== undefined && { issues: issues.map(issueJson) }),
  };
  return `${printableJson(JSON.stringify({ schema: 'vae-sweep.error/1', error }))}\n`;
}

function issueJson({ code, message, file, line, column, hint }: SpecIssue): object {
  return { code, message, file, line, column, hint: hint ?? null };
}
