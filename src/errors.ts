/**
 * Every error a user can meet, and the exit code it ends the command with.
 * 1 unexpected failure · 2 usage or spec error, nothing started · 4 nothing found · 5 database problem.
 */
export const EXIT_CODES = {
  SPEC_INVALID: 2,
  USAGE: 2,
  DATA_MISSING: 2,
  DATA_CORRUPT: 2,
  DATA_CHANGED: 2,
  DEFINITION: 2,
  DEVICE_UNAVAILABLE: 2,
  REDIS: 2,
  NOT_FOUND: 4,
  STORE_LOCKED: 5,
  STORE_UNREADABLE: 5,
  STORE_VERSION: 5,
  STORE_FULL: 5,
  DEVICES_LOST: 1,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** An error meant for the user: its message says what is wrong, where, and what to do. Caught once, in cli/main.ts. */
export class SweepError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SweepError';
    this.code = code;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same of what `fetch` threw, which says only "fetch failed": the reason is in its cause, at times as a bare code. */
export function fetchReasonOf(error: unknown): string {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return messageOf(error);
  const { cause } = error;
  return cause.message || ('code' in cause ? String(cause.code) : error.message);
}
