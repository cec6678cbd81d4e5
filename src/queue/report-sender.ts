import type { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import type { TrialEvent } from '../trial/event.ts';
import { runBox } from './keys.ts';
import { post } from './mailbox.ts';
import type { ExecutionEnd, Report, Telling } from './messages.ts';

/** How often a coordinator hears how far a trial is: 64 of them must not keep it busy. */
const PROGRESS_EVERY_MS = 2_000;
/** Redis has no room. It is asked again, while training goes on. */
const FULL_RETRY_MS = 1_000;
const MOST_NEWS = 1_000;
/** No message is longer, but for one long report: the histories of all that an agent goes on with would come to too much. */
const LONG = 2 ** 20;

/**
 * Tells a run of its executions here. What comes while a message is on its way goes together into the next one, so the
 * busier it is, the less each costs.
 */
export class ReportSender {
  readonly #redis: Redis;
  readonly #box: string;
  readonly #unsent = new Map<string, Telling[]>();
  /** Who waits until an execution's outcome is told. */
  readonly #waiting = new Map<string, () => void>();
  readonly #released = new Set<string>();
  readonly #numbers = new Map<string, number>();
  readonly #progressAt = new Map<string, number>();
  readonly #progressEveryMs: number;
  #isSending = false;

  constructor(redis: Redis, runId: string, progressEveryMs = PROGRESS_EVERY_MS) {
    this.#redis = redis;
    this.#box = runBox(runId);
    this.#progressEveryMs = progressEveryMs;
  }

  event(execution: string, event: TrialEvent): void {
    // The lease says that it lives.
    if (event.type === 'alive') return;
    if (event.type === 'progress') {
      const now = performance.now();
      if (now - (this.#progressAt.get(execution) ?? -Infinity) < this.#progressEveryMs) return;
      this.#progressAt.set(execution, now);
    }
    this.#of(execution).push({ event });
    void this.#send();
  }

  /** The last of an execution. Resolves once Redis has it, or nobody waits for that. */
  async outcome(execution: string, outcome: ExecutionEnd): Promise<void> {
    this.#of(execution).push({ outcome });
    const told = Promise.withResolvers<undefined>();
    if (!this.#released.has(execution)) this.#waiting.set(execution, () => told.resolve(undefined));
    else told.resolve(undefined);
    void this.#send();
    await told.promise;
  }

  /** Nobody waits until its outcome is told: that may be when a connection is back. */
  release(execution: string): void {
    this.#released.add(execution);
    this.#waiting.get(execution)?.();
  }

  /** Says nothing more of it, but for what is on its way. */
  forget(execution: string): void {
    this.#waiting.get(execution)?.();
    for (const one of [this.#unsent, this.#waiting, this.#numbers, this.#progressAt, this.#released])
      one.delete(execution);
  }

  #of(execution: string): Telling[] {
    const unsent = this.#unsent.get(execution) ?? [];
    this.#unsent.set(execution, unsent);
    return unsent;
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#unsent.size > 0) {
      const taken = [...this.#unsent];
      this.#unsent.clear();
      const reports = taken.flatMap(([execution, news]) => this.#inParts(execution, news));
      for (const message of inMessages(reports)) await this.#post(message);
      for (const [execution, news] of taken) {
        if (news.some((item) => 'outcome' in item)) this.forget(execution);
      }
    }
    this.#isSending = false;
  }

  #inParts(execution: string, news: readonly Telling[]): Report[] {
    const first = this.#numbers.get(execution) ?? 0;
    const parts = Array.from({ length: Math.ceil(news.length / MOST_NEWS) }, (_, i) => ({
      execution,
      number: first + i,
      news: news.slice(i * MOST_NEWS, (i + 1) * MOST_NEWS),
    }));
    this.#numbers.set(execution, first + parts.length);
    return parts;
  }

  async #post(reports: readonly Report[]): Promise<void> {
    for (;;) {
      try {
        await post(this.#redis, this.#box, reports);
        return;
      } catch {
        // What is missing then is seen by its number.
        if (this.#redis.status === 'end') return;
        await delay(FULL_RETRY_MS);
      }
    }
  }
}

function inMessages(reports: readonly Report[]): Report[][] {
  const messages: Report[][] = [];
  let length = LONG;
  for (const report of reports) {
    const own = JSON.stringify(report).length;
    if (length + own > LONG) {
      messages.push([]);
      length = 0;
    }
    messages.at(-1)!.push(report);
    length += own;
  }
  return messages;
}
