/** Commands as processes, all of which bear one mark, so that what is left of them is found. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './checks.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const MARK = { name: 'VAE_SWEEP_LONG_LOOP', value: randomUUID() };

/** What it says on stderr must tell of no bug. `wrapper`: a command that becomes it. */
export function startSweep(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  { wrapper = [], isQuiet = true }: { readonly wrapper?: readonly string[]; readonly isQuiet?: boolean } = {},
): ChildProcess {
  const quiet = isQuiet ? ['--quiet'] : [];
  const [command, ...rest] = [...wrapper, process.execPath, 'src/cli/bin.js', ...args, ...quiet];
  const child = spawn(command!, rest, {
    cwd: PROJECT,
    env: { ...process.env, ...env, [MARK.name]: MARK.value },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.on('data', (text: Buffer) => {
    const said = text.toString();
    check('no trouble is taken for a bug', !/bug in sweep|\n {4}at /.test(said), said);
  });
  return child;
}

/** Of a person on a machine that shares nothing with others. */
export function homeIn(folder: string, name: string): NodeJS.ProcessEnv {
  const home = path.join(folder, name);
  mkdirSync(path.join(home, 'tmp'), { recursive: true });
  return { HOME: home, TMPDIR: path.join(home, 'tmp'), XDG_CACHE_HOME: undefined };
}

/** The exit code; null where a signal ended it. */
export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('close', resolve));
}

/** Processes of ours that run, and all that they have started. */
export function marked(): string[] {
  const mark = `${MARK.name}=${MARK.value}`;
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark);
    } catch {
      return false;
    }
  });
}
