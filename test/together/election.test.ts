import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { thisKernel } from '../../src/together/beat.ts';
import { Election } from '../../src/together/election.ts';
import { BEAT_MS } from '../../src/together/leadership.ts';
import { temporaryFolder } from '../cli/support.ts';

const ELECTION = new URL('../../src/together/election.ts', import.meta.url).href;
const redis = { url: 'redis://127.0.0.1:1', password: 'secret' };

function place(): string {
  return path.join(temporaryFolder(), 'together');
}

/** A leader of another machine, whose processes nobody here sees. */
function writeForeignBeat(prefix: string, term: number, count: number): void {
  writeFileSync(`${prefix}-${term}`, '');
  const beat = { leader: 'x', count, host: 'elsewhere', pid: 1, kernel: 'elsewhere' };
  writeFileSync(`${prefix}-${term}.beat`, JSON.stringify(beat));
}

test('the first leads, says where, and is followed until it ends', () => {
  const prefix = place();
  const [first, second] = [new Election(prefix), new Election(prefix)];
  expect(first.look()).toEqual({ term: 0, beat: undefined, isVacant: true });
  const leadership = first.claim(first.look())!;
  leadership.announce(redis);
  expect(second.look()).toMatchObject({ term: 1, isVacant: false, beat: { redis, pid: process.pid } });
  expect(statSync(`${prefix}-1.beat`).mode & 0o777).toBe(0o600);
  leadership.end({ done: { plan: 'p', exitCode: 3 } });
  expect(second.look()).toMatchObject({ term: 1, isVacant: true, beat: { done: { plan: 'p', exitCode: 3 } } });
  expect(readFileSync(`${prefix}-1.beat`, 'utf8')).not.toContain('secret');
});

test('of two that take over at once, one leads', () => {
  const prefix = place();
  const [first, second] = [new Election(prefix), new Election(prefix)];
  first.claim(first.look())!.end();
  const [a, b] = [first.look(), second.look()];
  expect([a.isVacant, b.isVacant]).toEqual([true, true]);
  const leadership = first.claim(a)!;
  expect(second.claim(b)).toBeUndefined();
  expect(second.look()).toMatchObject({ term: 2, isVacant: false });
  leadership.end();
});

test('of many processes that take over at once, one leads', async () => {
  const prefix = place();
  new Election(prefix).claim(new Election(prefix).look())!.end();
  const script = `
    const { Election } = await import(${JSON.stringify(ELECTION)});
    const election = new Election(${JSON.stringify(prefix)});
    const vacant = election.look();
    process.stdout.write('ready');
    process.stdin.once('data', () => {
      process.stdout.write(election.claim(vacant) ? ' leads' : ' follows');
      process.exit();
    });`;
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const said = children.map(({ stdout }) => text(stdout));
  await Promise.all(children.map(({ stdout }) => once(stdout, 'readable')));
  for (const { stdin } of children) stdin.end('go');
  const ends = await Promise.all(said);
  expect(ends.filter((end) => end === 'ready leads')).toHaveLength(1);
  expect(ends.filter((end) => end === 'ready follows')).toHaveLength(5);
});

test('a leader that is silent is given up by the watcher’s clock, one that beats is not', () => {
  const prefix = place();
  let now = 0;
  const election = new Election(prefix, () => now);
  for (let count = 0; count < 100; count++) {
    writeForeignBeat(prefix, 1, count);
    expect(election.look().isVacant).toBe(false);
    now += 10_000;
  }
  // One that was stopped itself has to look again first.
  now += 3_600_000;
  expect(election.look().isVacant).toBe(false);
  for (let looks = 0; looks < 10; looks++) election.look();
  expect(election.look().isVacant).toBe(true);
});

test('a leader of this machine whose process is gone need not be waited for, one of another container does', async () => {
  const prefix = place();
  const child = spawn('true');
  await once(child, 'exit');
  writeFileSync(`${prefix}-1`, '');
  const beat = { leader: 'x', count: 1, host: 'h', pid: child.pid };
  writeFileSync(`${prefix}-1.beat`, JSON.stringify({ ...beat, kernel: 'another' }));
  expect(new Election(prefix).look().isVacant).toBe(false);
  writeFileSync(`${prefix}-1.beat`, JSON.stringify({ ...beat, kernel: thisKernel() }));
  expect(new Election(prefix).look().isVacant).toBe(true);
});

test('one that was stopped, and whose place was taken, says so and writes nothing of the next one’s', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const prefix = place();
    const election = new Election(prefix);
    const stopped = election.claim(election.look())!;
    vi.advanceTimersByTime(BEAT_MS);
    expect(stopped.lost.aborted).toBe(false);
    const next = new Election(prefix).claim({ term: 1, beat: undefined, isVacant: true })!;
    next.announce(redis);
    vi.advanceTimersByTime(BEAT_MS);
    expect(stopped.lost.aborted).toBe(true);
    stopped.end({ done: { plan: 'p', exitCode: 0 } });
    expect(election.look()).toMatchObject({ term: 2, isVacant: false, beat: { redis } });
    next.end();
  } finally {
    vi.useRealTimers();
  }
});

test('a beat that is damaged is none', () => {
  const prefix = place();
  const election = new Election(prefix);
  writeFileSync(`${prefix}-1`, '');
  writeFileSync(`${prefix}-1.beat`, '{"leader":');
  expect(election.look()).toEqual({ term: 1, beat: undefined, isVacant: false });
});
