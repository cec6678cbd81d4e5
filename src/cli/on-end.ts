import { spawn } from 'node:child_process';
import { messageOf } from '../errors.ts';
import { note } from './output.ts';

/** A command that waits for something must not keep the run's own from ending. */
const MOST_MS = 60_000;

/**
 * What the user wants done once a run has ended, however it did: a command of the shell, with `result` (JSON) on its
 * stdin. What it says goes to stderr. Whatever becomes of it changes nothing of the run.
 */
export function runOnEnd(command: string, result: string, exitCode: number): Promise<void> {
  return new Promise((resolve) => {
    const fails = (why: string): void => {
      note(`--on-end: ${why}`, '!');
      resolve();
    };
    const child = spawn(command, {
      shell: true,
      stdio: ['pipe', process.stderr, process.stderr],
      env: { ...process.env, SWEEP_EXIT_CODE: String(exitCode) },
      timeout: MOST_MS,
      killSignal: 'SIGKILL',
    });
    child.once('error', (error) => fails(messageOf(error)));
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else fails(signal === null ? `the command ended with ${code ?? '?'}` : `the command was ended by ${signal}`);
    });
    // One that doesn't read it.
    child.stdin.on('error', () => undefined);
    child.stdin.end(result);
  });
}
