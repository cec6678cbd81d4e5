/** Issue 10, line 21: SIGUSR1, which batch systems send before a time limit, never opens Node's inspector. */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { BIN, temporaryFolder, writeSpec } from './support.ts';

/** Sends the signal to the process itself at the moment that it loads a module, and leaves the inspector time to open. */
const signalledOnLoadOf = (module: string): string[] => {
  const source = `import { registerHooks } from 'node:module';
    registerHooks({
      load(url, context, nextLoad) {
        if (url.endsWith('/src/${module}')) {
          process.kill(process.pid, 'SIGUSR1');
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
        }
        return nextLoad(url, context);
      },
    });`;
  return ['--import', `data:text/javascript,${encodeURIComponent(source)}`];
};

const MODULES = ['cli/main.ts', 'cli/run.ts', 'sweep.ts'];
const runs = MODULES.map((module) => ['run', module] as const);
const others = ['plan', 'status', 'report', 'logs', 'data', 'doctor'].map(
  (command) => [command, `cli/${command}.ts`] as const,
);

it.runIf(process.platform !== 'win32').each([...runs, ...others])(
  '%s opens no inspector where SIGUSR1 comes while %s loads',
  (command, module) => {
    const folder = temporaryFolder();
    const words = command === 'run' || command === 'plan' ? [command, writeSpec(folder)] : [command];
    const args = [...signalledOnLoadOf(module), BIN, ...words, '--results', folder];
    const { status, stderr } = runProgram(process.execPath, args);
    expect(stderr).not.toMatch(/debugger|inspector/i);
    // A short answer may be complete before the signal is heard.
    if (command === 'run') expect(status).toBe(128 + constants.signals.SIGUSR1);
    else expect(status).not.toBeNull();
  },
);

it.runIf(process.platform !== 'win32')('nor does a device process where it comes while that one loads', () => {
  const folder = temporaryFolder();
  const results = path.join(folder, 'results');
  const args = [BIN, 'run', writeSpec(folder), '--device', 'cpu', '--slots', '1', '--results', results];
  const env = { ...process.env, NODE_OPTIONS: signalledOnLoadOf('executor/device-host.ts').join(' ') };
  const { status, stderr } = runProgram(process.execPath, args, { env });
  expect(stderr).not.toMatch(/debugger|inspector/i);
  expect(status).toBe(0);
  expect(readFileSync(path.join(results, 'tiny', 'sweep.log'), 'utf8')).not.toMatch(/debugger|inspector/i);
});
