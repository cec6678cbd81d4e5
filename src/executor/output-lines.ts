import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

const MAX_LINE_LENGTH = 2000;
const MAX_LINES = 1000;
const TAIL_LINES = 20;
/** Crashes end with stack traces, addresses and versions; what went wrong is said before them. */
const TELLING = /error|fatal|terminate|what\(\)|abort|assert|failed|out of memory/i;
/** A line of a trace through native code, which names functions such as `node::Assert`. */
const FRAME = /^ *\d+: 0x[\da-f]+ /;

/** Hands a process's output on line by line. A flood is cut: long lines, and all lines after the first thousand. */
export class OutputLines {
  readonly #onLine: (line: string) => void;
  #partial = '';
  #count = 0;
  readonly #tail: string[] = [];

  constructor(stream: Readable, onLine: (line: string) => void) {
    this.#onLine = onLine;
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => this.#take(chunk));
    stream.on('end', () => this.#line(this.#partial));
  }

  /** Of the last lines, the one that most likely says why the process ended; also when lines are no longer handed on. */
  get reason(): string | undefined {
    const lines = this.#tail.filter((line) => !FRAME.test(line));
    return lines.findLast((line) => TELLING.test(line)) ?? lines.at(-1);
  }

  #take(chunk: string): void {
    const lines = (this.#partial + chunk).split(/\r?\n/);
    this.#partial = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    for (const line of lines) this.#line(line);
  }

  #line(text: string): void {
    const line = stripVTControlCharacters(text).trimEnd().slice(0, MAX_LINE_LENGTH);
    if (line === '') return;
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    this.#count++;
    if (this.#count <= MAX_LINES) this.#onLine(line);
    else if (this.#count === MAX_LINES + 1)
      this.#onLine(`(more than ${MAX_LINES} lines of output; the rest is dropped)`);
  }
}

/** Any text as one line of moderate length, for messages that quote it and for a trial's cause. */
export function oneLine(text: string): string {
  const line = stripVTControlCharacters(text).trim().replace(/\s+/g, ' ');
  return line.length > 500 ? `${line.slice(0, 499)}…` : line;
}
