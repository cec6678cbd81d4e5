import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { SweepError } from '../../src/errors.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { acquireSweepLock, isLocked, type LockHolder } from '../../src/store/lock.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import { startChild } from './children.ts';
import { openTestStore, temporaryLayout } from './support.ts';

const HOLDER: LockHolder = { host: 'node-7', pid: 4711, since: new Date('2026-11-21T10:00:00Z') };

function lockFile(): { layout: ResultsLayout; file: string } {
  const layout = temporaryLayout();
  mkdirSync(layout.sweep('beta'), { recursive: true });
  return { layout, file: layout.lock('beta') };
}

function holding(resource: Disposable, action: () => void): void {
  try {
    action();
  } finally {
    resource[Symbol.dispose]();
  }
}

function refusal(action: () => unknown): SweepError {
  try {
    action();
  } catch (error) {
    if (error instanceof SweepError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('acquireSweepLock', () => {
  test('is given back without an error when the name of the holder can’t be removed', () => {
    const { file } = lockFile();
    const lock = acquireSweepLock(file, HOLDER);
    rmSync(`${file}.json`);
    mkdirSync(`${file}.json`);
    lock[Symbol.dispose]();
    rmSync(`${file}.json`, { recursive: true });
    acquireSweepLock(file, HOLDER)[Symbol.dispose]();
  });

  test('refuses a second holder, naming the first one', () => {
    const { file } = lockFile();
    holding(acquireSweepLock(file, HOLDER), () => {
      const error = refusal(() => acquireSweepLock(file, { ...HOLDER, pid: 1 }));
      expect(error.code).toBe('STORE_LOCKED');
      expect(error.message).toContain('process 4711 on node-7, since 2026-11-21T10:00:00.000Z');
      expect(error.message).toContain(file);
    });
  });

  test('is free again after it was given back, and leaves no name behind', () => {
    const { layout, file } = lockFile();
    acquireSweepLock(file, HOLDER)[Symbol.dispose]();
    expect(readdirSync(layout.sweep('beta'))).toEqual(['coordinator.lock']);
    acquireSweepLock(file, HOLDER)[Symbol.dispose]();
  });

  test('may be given back twice', () => {
    const { file } = lockFile();
    const lock = acquireSweepLock(file, HOLDER);
    lock[Symbol.dispose]();
    holding(acquireSweepLock(file, { ...HOLDER, pid: 1 }), () => {
      lock[Symbol.dispose]();
      expect(refusal(() => acquireSweepLock(file, HOLDER)).message).toContain('process 1 ');
    });
  });
});

describe('isLocked', () => {
  test('knows a coordinator by its lock alone, whatever else lies there', () => {
    const { file } = lockFile();
    expect(isLocked(file)).toBeUndefined();
    holding(acquireSweepLock(file, HOLDER), () => {
      expect(isLocked(file)).toBe(true);
      // Having looked takes nothing from the holder.
      expect(refusal(() => acquireSweepLock(file, HOLDER)).code).toBe('STORE_LOCKED');
    });
    expect(isLocked(file)).toBe(false);
    expect(isLocked(`${file}.of.no.sweep`)).toBeUndefined();
  });

  test('refuses no coordinator that starts while it looks', async () => {
    const { layout, file } = lockFile();
    const looker = startChild('look-at-lock.ts', [layout.root]);
    expect(await looker.nextLine()).toBe('ready');
    const seen = looker.nextLine();
    let isSeen = false as boolean;
    void seen.then(() => (isSeen = true));
    while (!isSeen) {
      for (let start = 0; start < 10; start++) acquireSweepLock(file, HOLDER)[Symbol.dispose]();
      await setImmediate();
    }
    expect(await seen).toBe('seen');
  });
});

describe('the coordinator of a sweep', () => {
  test('keeps the sweep while it is stopped, and loses it when it is killed', async () => {
    const layout = temporaryLayout();
    const holder = startChild('hold-lock.ts', [layout.root]);
    expect(await holder.nextLine()).toBe('ready');
    holder.say('go');
    expect(await holder.nextLine()).toBe('held');
    holder.process.kill('SIGSTOP');
    const error = refusal(() => openStore(layout, 'beta'));
    expect(error.code).toBe('STORE_LOCKED');
    expect(error.message).toContain(`process ${holder.process.pid} `);
    await holder.kill();
    openTestStore(layout);
  });

  test('is one alone when two start at once', async () => {
    const layout = temporaryLayout();
    for (let round = 0; round < 3; round++) {
      const children = [startChild('hold-lock.ts', [layout.root]), startChild('hold-lock.ts', [layout.root])];
      expect(await Promise.all(children.map((child) => child.nextLine()))).toEqual(['ready', 'ready']);
      for (const child of children) child.say('go');
      const answers = await Promise.all(children.map((child) => child.nextLine()));
      expect(answers.sort()).toEqual(['STORE_LOCKED', 'held']);
      await Promise.all(children.map((child) => child.kill()));
    }
  });

  test('does not keep another sweep of the folder from running', () => {
    const layout = temporaryLayout();
    openTestStore(layout, 'beta');
    openTestStore(layout, 'latent-dim');
  });

  test('does not keep a copy of the folder from being used', () => {
    const layout = temporaryLayout();
    openTestStore(layout);
    // By another process: reading the lock file in this one would drop the lock.
    execFileSync('cp', ['-r', layout.root, `${layout.root}-copy`]);
    openTestStore(new ResultsLayout(`${layout.root}-copy`));
    expect(refusal(() => openStore(layout, 'beta')).code).toBe('STORE_LOCKED');
  });
});
