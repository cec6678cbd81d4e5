import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { SweepError } from '../errors.ts';
import { printable } from '../text/printable.ts';

/**
 * Whether the user agrees, asked on the terminal unless `--yes` says so already.
 * @throws SweepError USAGE where there is nobody to ask
 */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new SweepError('USAGE', `${question} There is no terminal to ask at: add --yes.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    terminal.setPrompt(`${printable(question)} [y/N] `);
    terminal.prompt();
    // Ctrl-D and Ctrl-C close it, and are no answer to a question of Node's own.
    const [line = ''] = (await Promise.race([once(terminal, 'line'), once(terminal, 'close')])) as [string?];
    return /^y(es)?$/i.test(line.trim());
  } finally {
    terminal.close();
  }
}
