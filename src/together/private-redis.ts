import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { SweepError } from '../errors.ts';
import { diesWithParent } from '../executor/die-with-parent.ts';
import { findProgram } from '../executor/find-program.ts';

const PROGRAMS = ['redis-server', 'valkey-server'];
/** Another process may take the port that was free a moment ago. */
const TRIES = 5;
const AGAIN_MS = 500;

/** @throws SweepError REDIS where there is none on the PATH */
export function redisProgram(): string {
  for (const name of PROGRAMS) {
    const found = findProgram(name, process.env);
    if (found !== undefined) return found;
  }
  throw new SweepError(
    'REDIS',
    `--together starts a Redis of its own, and neither ${PROGRAMS.join(' nor ')} is on the PATH. Install one ` +
      '(`apt-get install redis-server`, `conda install redis-server`), or start one anywhere and use --redis.',
  );
}

/**
 * A Redis for one run, on a free port of all networks, with a password of its own. It keeps nothing, since it holds nothing
 * that matters, and ends with this process, however that ends. One that dies alone is started again.
 */
export class PrivateRedis implements AsyncDisposable {
  readonly password = randomBytes(24).toString('base64url');
  port = 0;
  readonly #onLog: (message: string) => void;
  #process: ChildProcess | undefined;
  #isClosed = false;

  private constructor(onLog: (message: string) => void) {
    this.#onLog = onLog;
  }

  /** @throws SweepError REDIS where it does not start */
  static async start(onLog: (message: string) => void): Promise<PrivateRedis> {
    const redis = new PrivateRedis(onLog);
    for (let tries = 1; ; tries++) {
      redis.port = await freePort();
      const trouble = await redis.#start();
      if (trouble === undefined) return redis;
      if (tries === TRIES) throw new SweepError('REDIS', `${redisProgram()} does not start: ${trouble}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Resolves once it answers; with its last words where it ends instead. */
  async #start(): Promise<string | undefined> {
    const [command, ...args] = [...blocksSignals(), ...diesWithParent(), redisProgram(), '-'];
    // A group of its own: Ctrl-C is for the run, which saves through this Redis.
    const child = spawn(command, args, { detached: true, cwd: os.tmpdir(), stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process = child;
    // By its standard input: command lines are read by everybody.
    child.stdin.on('error', () => undefined).end(this.#settings());
    child.stderr.resume();
    return new Promise((resolve) => {
      let said = '';
      const listen = (text: Buffer): void => {
        said = `${said}${String(text)}`.slice(-4_000);
        if (!said.includes('Ready to accept connections')) return;
        child.stdout.off('data', listen).resume();
        child.once('exit', () => void this.#startAgain());
        resolve(undefined);
      };
      child.stdout.on('data', listen);
      child.once('error', ({ message }) => resolve(message));
      child.once('exit', () => resolve(said.trim().split('\n').at(-1) ?? ''));
    });
  }

  async #startAgain(): Promise<void> {
    while (!this.#isClosed) {
      this.#onLog('its Redis ended, and is started again: nothing that matters was in it');
      if ((await this.#start()) === undefined) break;
      await delay(AGAIN_MS);
    }
    if (this.#isClosed) await this[Symbol.asyncDispose]();
  }

  #settings(): string {
    const lines = [`port ${this.port}`, `requirepass ${this.password}`, 'save ""', 'appendonly no', 'daemonize no'];
    return `${lines.join('\n')}\nmaxmemory-policy noeviction\nloglevel notice\nlogfile ""\n`;
  }
}

let blocking: readonly string[] | undefined;

/**
 * Batch systems send SIGTERM to every process of a task, and this one must outlast those who save through it. Redis handles
 * the signal whatever it was before, but leaves it blocked where it is. Of coreutils; where there is none, nothing.
 */
function blocksSignals(): readonly string[] {
  if (blocking === undefined) {
    const command = ['env', '--block-signal=TERM', '--block-signal=INT', '--block-signal=HUP'];
    const works = spawnSync(command[0]!, [...command.slice(1), 'true']).status === 0;
    blocking = works ? command : [];
  }
  return blocking;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
