/** Commands as processes of their own, and what they leave in the database. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import Database from 'better-sqlite3';
import { BIN, environment } from '../cli/support.ts';
import { isAlive, until } from '../fixtures/executor-processes.ts';

/** Eight trials of a second or two. */
export const TINY_SWEEP = `name: tiny
dataset: { name: sprites-mini, train: 256, validation: 64 }
parameters: { beta: [1, 4], hidden: [[16]], latent_dim: [2, 3] }
train: { epochs: 60, batch_size: 64 }
seeds: 2
`;

/** A command that runs until it ends or is killed, and what it wrote. */
export class Command {
  readonly child: ChildProcess;
  output = '';
  readonly ended: Promise<number | string>;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [BIN, ...args], { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (text) => (this.output += String(text)));
    this.ended = once(this.child, 'close').then(([code, signal]) => (code as number | null) ?? (signal as string));
    running.add(this);
  }

  /** Resolves once it has written this so many times. */
  async says(text: string, times = 1): Promise<void> {
    const count = (): number => this.output.split(text).length - 1;
    await until(() => count() >= times || !this.isAlive);
    if (count() < times) throw new Error(`ended without it:\n${this.output}`);
  }

  get isAlive(): boolean {
    return isAlive(this.child.pid!);
  }
}

const running = new Set<Command>();

/** Ends all that were started; for `afterEach`. */
export async function endCommands(): Promise<void> {
  for (const { child } of running) child.kill('SIGCONT');
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all([...running].map(({ ended }) => ended));
  running.clear();
}

/** What a sweep comes to, to the last bit. */
export function table(results: string): unknown[] {
  const db = new Database(path.join(results, 'sweeps.db'), { readonly: true });
  try {
    return db.prepare('SELECT trial, state, elbo, kl, reconstruction FROM v_trials ORDER BY trial').all();
  } finally {
    db.close();
  }
}

/** Attempts that completed their trial, by trial: one each. */
export function completions(results: string): number[] {
  const db = new Database(path.join(results, 'sweeps.db'), { readonly: true });
  try {
    return db
      .prepare<[], number>(`SELECT count(*) FROM attempts WHERE outcome = 'completed' GROUP BY trial_key`)
      .pluck()
      .all();
  } finally {
    db.close();
  }
}
