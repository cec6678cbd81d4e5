import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { isGone, parseBeat, readBeatText, type Beat } from './beat.ts';
import { beatFile, Leadership, termFile } from './leadership.ts';

/** A leader whose beat stands still for so long is taken for dead: longer than servers of files and their caches pause. */
const STALE_MS = 20_000;
/** So often it is looked at meanwhile, by one that may have been stopped itself. */
const STALE_LOOKS = 8;

/** Who leads, as the folder has it. */
export interface Leader {
  /** 0 where nobody ever led. */
  readonly term: number;
  /** Undefined until its first. */
  readonly beat: Beat | undefined;
  /** Nobody leads now: the last one has ended, is gone, or was silent for too long. */
  readonly isVacant: boolean;
}

/**
 * Elects a leader by files in a shared folder, `<prefix>-1`, `<prefix>-2`, …: whoever makes the next one leads that term,
 * and making a file exclusively is for one alone on every file system, without locks. Silence is judged by the watcher's
 * own clock, so that no two machines' clocks need agree.
 */
export class Election {
  readonly #prefix: string;
  readonly #now: () => number;
  readonly #staleMs: number;
  #term = 0;
  #seen = { term: 0, text: '', since: 0, looks: 0 };

  /** `now`: milliseconds that only grow. */
  constructor(prefix: string, now: () => number = () => performance.now(), staleMs = STALE_MS) {
    this.#prefix = prefix;
    this.#now = now;
    this.#staleMs = staleMs;
  }

  look(): Leader {
    const term = this.#lastTerm();
    const text = term === 0 ? '' : this.#read(term);
    const now = this.#now();
    if (this.#seen.term === term && this.#seen.text === text) this.#seen.looks++;
    else this.#seen = { term, text, since: now, looks: 0 };
    const beat = parseBeat(text);
    const isSilent = now - this.#seen.since >= this.#staleMs && this.#seen.looks >= STALE_LOOKS;
    const isVacant = term === 0 || isSilent || (beat !== undefined && (beat.ended === true || isGone(beat)));
    return { term, beat, isVacant };
  }

  /** Leads the term after this vacant one; undefined where another does. */
  claim({ term }: Leader): Leadership | undefined {
    try {
      writeFileSync(termFile(this.#prefix, term + 1), '', { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      throw error;
    }
    // The password of a Redis that is gone; and what a leader that still lives sees that it has lost.
    rmSync(beatFile(this.#prefix, term), { force: true });
    return new Leadership(this.#prefix, term + 1);
  }

  #read(term: number): string {
    try {
      return readBeatText(beatFile(this.#prefix, term));
    } catch (error) {
      // What a file server refuses for a moment says nothing of the leader.
      if (/^(EACCES|EPERM)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
      return this.#seen.term === term ? this.#seen.text : '';
    }
  }

  #lastTerm(): number {
    // Removed with the sweep.
    if (this.#term > 0 && !existsSync(termFile(this.#prefix, this.#term))) this.#term = 0;
    while (existsSync(termFile(this.#prefix, this.#term + 1))) this.#term++;
    return this.#term;
  }
}
