import type { ServerResponse } from 'node:http';
import type { LiveSweep } from './live-sweep.ts';

/** At most four messages a second to each reader. */
export const MESSAGE_INTERVAL_MS = 250;

/**
 * One reader of a sweep's server-sent events. It is told how things are, then what changed since it was last told, when there is something and
 * time: messages are never queued, here or in the socket, so a slow reader gets fewer and larger ones, and costs no memory.
 * Ids are `instance-revision`; one of another instance of the server counts as none.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #sweep: LiveSweep;
  readonly #instance: string;
  #told: number;
  #lastAt = -Infinity;
  #isFull = false;
  #isNew = true;

  constructor(response: ServerResponse, sweep: LiveSweep, instance: string, lastEventId: string | undefined) {
    this.#response = response;
    this.#sweep = sweep;
    this.#instance = instance;
    this.#told = revisionOf(lastEventId, instance, sweep.revision);
    response.on('drain', () => (this.#isFull = false));
    // Browsers ask again by themselves, after this many milliseconds.
    this.#write('retry: 1000\n\n');
  }

  /** `now` in milliseconds, of a clock that only goes forwards. */
  tellIfDue(now: number): void {
    const { revision } = this.#sweep;
    if (this.#isFull || (revision <= this.#told && !this.#isNew) || now - this.#lastAt < MESSAGE_INTERVAL_MS) return;
    const data = JSON.stringify(this.#sweep.since(this.#told, this.#isNew));
    this.#isNew = false;
    this.#told = revision;
    this.#lastAt = now;
    this.#write(`id: ${this.#instance}-${revision}\ndata: ${data}\n\n`);
  }

  /** So that both ends learn of a broken connection. */
  breathe(): void {
    if (!this.#isFull) this.#write(': \n\n');
  }

  #write(text: string): void {
    this.#isFull = !this.#response.write(text);
  }
}

function revisionOf(id: string | undefined, instance: string, latest: number): number {
  const [whose, digits = ''] = id?.split('-') ?? [];
  const revision = /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
  return whose === instance && revision <= latest ? revision : 0;
}
