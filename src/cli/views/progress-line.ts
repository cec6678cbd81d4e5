import { formatClock } from '../../render/format.ts';
import { formatCount } from '../../text/format-number.ts';
import { note } from '../output.ts';

const TERMINAL_MS = 200;
/** Where lines stay, a few are enough. */
const LOG_MS = 10_000;

/** How far long work is, on stderr: a line that is written anew on a terminal, elsewhere one every ten seconds. */
export class ProgressLine implements Disposable {
  readonly #what: string;
  readonly #isQuiet: boolean;
  readonly #startedMs = performance.now();
  #saidMs = this.#startedMs;
  #isShown = false;

  /** `what`: `encoding`. */
  constructor(what: string, isQuiet: boolean) {
    this.#what = what;
    this.#isQuiet = isQuiet;
  }

  told(done: number, all: number): void {
    const isTerminal = process.stderr.isTTY;
    const now = performance.now();
    if (this.#isQuiet || now - this.#saidMs < (isTerminal ? TERMINAL_MS : LOG_MS)) return;
    this.#saidMs = now;
    const leftMs = ((now - this.#startedMs) * (all - done)) / done;
    const share = `${formatCount(done)} of ${formatCount(all)}, ${Math.floor((100 * done) / all)} %`;
    const text = `${this.#what} ${share}, about ${formatClock(leftMs)} left`;
    if (!isTerminal) {
      note(text);
      return;
    }
    process.stderr.write(`\r\x1b[K${text}`);
    this.#isShown = true;
  }

  [Symbol.dispose](): void {
    if (this.#isShown) process.stderr.write('\r\x1b[K');
    this.#isShown = false;
  }
}
