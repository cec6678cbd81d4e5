import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import os from 'node:os';
import type { RedisAddress } from '../queue/redis.ts';
import { readBeatText, thisKernel, writeBeat, type Beat, type Done } from './beat.ts';

export const BEAT_MS = 2_000;

/**
 * A term that this process leads. It renews its beat, the file of this term alone: one that was stopped meanwhile and wakes
 * up writes nothing of its successor's. It has lost the lead once there is a later term, or its beat is not the one it wrote.
 */
export class Leadership {
  readonly term: number;
  readonly #prefix: string;
  readonly #lost = new AbortController();
  #beat: Beat = { leader: randomUUID(), count: 0, host: os.hostname(), pid: process.pid, kernel: thisKernel() };
  #written: string;
  readonly #timer: NodeJS.Timeout;

  /** For one who has made the term's file. */
  constructor(prefix: string, term: number) {
    this.#prefix = prefix;
    this.term = term;
    this.#written = writeBeat(this.#file, this.#beat);
    this.#timer = setInterval(() => this.#renew(), BEAT_MS);
  }

  /** Aborted once another leads. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Where agents find work. */
  announce(redis: RedisAddress): void {
    this.#write({ redis });
  }

  /** Leads no more; another does, unless all is done or stopped. */
  end(how: { readonly done?: Done | undefined; readonly stopped?: boolean } = {}): void {
    clearInterval(this.#timer);
    try {
      if (!this.#isLost()) this.#write({ redis: undefined, ended: true, ...how });
    } catch {
      // What can't be said is told by silence.
    }
  }

  get #file(): string {
    return beatFile(this.#prefix, this.term);
  }

  #renew(): void {
    try {
      if (this.#isLost()) {
        clearInterval(this.#timer);
        this.#lost.abort();
      } else this.#write({});
    } catch {
      // The folder is away: the next beat finds out what became of the term meanwhile.
    }
  }

  #isLost(): boolean {
    return existsSync(termFile(this.#prefix, this.term + 1)) || readBeatText(this.#file) !== this.#written;
  }

  #write(change: Partial<Beat>): void {
    this.#beat = { ...this.#beat, ...change, count: this.#beat.count + 1 };
    this.#written = writeBeat(this.#file, this.#beat);
  }
}

/** Made once, exclusively, by the one who leads the term. Never removed, so that no term is led twice. */
export function termFile(prefix: string, term: number): string {
  return `${prefix}-${term}`;
}

export function beatFile(prefix: string, term: number): string {
  return `${prefix}-${term}.beat`;
}
