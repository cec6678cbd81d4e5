import { spawn } from 'node:child_process';
import { messageOf } from '../errors.ts';
import { note } from './output.ts';

/** What waits for something must not keep the run from ending. */
const MOST_MS = 60_000;

/**
 * Tells whom the user wants told that a run has ended, however it did: `target` is a command of the shell, which has
 * `result` (JSON) on its stdin, or a web address, to which it is posted. Whatever becomes of it changes nothing of the run.
 */
export async function tellOfEnd(target: string, result: string, exitCode: number): Promise<void> {
  try {
    await (/^https?:\/\//.test(target) ? postTo(target, result) : runCommand(target, result, exitCode));
  } catch (error) {
    note(`--on-end: ${messageOf(error)}`, '!');
  }
}

/** The address may be a secret: no error names it. */
async function postTo(address: string, result: string): Promise<void> {
  let answer: Response;
  try {
    const headers = { 'content-type': 'application/json' };
    answer = await fetch(address, { method: 'POST', headers, body: result, signal: AbortSignal.timeout(MOST_MS) });
  } catch (error) {
    throw new Error(`the address can't be reached: ${messageOf((error as Error).cause ?? error)}`, { cause: error });
  }
  if (!answer.ok) throw new Error(`the address answers ${answer.status} ${answer.statusText}`.trim());
}

/** What it says goes to stderr. */
function runCommand(command: string, result: string, exitCode: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      shell: true,
      stdio: ['pipe', process.stderr, process.stderr],
      env: { ...process.env, SWEEP_EXIT_CODE: String(exitCode) },
      timeout: MOST_MS,
      killSignal: 'SIGKILL',
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`the command ${signal === null ? `ended with ${code ?? '?'}` : `was ended by ${signal}`}`));
    });
    // One that doesn't read it.
    child.stdin.on('error', () => undefined);
    child.stdin.end(result);
  });
}
