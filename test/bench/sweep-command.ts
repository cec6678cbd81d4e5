import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench-case.ts';

export const SWEEP = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));

/** A line of `sweep run --json`; the fields that cases read. */
export interface SweepEvent {
  readonly type: string;
  readonly at: string;
  readonly devices?: readonly { readonly pid: number }[];
  /** Of an event `finished`, `requeued` or `test_failed`: why the trial did not complete. */
  readonly cause?: string | null;
}

export interface SweepCommand {
  readonly folder: string;
  /** Of the coordinator, which is the process of `sweep run` itself. */
  readonly pid: number;
  /** Ends the coordinator at once, and with it its device processes; no event comes after that. */
  readonly kill: () => void;
}

export interface SweepOptions {
  readonly spec: object;
  readonly slots: number;
  readonly onEvent?: (event: SweepEvent, command: SweepCommand) => void;
  /** Results folder; by default a new one. */
  readonly folder?: string;
}

/** Runs a sweep as a user does, by `sweep run SPEC --json` on the CPU. Resolves with the seconds it took. */
export async function runSweepCommand(
  bench: Bench,
  options: SweepOptions,
): Promise<{ folder: string; seconds: number }> {
  const folder = options.folder ?? (await bench.temporaryFolder());
  // YAML takes JSON as it is.
  const specFile = path.join(folder, 'spec.yaml');
  await writeFile(specFile, JSON.stringify(options.spec));
  const flags = ['--json', '--device', 'cpu', '--slots', String(options.slots), '--results', folder];
  if (bench.dataDir !== undefined) flags.push('--data', bench.dataDir);
  const startedMs = performance.now();
  const child = spawn(process.execPath, [SWEEP, 'run', specFile, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const kill = (): void => void child.kill('SIGKILL');
  let cause = '';
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as SweepEvent;
    cause = event.cause ?? cause;
    if (!child.killed) options.onEvent?.(event, { folder, pid: child.pid!, kill });
  }
  const [code] = await exited;
  if (code !== 0 && !child.killed) throw new Error(`sweep run exited with ${code ?? 'a signal'} ${cause}`);
  return { folder, seconds: (performance.now() - startedMs) / 1000 };
}
