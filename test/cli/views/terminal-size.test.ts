/** What is printed on terminals of no size, as `script` and containers give them, and of hardly any. */
import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../../src/text/shell-word.ts';
import { runProgram } from '../../support/run-program.ts';
import { BIN, temporaryFolder, writeSpec } from '../support.ts';

/** Runs the command on a pseudo-terminal of so many columns; lines without their styling. */
function onTerminal(columns: number, args: readonly string[], env: NodeJS.ProcessEnv = {}): string[] {
  const command = [process.execPath, BIN, ...args].map(shellWord).join(' ');
  const { PATH, HOME } = process.env;
  const { stdout } = runProgram('script', ['-qec', `stty cols ${columns}; ${command}`, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, TERM: 'xterm', ...env },
  });
  return stripVTControlCharacters(stdout).split(/\r*\n/);
}

describe.runIf(existsSync('/usr/bin/script'))('a terminal', () => {
  const isLetters = (lines: readonly string[]): boolean =>
    lines.some((line, i) => /^\S$/.test(line) && /^\S?$/.test(lines[i + 1] ?? ''));

  it.each([['--help'], ['plan'], ['run']])('without a size (0 columns): %s is not one letter a line', (command) => {
    const folder = temporaryFolder();
    const args =
      command === '--help' ? [command] : [command, writeSpec(folder), '--slots', '1', '--results', `${folder}/results`];
    const lines = onTerminal(0, args);
    expect(lines.length).toBeGreaterThan(3);
    expect(isLetters(lines)).toBe(false);
    expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(20);
  });

  it('without a size is as wide as COLUMNS says', () => {
    const widest = (COLUMNS: string): number =>
      Math.max(...onTerminal(0, ['--help'], { COLUMNS }).map((line) => line.length));
    expect(widest('60')).toBeLessThanOrEqual(60);
    expect(widest('100')).toBeGreaterThan(80);
  });

  it('of one column is left to break lines itself, and is not redrawn', () => {
    const folder = temporaryFolder();
    const lines = onTerminal(1, ['run', writeSpec(folder), '--slots', '1', '--results', `${folder}/results`]);
    expect(isLetters(lines)).toBe(false);
    expect(lines.some((line) => line.includes('tiny: 2 trials'))).toBe(true);
  });
});
