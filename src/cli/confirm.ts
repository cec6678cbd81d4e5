import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { SweepError } from '../errors.ts';
import { printable } from '../text/printable.ts';

/**
 * Whether the user agrees, asked on the terminal unless `--yes` says so already.
 * @throws SweepError USAGE where there is nobody to ask
 */
export async function confirm(
  question: string,
  yes: boolean,
  { stdin: input, stderr: output }: Pick<typeof process, 'stdin' | 'stderr'> = process,
): Promise<boolean> {
  if (yes) return true;
  if (!input.isTTY || !output.isTTY) {
    throw new SweepError('USAGE', `${question} There is no terminal to ask at: add --yes.`);
  }
  const terminal = createInterface({ input, output });
  try {
    terminal.setPrompt(`${printable(question)} [y/N] `);
    terminal.prompt();
    // Ctrl-D and Ctrl-C close it, and are no answer to a question of Node's own.
    const [line] = (await Promise.race([once(terminal, 'line'), once(terminal, 'close')])) as [string?];
    if (line === undefined) output.write('\n');
    return /^y(es)?$/i.test(line?.trim() ?? '');
  } finally {
    terminal.close();
  }
}
