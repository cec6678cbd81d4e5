import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { untuned } from './tuning.ts';

/** Debian's interpreter, which sees Debian's packages (setup-peers.sh); the first on the PATH may be another. */
export const PEER_PYTHON = process.env['BENCH_PYTHON'] ?? '/usr/bin/python3';

export const NO_PYTORCH = "PyTorch's best set-up is not known: the probe failed (the reason is told above)";

/** A script in peers/ that answers each line of JSON with one; in between it waits and costs nothing. */
export class PeerProcess {
  readonly #script: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(script: string, settings: object, tuning: Readonly<Record<string, string>> = {}) {
    const file = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
    this.#script = script;
    this.#child = spawn(PEER_PYTHON, [file, JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...untuned(process.env), ...tuning },
    });
    // What can't be started or has died is told by the missing answer.
    this.#child.on('error', () => undefined);
    this.#child.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next answer of the process; its first comes by itself, when it is ready. */
  async answer(): Promise<unknown> {
    const line = await this.#lines.next();
    if (line.done === true) {
      throw new Error(
        `the peer ${this.#script} ended without an answer (are the peers set up? test/bench/setup-peers.sh)`,
      );
    }
    return JSON.parse(line.value);
  }

  ask(question: object): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return this.answer();
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) await once(this.#child, 'exit');
  }
}
