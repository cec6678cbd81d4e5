/** Real processes for the store's tests: they run a script of `children/` and speak in lines. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly process: ChildProcess;
  /** Every line it wrote to stdout so far. */
  readonly lines: readonly string[];
  /** The next line that was not asked for yet; undefined after the last one. */
  nextLine(): Promise<string | undefined>;
  /** Writes a line to its stdin. */
  say(line: string): void;
  /** Sends SIGKILL, then waits until the process is gone and all it wrote has been read. */
  kill(): Promise<void>;
  /** Waits until the process is gone and all it wrote has been read. */
  end(): Promise<void>;
}

/** Starts `children/<script>` with arguments; `shell` may wrap it, e.g. to set limits. */
export function startChild(script: string, args: readonly string[], shell = 'exec "$@"'): Child {
  const command = [process.execPath, path.join(import.meta.dirname, 'children', script), ...args];
  const child = spawn('sh', ['-c', shell, 'sh', ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const gone = Promise.all([once(child, 'close'), once(reader, 'close')]);
  let read = 0;
  const nextLine = async (): Promise<string | undefined> => {
    while (read === lines.length && child.stdout.readable) {
      await Promise.race([once(reader, 'line'), gone]);
    }
    return lines[read++];
  };
  const say = (line: string): void => void child.stdin.write(`${line}\n`);
  const end = async (): Promise<void> => {
    await gone;
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  return { process: child, lines, nextLine, say, kill, end };
}
