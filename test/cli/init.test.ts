/** `sweep init`, in folders of its own. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli, temporaryFolder } from './support.ts';

const specIn = (folder: string): string => path.join(folder, 'sweeps', 'first.yaml');

test('what it writes is planned without a warning, and names the schema that editors read', async () => {
  const folder = path.join(temporaryFolder(), 'new');
  const made = await runCli(['init', folder]);
  expect(made).toMatchObject({ code: 0 });
  expect(made.stdout).toContain(specIn(folder));
  expect(made.stderr).toContain('sweep run first');
  const plan = await runCli(['plan', specIn(folder), '--json', '--results', path.join(folder, 'results')]);
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(plan.stdout)).toMatchObject({ sweep: 'first', warnings: [], trials: { total: 8 } });
  const [, schema] = /\$schema=(.+)/.exec(readFileSync(specIn(folder), 'utf8'))!;
  expect(existsSync(path.resolve(folder, 'sweeps', schema!))).toBe(true);
});

test('nothing is overwritten', async () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'sweeps'));
  writeFileSync(specIn(folder), 'mine');
  const { code, stdout, stderr } = await runCli(['init', folder]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('nothing is overwritten');
  expect(readFileSync(specIn(folder), 'utf8')).toBe('mine');
});

test('Git leaves the results out, told once, below what stands there', async () => {
  const folder = temporaryFolder();
  execFileSync('git', ['init', '-q', folder]);
  writeFileSync(path.join(folder, '.gitignore'), 'a');
  const { stdout } = await runCli(['init', folder, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ gitignore: path.join(folder, '.gitignore') });
  expect(readFileSync(path.join(folder, '.gitignore'), 'utf8')).toBe('a\n/results/\n');
  const within = path.join(folder, 'sub');
  writeFileSync(path.join(folder, '.gitignore'), 'results\n');
  expect(JSON.parse((await runCli(['init', within, '--json'])).stdout)).toMatchObject({ gitignore: null });
  expect(existsSync(path.join(within, '.gitignore'))).toBe(false);
});

test('what is begun and can not be finished stands in nobody’s way', async () => {
  const folder = temporaryFolder();
  execFileSync('git', ['init', '-q', folder]);
  mkdirSync(path.join(folder, '.gitignore'));
  const { code, stderr } = await runCli(['init', folder]);
  expect(stderr).toContain("Can't write");
  expect(code).toBe(2);
  rmdirSync(path.join(folder, '.gitignore'));
  expect(await runCli(['init', folder])).toMatchObject({ code: 0 });
});
