/** The commands' own help, each without what all have in common, which comes once at the end. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './markdown.ts';

const COLUMNS = '100';
const EVERYWHERE = /\n\nEverywhere:\n[^]*?(?=\n\n|\n*$)/;

export async function commandPages(): Promise<string> {
  const [general = '', ...pages] = await helpTexts();
  const sections = pages.map((text) => {
    const name = /^sweep ([a-z]+)/.exec(text)?.[1];
    if (name === undefined) throw new Error(`a command's help begins with its usage: ${text.slice(0, 40)}`);
    return `### \`sweep ${name}\`\n\n\`\`\`text\n${text.replace(EVERYWHERE, '').trim()}\n\`\`\`\n`;
  });
  const [everywhere] = EVERYWHERE.exec(general) ?? [];
  return [...sections, `### Flags of every command\n\n\`\`\`text\n${everywhere!.trim()}\n\`\`\`\n`].join('\n');
}

/** Of the program, then of each command: from one process, for which there is no terminal to fit into. */
async function helpTexts(): Promise<string[]> {
  const env = { ...process.env, COLUMNS, NO_COLOR: '1', FORCE_COLOR: undefined };
  const script = path.join(import.meta.dirname, 'print-help.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: ROOT, env });
  return stdout.split('\f');
}
