/** Commands as processes of their own, and what they leave in the database. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import Database from 'better-sqlite3';
import { BIN, environment } from '../cli/support.ts';
import { ProcessOutput } from '../support/started-process.ts';

/** Eight trials of a fraction of a second each. */
export const TINY_SWEEP = `name: tiny
dataset: { name: sprites-mini, train: 256, validation: 64 }
parameters: { beta: [1, 4], hidden: [[16]], latent_dim: [2, 3] }
train: { epochs: 24, batch_size: 64 }
seeds: 2
`;

/** A command that runs until it ends or is killed, and what it wrote. */
export class Command {
  readonly child: ChildProcess;
  readonly ended: Promise<number | string>;
  readonly #output: ProcessOutput;

  /** `program`: another one than the command. */
  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, program = BIN) {
    this.child = spawn(process.execPath, [program, ...args], {
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#output = new ProcessOutput(this.child);
    this.ended = this.#output.ended.then(({ code, signal }) => code ?? signal!);
    running.add(this);
  }

  get output(): string {
    return this.#output.all;
  }

  /** Resolves once it has written this so many times. */
  says(text: string, times = 1): Promise<void> {
    return this.#output.says(text, times);
  }

  /** Resolves once this holds; it must not end before. */
  until(holds: () => boolean): Promise<void> {
    return this.#output.until(holds);
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
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
