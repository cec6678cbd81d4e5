import { createInterface } from 'node:readline/promises';
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
    return /^y(es)?$/i.test((await terminal.question(`${printable(question)} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
