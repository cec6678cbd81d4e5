/** `sweep reproduce` trains a recorded trial once more, elsewhere, and tells whether the bits are the same. */
import { readdirSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openResults } from '../../src/index.ts';
import type { ResultsLayout } from '../../src/files/paths.ts';
import { runCli } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

function firstTrial(layout: ResultsLayout): string {
  const results = openResults(layout.root);
  const { id } = results.sweep('tiny').trials[0]!;
  results.close();
  return id;
}

it('the same bits: metrics of every epoch and all weights; the results stay as they are', async () => {
  const { layout } = await trainedSweep();
  const id = firstTrial(layout);
  const before = readdirSync(layout.root, { recursive: true }).sort();
  const { code, stdout } = await runCli(['reproduce', id.slice(0, 8), '--results', layout.root]);
  expect(stdout).toMatch(new RegExp(`^✓ ${id}: the same bits: \\d+ metrics of 2 epochs, and all weights\n$`));
  expect(code).toBe(0);
  expect(readdirSync(layout.root, { recursive: true }).sort()).toEqual(before);
});

it('a changed figure is found, with its place; so are changed weights', async () => {
  const { layout } = await trainedSweep();
  const id = firstTrial(layout);
  const reproduce = async (): Promise<{ code: number | null; json: unknown }> => {
    const { code, stdout } = await runCli(['reproduce', id, '--json', '--results', layout.root]);
    return { code, json: JSON.parse(stdout) };
  };
  writeFileSync(layout.files('tiny', id).path('weights'), 'other');
  expect(await reproduce()).toMatchObject({
    code: 3,
    json: { same: false, compared: { differing: 0, first: null }, weights_same: false },
  });

  const db = new Database(layout.database);
  db.prepare(
    `UPDATE metrics SET value = value * (1 + 1e-12) WHERE name = 'train/kl' AND epoch = 2
     AND trial_key = (SELECT key FROM trials WHERE trial_id = ?)`,
  ).run(id);
  db.close();
  const { json } = await reproduce();
  expect(json).toMatchObject({ compared: { differing: 1, first: { epoch: 2, name: 'train/kl' } } });
  const { stdout } = await runCli(['reproduce', id, '--results', layout.root]);
  expect(stdout).toContain('1 of ');
  expect(stdout).toContain('first train/kl of epoch 2');
});

it('every run is on record: program, versions, machine, commit; show tells the one of a trial', async () => {
  const { layout } = await trainedSweep();
  const { stdout } = await runCli(['show', firstTrial(layout), '--json', '--results', layout.root]);
  const { run } = JSON.parse(stdout) as { run: Record<string, unknown> };
  expect(run).toMatchObject({
    outcome: 'finished',
    versions: { node: process.versions.node, 'vae-sweep': expect.any(String) as string },
    platform: `${process.platform}-${process.arch}`,
    overrides: [],
  });
  expect(run['cpu_seconds']).toEqual(process.platform === 'linux' ? expect.any(Number) : null);
  expect(run['spec']).toMatch(/^name: tiny\n/);
  expect(run['git'] === null || typeof run['git'] === 'object').toBe(true);
});

it('only what completed can be reproduced', async () => {
  const { layout } = await trainedSweep();
  const id = firstTrial(layout);
  const db = new Database(layout.database);
  db.prepare(`UPDATE trials SET state = 'queued' WHERE trial_id = ?`).run(id);
  db.close();
  const { code, stderr } = await runCli(['reproduce', id, '--results', layout.root]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `✗ Trial ${id} is queued: only a completed one can be reproduced.\n`,
  });
});
