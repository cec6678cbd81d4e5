import { appendFileSync, constants } from 'node:fs';
import { pino } from 'pino';
import { refuseLink } from './files/no-links.ts';
import type { ResultsLayout } from './files/paths.ts';
import { printableJson } from './text/printable.ts';
import type { TrialId } from './trial/trial.ts';

/** A line of a sweep's log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  /** The trial it is about; `sweep logs TRIAL` shows its lines alone. */
  readonly trial?: TrialId;
  /** Further facts, snake_case. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Writes a line. It is with the operating system on return, so it outlives this process. Never throws: what can't be
 * written is dropped, since the database reports a full disk where it matters, and a log must not stop a sweep.
 */
export type SweepLog = (line: LogLine) => void;

/**
 * The log of a sweep, `results/<sweep>/sweep.log`: appended to, one JSON object a line
 * (`{"level":"info","time":"…","trial":"…", …,"msg":"…"}`), nothing on the terminal. The folder must exist.
 * Throws STORE_UNREADABLE where the file is a link.
 */
export function openSweepLog(layout: ResultsLayout, sweep: string): SweepLog {
  const file = layout.sweepLog(sweep);
  refuseLink(file);
  const options = {
    base: null,
    level: 'debug',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  };
  const logger = pino(options, { write: (text) => append(file, text) });
  return ({ level, message, trial, fields }) => logger[level]({ trial, ...fields }, message);
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
// As a number, which Node's types of `flag` don't know; a link that comes in mid-run is not followed, nor a pipe waited for.
const APPEND = (O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_WRONLY) as unknown as string;

function append(file: string, text: string): void {
  try {
    appendFileSync(file, printableJson(text), { flag: APPEND });
  } catch {
    // See SweepLog.
  }
}
