/**
 * A page whose programs are run as they stand. A block of `py` or `yaml` that begins with `# NAME` is that file; in a
 * `console` block each line from `$ ` on is a command, and what follows it its output.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PEER_PYTHON } from '../bench/peer-process.ts';
import { ROOT } from './markdown.ts';

/** Runs it all in `folder`, in its order; the page with the outputs of this run. @throws Error for a command that fails */
export function runPage(markdown: string, folder: string, told: (command: string) => void): string {
  return markdown.replace(/^```(\S+)\n(.*?)^```$/gms, (block, language: string, text: string) => {
    const [, file] = /^# ([\w-]+\.(?:py|yaml))\n/.exec(text) ?? [];
    if (file !== undefined) writeFileSync(path.join(folder, file), text);
    if (language !== 'console') return block;
    const outputs = commandsOf(text).map((command) => {
      told(command);
      return `$ ${command}\n${runCommand(command, folder)}`;
    });
    return `\`\`\`console\n${outputs.join('')}\`\`\``;
  });
}

function commandsOf(text: string): string[] {
  return [...text.matchAll(/^\$ (.+)$/gm)].map(([, command]) => command!);
}

/** As in a terminal of 100 columns; `sweep` is this checkout's, `python3` the one that has scikit-learn. */
function runCommand(command: string, folder: string): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      SWEEP_RESULTS: undefined,
      COLUMNS: '100',
      PATH: `${programs(folder)}:${process.env['PATH']}`,
    },
  });
  if (status !== 0) throw new Error(`${command}\nended with ${status}:\n${stdout}${stderr}`);
  return stdout.replace(/[ \t]+$/gm, '').replace(/\n*$/, stdout === '' ? '' : '\n');
}

function programs(folder: string): string {
  const bin = path.join(folder, '.bin');
  if (mkdirSync(bin, { recursive: true }) !== undefined) {
    symlinkSync(path.join(ROOT, 'src/cli/sweep'), path.join(bin, 'sweep'));
    symlinkSync(PEER_PYTHON, path.join(bin, 'python3'));
  }
  return bin;
}
