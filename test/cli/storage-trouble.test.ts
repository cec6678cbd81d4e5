/** Issue 10, line 9 and full disks: a real run whose database is locked, or whose disk is full, for a while. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { isEvent, runCli, startCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

function start(folder: string, spec: string) {
  const layout = new ResultsLayout(path.join(folder, 'results'));
  const run = ['run', writeSpec(folder, spec), '--json', '--device', 'cpu', '--slots', '1', '--results', layout.root];
  const { child, ended, output } = startCli(run);
  return { child, ended, layout, until: (type: string) => output.line(isEvent(type)) };
}

function lock(layout: ResultsLayout): Database.Database {
  const db = new Database(layout.database, { timeout: 5_000 });
  onTestFinished(() => void db.close());
  db.exec('BEGIN IMMEDIATE');
  return db;
}

const LONG = TINY_SPEC.replace('epochs: 2', 'epochs: 100000');

test('issue 10, line 9: SIGTERM ends a run that waits for the lock, and the next run goes on', async () => {
  const { child, ended, layout, until } = start(temporaryFolder(), LONG);
  await until('epoch');
  const db = lock(layout);
  await until('storage');
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 143, stderr: '' });
  db.close();
  expect(readFileSync(layout.sweepLog('tiny'), 'utf8')).toContain('another process holds the lock');
});

test('issue 10, line 9: a run whose first write has to wait begins when the lock is free', async () => {
  const { folder, layout } = await trainedSweep();
  const db = lock(layout);
  const again = start(folder, TINY_SPEC.replace('[1, 4]', '[1, 2]'));
  await again.until('storage');
  db.close();
  expect((await again.ended).code).toBe(0);
  const status = await runCli(['status', '--results', layout.root]);
  expect(status.stdout).toContain('tiny');
});

/** Fills what is left of the disk. */
function fill(file: string): void {
  for (let size = 1 << 20; size >= 512; size >>= 1) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // That much no longer fits.
    }
  }
}

test('issue 10, full disks: a run pauses and goes on when there is room', async ({ skip }) => {
  const folder = temporaryFolder();
  const results = path.join(folder, 'results');
  mkdirSync(results);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', results]);
  if (mounted.status !== 0) skip('mounting a small disk is not permitted here');
  onTestFinished(() => void spawnSync('umount', ['-l', results]));

  const { ended, layout, until } = start(folder, TINY_SPEC.replace('epochs: 2', 'epochs: 200'));
  await until('epoch');
  const ballast = path.join(results, 'ballast');
  fill(ballast);
  await until('storage');
  rmSync(ballast);
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const told = readFileSync(layout.sweepLog('tiny'), 'utf8');
  // That it paused was an event; the log's line of it may find no room.
  expect(told).toContain('recording again');
  const rows = JSON.parse((await runCli(['export', '--format', 'json', '--results', results])).stdout) as object[];
  expect(rows).toMatchObject([1, 2].map(() => ({ state: 'completed', epochs: 200 })));
});
