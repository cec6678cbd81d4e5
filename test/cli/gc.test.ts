/** `sweep gc` on real results, into which what it may free is planted. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { ResultsLayout } from '../../src/files/paths.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import { runCli, TINY_SPEC } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

interface Freed {
  readonly kinds: readonly object[];
  readonly paths: readonly string[];
  readonly running: readonly string[];
}

const STRAY = 'abcdef0123456789';

async function open() {
  const { folder, layout } = await trainedSweep();
  const sweep = (...args: string[]) => runCli([...args, '--results', layout.root]);
  const freed = async (...args: string[]): Promise<Freed> =>
    JSON.parse((await sweep('gc', '--json', ...args)).stdout) as Freed;
  const [first, second] = trialsOf(layout);
  // For more epochs; a test of its own frees them.
  for (const id of [first!, second!]) layout.files('tiny', id).delete('checkpoint');
  return { folder, layout, sweep, freed, first: first!, second: second! };
}

function sql(layout: ResultsLayout, statement: string): void {
  const db = new Database(layout.database);
  db.exec(statement);
  db.close();
}

function trialsOf(layout: ResultsLayout): string[] {
  const db = new Database(layout.database);
  const ids = db.prepare<[], string>('SELECT trial_id FROM trials ORDER BY position').pluck().all();
  db.close();
  return ids;
}

/** Every file below the results folder but the database's. */
function filesIn({ root }: ResultsLayout): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('sweeps.db'))
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .sort();
}

/** As a crash, an earlier version and a removal that broke off left them; and what is the user's. */
function plant(layout: ResultsLayout, trial: string): { ours: string[]; users: string[] } {
  const [folder, stray, other] = [trial, STRAY, STRAY.replace('a', '0')].map((id) => layout.trial('tiny', id));
  for (const made of [stray!, other!, layout.trial('unknown', STRAY)]) mkdirSync(made, { recursive: true });
  const ours = [
    path.join(folder!, 'checkpoint.safetensors'),
    path.join(folder!, 'weights.safetensors.tmp'),
    path.join(folder!, 'checkpoint.safetensors.an-execution.part'),
    path.join(stray!, 'weights.safetensors'),
    path.join(stray!, 'samples.png'),
  ];
  const users = [
    path.join(folder!, 'weights.safetensors.mine'),
    path.join(folder!, 'weights.part'),
    path.join(folder!, 'notes.tmp'),
    path.join(layout.sweep('tiny'), 'checkpoint.safetensors'),
    path.join(layout.trial('unknown', STRAY), 'weights.safetensors'),
  ];
  for (const file of [...ours, ...users]) writeFileSync(file, 'x'.repeat(1000));
  symlinkSync(layout.trial('tiny', trial), path.join(layout.sweep('tiny'), '0000000000000000'));
  return { ours, users };
}

test('after a run that ended there is nothing to free but what more epochs would go on from', async () => {
  const trained = await trainedSweep();
  const all = await runCli(['gc', '--yes', '--results', trained.layout.root]);
  expect(all.stdout).toMatch(/^Freed .* in 2 files\.$/m);
  const { sweep, layout } = await open();
  const before = filesIn(layout);
  const { code, stdout } = await sweep('gc');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'There is nothing to free.\n' });
  expect(filesIn(layout)).toEqual(before);
});

test('it shows what it would free by kind, and frees nothing before it is told to', async () => {
  const { sweep, layout, first } = await open();
  plant(layout, first);
  const before = filesIn(layout);
  const shown = await sweep('gc', '--dry-run');
  expect(shown.code).toBe(0);
  for (const line of [/checkpoints .* 1 +1\.0 kB/, /temporary .* 2 +2\.0 kB/, /no sweep has +2 +2\.0 kB/])
    expect(shown.stdout).toMatch(line);
  const asked = await sweep('gc', 'tiny');
  expect(asked.code).toBe(2);
  expect(asked.stderr).toMatch(/Free 5\.0 kB in 5 files\?.*--yes/);
  expect(filesIn(layout)).toEqual(before);
});

