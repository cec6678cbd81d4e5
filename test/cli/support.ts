/** Runs the real command, in this process or one of its own, and builds the events of synthetic runs. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { SchedulerEvent } from '../../src/scheduler/events.ts';
import type { SweepSnapshot } from '../../src/store/read-model.ts';
import { command } from '../support/command.ts';
import { ProcessOutput } from '../support/started-process.ts';

export const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** The command's environment: nothing of the caller's that would change what it prints. */
export function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE, TZ: 'UTC', ...more };
}

/** Runs the command in a process of its own, which is gone when the test is. */
export function startCli(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  user: { readonly uid?: number; readonly gid?: number } = {},
): { child: Child; output: ProcessOutput; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(env),
    ...user,
  });
  const output = new ProcessOutput(child);
  const ended = output.ended.then((end) => ({ ...end, stdout: output.stdout, stderr: output.stderr }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output, ended };
}

/** Whether a line of `--json` tells of this. */
export function isEvent(type: string): (line: string) => boolean {
  return (line) => (JSON.parse(line) as { type: string }).type === type;
}

let lastCommand: Promise<unknown> = Promise.resolve();

/**
 * Runs the command in this process, which takes a fraction of the time that one of its own takes, in the same environment.
 * One after another. What needs a process (signals, limits, standard input, the entry) starts one.
 */
export function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  // Told by the entry.
  if (args.includes('--version')) return startCli(args, env).ended;
  const run = async (): Promise<Ended> => {
    const before = { ...process.env };
    replaceEnvironment(environment(env));
    try {
      return { ...(await command(...args)), signal: null };
    } finally {
      replaceEnvironment(before);
    }
  };
  const ended = lastCommand.then(run);
  lastCommand = ended.catch(() => undefined);
  return ended;
}

function replaceEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
}

/** A folder that goes when the test does. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sweep-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Two trials that train in a fraction of a second on built-in data. */
export const TINY_SPEC = `name: tiny
dataset: { name: sprites-mini, train: 128, validation: 64 }
parameters:
  beta: [1, 4]
  hidden: [8]
  latent_dim: 2
train: { epochs: 2, batch_size: 64 }
`;

export function writeSpec(folder: string, text = TINY_SPEC): string {
  const file = path.join(folder, 'spec.yaml');
  writeFileSync(file, text);
  return file;
}

export const START = new Date('2026-11-21T10:00:00Z');

/** Stamps happenings one second apart. */
export function eventsOf(...happenings: readonly Happening[]): SchedulerEvent[] {
  return happenings.map((happening, index) => ({ at: new Date(START.getTime() + 1000 * (index + 1)), ...happening }));
}

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'at'> : never;
export type Happening = WithoutTime<SchedulerEvent>;

export function planned(snapshot: SweepSnapshot): Happening {
  const { length } = snapshot.trials;
  const change = { created: true, added: length, reused: 0, kept: 0, dropped: 0, recovered: 0, retried: 0 };
  return { type: 'planned', change, snapshot };
}

export function devices(capacity: number): Happening {
  const device = { label: 'cpu', slots: capacity, busy: 0, healthy: true, pid: 1 };
  return { type: 'devices', capacity, devices: [device] };
}
