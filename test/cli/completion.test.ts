/** Completion as the shells ask for it. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { BIN, runCli } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

const command = path.join(path.dirname(BIN), 'sweep');
const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;
const ask = async (...words: string[]): Promise<string[]> => {
  const { stdout } = await runCli(['__complete', '--', ...words]);
  return stdout
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t')[0]!);
};

test('commands, flags, choices, specs, keys and values', async () => {
  expect(await ask('rep')).toEqual(expect.arrayContaining(['report', 'reproduce']));
  expect(await ask('report', '--wh')).toEqual(['--where']);
  expect(await ask('ls', '--wa')).toEqual(['--watch']);
  expect(await ask('report', '--format', 'm')).toEqual(['md']);
  expect(await ask('run', 'smo')).toEqual(['smoke']);
  expect(await ask('run', 'smoke', 'lat')).toEqual(['latent_dim=']);
  expect(await ask('run', 'smoke', 'architecture=mlp,')).toEqual(['architecture=mlp,conv']);
});

test('names, ids and values from the database', async () => {
  const { layout } = await trainedSweep();
  const results = ['--results', layout.root];
  expect(await ask('report', ...results, 'ti')).toEqual(['tiny']);
  expect(await ask('report', ...results, '--where', 'beta=')).toEqual(['beta=1', 'beta=4']);
  expect(await ask('report', ...results, '--where', "'state=c")).toEqual(['state=completed']);
  const [id] = (await ask('show', ...results, '')).filter((word) => /^[0-9a-f]{6}$/.test(word));
  expect(await runCli(['show', id!, ...results])).toMatchObject({ code: 0 });
});

test('a shell is told nothing where there is nothing, or no results that can be read', async () => {
  expect(await ask('nope', 'x')).toEqual(['']);
  expect(await ask('report', '--results', '/dev/null', 'x')).toEqual(['']);
});

test('bash replaces what follows the equals sign', () => {
  const script = `eval "$('${command}' completion bash)"
    for COMP_LINE in 'sweep run smoke architecture=c' 'sweep run smoke latent' 'sweep comp'; do
      COMP_LINE="\${COMP_LINE/sweep/${command}}"; COMP_POINT=\${#COMP_LINE}
      _sweep 2>/dev/null; echo "\${COMPREPLY[*]}"
    done`;
  const { stdout } = runProgram('bash', ['--norc', '-c', script]);
  expect(stdout.trim().split('\n')).toEqual(['conv', 'latent_dim=', 'compare completion']);
});

test.skipIf(!has('fish'))('fish takes the script, and completes', () => {
  const script = `'${command}' completion fish | source; set -p PATH '${path.dirname(command)}'; complete -C 'sweep run smoke architecture='`;
  const { stdout } = runProgram('fish', ['--no-config', '-c', script]);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0]),
  ).toEqual(['architecture=conv', 'architecture=mlp']);
});

test.skipIf(!has('zsh'))('zsh takes the script', () => {
  const script = `autoload -U compinit && compinit -u -D; eval "$('${command}' completion zsh)"; print $_comps[sweep]`;
  const { stdout } = runProgram('zsh', ['-f', '-c', script]);
  expect(stdout.trim()).toBe('_sweep');
});