test('what nothing needs goes; what a report needs stays, and so does what nobody knows', async () => {
  const { sweep, layout, first } = await open();
  const needed = filesIn(layout);
  const { ours, users } = plant(layout, first);
  const { code, stdout } = await sweep('gc', '--yes');
  expect(code).toBe(0);
  expect(stdout).toContain('Freed 5.0 kB in 5 files.');
  for (const file of ours) expect(existsSync(file)).toBe(false);
  for (const file of [...needed, ...users]) expect(existsSync(file)).toBe(true);
  expect(existsSync(layout.trial('tiny', STRAY))).toBe(false);
  expect((await sweep('report', 'tiny')).stdout).not.toContain('without weights');
});

test('checkpoints that a run would go on from stay', async () => {
  const { layout, freed, first, second } = await open();
  for (const id of [first, second]) writeFileSync(layout.files('tiny', id).path('checkpoint'), '');
  sql(layout, `UPDATE trials SET state = 'failed', cause = 'a reason' WHERE trial_id = '${first}'`);
  expect((await freed('--yes')).paths).toEqual([layout.files('tiny', second).path('checkpoint')]);
});

test('trials outside the plan keep theirs until --outside-plan, and where another sweep has them', async () => {
  const { layout, freed, first, second } = await open();
  sql(layout, `UPDATE trials SET in_plan = 0 WHERE trial_id = '${first}'`);
  const own = filesIn(layout).filter((file) => file.includes(first));
  expect((await freed('--yes')).paths).toEqual([]);
  sql(
    layout,
    `INSERT INTO sweeps SELECT key + 1, 'other', state, metric, goal, evaluate_test, spec_text, overrides, swept,
       dataset_fingerprint, created_at, started_at, ended_at, host, pid, heartbeat_at, planned_trials FROM sweeps;
     INSERT INTO trials (sweep_key, trial_id, config_id, seed, position, in_plan, state, config)
       SELECT sweep_key + 1, trial_id, config_id, seed, position, 1, 'queued', config FROM trials`,
  );
  expect((await freed('tiny', '--outside-plan', '--yes')).paths).toEqual([]);
  sql(layout, `DELETE FROM trials WHERE sweep_key = 2`);
  expect((await freed('tiny', '--outside-plan', '--yes')).paths.toSorted()).toEqual(own);
  expect(existsSync(layout.trial('tiny', first))).toBe(false);
  expect(existsSync(layout.files('tiny', second).path('weights'))).toBe(true);
});

test('own files of a result that was taken over go, unless those that it goes by are gone', async () => {
  const { folder, sweep, layout, freed, first, second } = await open();
  mkdirSync(path.join(folder, 'heir'));
  const spec = path.join(folder, 'heir', 'heir.yaml');
  writeFileSync(spec, TINY_SPEC.replace('name: tiny', 'name: heir'));
  expect(await sweep('run', spec, '--device', 'cpu', '--slots', '1')).toMatchObject({ code: 0 });
  for (const id of [first, second]) cpSync(layout.trial('tiny', id), layout.trial('heir', id), { recursive: true });
  rmSync(layout.files('tiny', second).path('weights'));
  const { kinds, paths } = await freed('--yes');
  expect(kinds).toMatchObject([{ kind: 'taken_over' }]);
  expect(new Set(paths.map((file) => path.dirname(file)))).toEqual(new Set([layout.trial('heir', first)]));
  expect(existsSync(layout.files('heir', second).path('weights'))).toBe(true);
});

test('a sweep that runs is left alone: by name refused, else skipped', async () => {
  const { sweep, layout, freed, first } = await open();
  plant(layout, first);
  const store = openStore(layout, 'tiny');
  try {
    // It has a coordinator that has not said so yet.
    expect(await sweep('gc', '--yes')).toMatchObject({ code: 5 });
    sql(
      layout,
      `UPDATE sweeps SET state = 'running', host = '${os.hostname()}', pid = ${process.pid}, heartbeat_at = started_at`,
    );
    const refused = await sweep('gc', 'tiny', '--yes');
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain(`\`sweep stop tiny --results ${layout.root}\``);
    expect(await freed('--yes')).toMatchObject({ paths: [], running: ['tiny'] });
  } finally {
    store[Symbol.dispose]();
  }
  expect((await freed('--yes')).paths).toHaveLength(5);
});
