/** `sweep rm` on real results. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/sqlite-store.ts';
import { runCli, TINY_SPEC } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

interface Trials {
  readonly trials: readonly { trial: string }[];
}

async function open() {
  const { folder, spec, layout } = await trainedSweep();
  const sweep = (...args: string[]) => runCli([...args, '--results', layout.root]);
  const trials = async (): Promise<string[]> =>
    (JSON.parse((await sweep('show', 'tiny', '--json')).stdout) as Trials).trials.map(({ trial }) => trial);
  return { folder, spec, layout, sweep, trials };
}

test('it is asked first: without a terminal nothing goes unless --yes', async () => {
  const { sweep, trials, layout } = await open();
  const { code, stdout, stderr } = await sweep('rm', 'tiny');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/Remove tiny: 2 trials, .*B of files\?.*--yes/);
  expect(await trials()).toHaveLength(2);
  expect(existsSync(layout.lock('tiny'))).toBe(true);
});

test('a sweep goes with its rows and files, and runs anew afterwards', async () => {
  const { sweep, spec, layout } = await open();
  const removed = await sweep('rm', 'tiny', '--yes');
  expect(removed).toMatchObject({ code: 0, stderr: '' });
  expect(removed.stdout).toMatch(/^Removed tiny: 2 trials/);
  expect(existsSync(layout.sweep('tiny'))).toBe(false);
  expect(await sweep('report', 'tiny')).toMatchObject({ code: 4 });
  const plan = JSON.parse((await sweep('plan', spec, '--json')).stdout) as object;
  expect(plan).toMatchObject({ trials: { total: 2, to_run: 2, finished: 0 } });
});

test('a trial goes alone, and the plan has it to train', async () => {
  const { sweep, spec, layout, trials } = await open();
  const [first, second] = await trials();
  expect(await sweep('rm', first!, '--yes')).toMatchObject({ code: 0 });
  expect(await trials()).toEqual([second]);
  expect(existsSync(layout.trial('tiny', first!))).toBe(false);
  expect(existsSync(layout.files('tiny', second!).path('weights'))).toBe(true);
  const plan = JSON.parse((await sweep('plan', spec, '--json')).stdout) as object;
  expect(plan).toMatchObject({ trials: { to_run: 1, finished: 1 } });
});

test('what the user put there stays, and no link is followed', async () => {
  const { folder, sweep, layout, trials } = await open();
  const [linked, noted] = await trials();
  const elsewhere = path.join(folder, 'elsewhere');
  cpSync(layout.trial('tiny', linked!), elsewhere, { recursive: true });
  const files = readdirSync(elsewhere);
  writeFileSync(path.join(layout.trial('tiny', noted!), 'notes.txt'), 'mine');
  symlinkSync(elsewhere, path.join(layout.sweep('tiny'), 'link'));
  const { code, stderr } = await sweep('rm', 'tiny', '--yes');
  expect(code).toBe(0);
  expect(stderr).toContain('Kept');
  expect(readFileSync(path.join(layout.trial('tiny', noted!), 'notes.txt'), 'utf8')).toBe('mine');
  expect(readdirSync(layout.trial('tiny', noted!))).toEqual(['notes.txt']);
  expect(readdirSync(elsewhere)).toEqual(files);
});

test('a sweep whose results another one took over stays, unless both go', async () => {
  const { folder, sweep, layout } = await open();
  mkdirSync(path.join(folder, 'b'));
  const other = path.join(folder, 'b', 'heir.yaml');
  writeFileSync(other, TINY_SPEC.replace('name: tiny', 'name: heir'));
  expect(await sweep('run', other, '--device', 'cpu', '--slots', '1')).toMatchObject({ code: 0 });
  const refused = await sweep('rm', 'tiny', '--yes');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('heir took over 2 of these results');
  expect(existsSync(layout.sweep('tiny'))).toBe(true);
  expect(await sweep('rm', 'tiny', 'heir', '--yes')).toMatchObject({ code: 0 });
  expect([existsSync(layout.sweep('tiny')), existsSync(layout.sweep('heir'))]).toEqual([false, false]);
});

test('a name that another hand wrote into the database leads to nothing outside', async () => {
  const { folder, sweep, layout } = await open();
  mkdirSync(path.join(folder, 'other'));
  writeFileSync(path.join(folder, 'other', 'sweep.log'), 'not yours');
  const db = new Database(layout.database);
  db.exec(`UPDATE sweeps SET name = '../other'`);
  db.close();
  const { code, stderr } = await sweep('rm', '../other', '--yes');
  expect(code).toBe(5);
  expect(stderr).toContain('"../other" names no sweep');
  expect(readdirSync(path.join(folder, 'other'))).toEqual(['sweep.log']);
});

test('a sweep that has a coordinator is left alone', async () => {
  const { sweep, layout, trials } = await open();
  const store = openStore(layout, 'tiny');
  try {
    expect(await sweep('rm', 'tiny', '--yes')).toMatchObject({ code: 5 });
  } finally {
    store[Symbol.dispose]();
  }
  expect(await trials()).toHaveLength(2);
});
