import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What a process writes to its stdout and stderr, and its end. Whoever waits for a line fails at once where the process
 * ends without it: a test that would wait for what can't come any more costs minutes, and its retry as many.
 */
export class ProcessOutput {
  stdout = '';
  stderr = '';
  /** Both, in the order in which they arrived. */
  all = '';
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  #read = 0;
  #isOver = false;
  #news = Promise.withResolvers<undefined>();

  constructor(child: ChildProcess) {
    for (const name of ['stdout', 'stderr'] as const) {
      const stream: Readable | null = child[name];
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
        this.all += text;
        this.#tell();
      });
    }
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#isOver = true;
        this.#tell();
        resolve({ code, signal });
      });
    });
  }

  /** The next line of stdout that fits, after the last one that was asked for. */
  async line(fits: (line: string) => boolean = () => true): Promise<string> {
    for (;;) {
      for (let end; (end = this.stdout.indexOf('\n', this.#read)) >= 0;) {
        const line = this.stdout.slice(this.#read, end);
        this.#read = end + 1;
        if (fits(line)) return line;
      }
      await this.#more('the line that is waited for');
    }
  }

  /** Resolves once either stream has had this so many times. */
  async says(text: string, times = 1): Promise<void> {
    while (this.all.split(text).length <= times) await this.#more(`${text}, ${times} times`);
  }

  /** Resolves once this holds: for what is told by no word of it. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#isOver) throw new Error(`It ended before ${holds.toString()}:\n${this.all}`);
      await delay(10);
    }
  }

  #tell(): void {
    this.#news.resolve(undefined);
    this.#news = Promise.withResolvers();
  }

  async #more(what: string): Promise<void> {
    if (this.#isOver) throw new Error(`It ended without ${what}:\n${this.all}`);
    await this.#news.promise;
  }
}
