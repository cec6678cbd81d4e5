import { oneLine } from '../executor/output-lines.ts';
import type { TrialOutcome } from '../trial/outcome.ts';

type Loss = Extract<TrialOutcome, { kind: 'lost' }>;

/** How an attempt ended, as it was recorded. */
export interface RecordedEnd {
  readonly outcome: string;
  readonly cause: string | null;
}

/** A trial that loses this many attempts by itself, without finishing an epoch in between, is what the losses come from. */
export const MAX_LOSSES_IN_A_ROW = 3;

const SHARED = 'lost with its neighbours, which are tried apart now: ';
const FAILED = `lost ${MAX_LOSSES_IN_A_ROW} attempts in a row: `;
const CHARGED = new RegExp(`^lost \\(\\d of ${MAX_LOSSES_IN_A_ROW}\\): (.*)$`, 's');

/** What is recorded of a trial that failed by its losses. */
export function failureCause(charged: readonly string[]): string {
  return FAILED + charged.join('; ');
}

/** What is recorded of a lost attempt that is tried again, `charged` being all that count against the trial. */
export function lossCause({ cause, culprit }: Loss, charged: readonly string[]): string {
  switch (culprit) {
    case 'trial':
      return `lost (${charged.length} of ${MAX_LOSSES_IN_A_ROW}): ${oneLine(cause)}`;
    case 'unknown':
      return SHARED + oneLine(cause);
    case 'other':
      return `lost through no fault of its own: ${oneLine(cause)}`;
  }
}

/**
 * The losses of a trial since it last got on. What it lost by itself is charged. What it lost with others, and nobody
 * knows to whom, makes it a suspect: it has a device to itself until it gets on or is charged, so that no two shared
 * losses come in a row, and an innocent pays for none.
 */
export class Losses {
  #charged: string[] = [];
  #isSuspect = false;

  /** Those of earlier runs: a restart neither forgives nor charges twice. `ends` are the trial's, oldest first. */
  constructor(ends: readonly RecordedEnd[] = []) {
    for (const { outcome, cause } of ends) {
      const charged = outcome === 'lost' ? CHARGED.exec(cause ?? '') : null;
      if (charged !== null) this.add({ kind: 'lost', cause: charged[1]!, culprit: 'trial' });
      else if (cause?.startsWith(SHARED)) this.#isSuspect = true;
      // A failed trial that the user tries again starts anew; a stop, a vanished coordinator and another's loss say nothing.
      else if ((outcome !== 'requeued' && outcome !== 'lost') || cause?.startsWith(FAILED)) this.clear();
    }
  }

  /** Causes of the losses charged to the trial, oldest first. */
  get charged(): readonly string[] {
    return this.#charged;
  }

  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  add({ cause, culprit }: Loss): void {
    if (culprit === 'other') return;
    this.#isSuspect = true;
    if (culprit === 'trial') this.#charged.push(oneLine(cause));
  }

  /** The trial finished an epoch: whatever took its device, a long trial on a shaky machine isn't it. */
  clear(): void {
    this.#charged = [];
    this.#isSuspect = false;
  }
}
