/** The database on a network file system, as which `SWEEP_FILE_SYSTEM` passes a folder of this machine off. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import { networkFileSystem } from '../../src/store/file-system.ts';
import { refuseBrokenLocks } from '../../src/store/try-locks.ts';
import { runCli, startCli, temporaryFolder, writeSpec } from '../cli/support.ts';

const env = { SWEEP_FILE_SYSTEM: 'network' };
const FLAGS = ['--device', 'cpu', '--slots', '1'];

afterEach(() => vi.unstubAllEnvs());

test('one process has it alone, others read its copy and are told how old it is', async () => {
  const folder = temporaryFolder();
  const spec = writeSpec(folder);
  const results = path.join(folder, 'results');
  const long = startCli(['run', spec, 'train.epochs=100000', '--results', results, ...FLAGS], env);
  await long.output.until(() => existsSync(path.join(results, 'sweeps.db.snapshot')));
  const status = await runCli(['status', 'tiny', '--results', results, '--json'], env);
  expect(status.code, status.stderr).toBe(0);
  expect(status.stderr).toMatch(
    /^! Another process has these results alone; this is its copy of [\d:]{8}, \d+ s old\.$/m,
  );
  expect(status.stdout).toContain('"state":"running"');
  const tag = await runCli(['tag', 'tiny', 'x', '--results', results], env);
  expect(tag.code).toBe(5);
  expect(readdirSync(results).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
  long.child.kill('SIGTERM');
  expect((await long.ended).code).toBe(143);
  const after = await runCli(['status', 'tiny', '--results', results], env);
  expect(after).toMatchObject({ code: 0, stderr: '' });
});

test('what it comes to is the same, and a local run goes on with it, and the other way round', async () => {
  const folder = temporaryFolder();
  const spec = writeSpec(folder);
  const results = path.join(folder, 'results');
  const args = ['run', spec, '--results', results, '--quiet', ...FLAGS];
  expect(await runCli([...args, 'seeds=1'])).toMatchObject({ code: 0, stderr: '' });
  expect(await runCli([...args, 'seeds=2'], env)).toMatchObject({ code: 0, stderr: '' });
  const db = new Database(path.join(results, 'sweeps.db'), { readonly: true });
  expect(db.pragma('journal_mode', { simple: true })).not.toBe('wal');
  db.close();
  expect(await runCli([...args, 'seeds=3'])).toMatchObject({ code: 0, stderr: '' });
  const local = path.join(folder, 'local');
  expect(await runCli(['run', spec, '--results', local, '--quiet', ...FLAGS, 'seeds=3'])).toMatchObject({ code: 0 });
  expect(table(results)).toEqual(table(local));
});

test('locks that work are trusted, and nothing of the trial is left', () => {
  const folder = temporaryFolder();
  refuseBrokenLocks(folder, 'NFS');
  expect(readdirSync(folder)).toEqual([]);
});

test('this machine’s own disks are local, and the word for tests counts', () => {
  expect(networkFileSystem('/proc')).toBeUndefined();
  expect(networkFileSystem('/does/not/exist')).toBeUndefined();
  vi.stubEnv('SWEEP_FILE_SYSTEM', 'network');
  expect(networkFileSystem('/proc')).toBe('network file system');
});

function table(results: string): unknown[] {
  const db = new Database(path.join(results, 'sweeps.db'), { readonly: true });
  try {
    return db.prepare('SELECT trial, state, elbo, kl, reconstruction FROM v_trials ORDER BY trial').all();
  } finally {
    db.close();
  }
}
