import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSweepLog } from '../src/log.ts';
import { ResultsLayout } from '../src/files/paths.ts';

let layout: ResultsLayout;
beforeEach(() => {
  layout = new ResultsLayout(mkdtempSync(path.join(tmpdir(), 'vae-sweep-log-')));
  mkdirSync(layout.sweep('toy'));
});
afterEach(() => rmSync(layout.root, { recursive: true }));

function lines(): Record<string, unknown>[] {
  const text = readFileSync(layout.sweepLog('toy'), 'utf8').trimEnd();
  return text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('writes one JSON object a line', () => {
  const log = openSweepLog(layout, 'toy');
  log({ level: 'info', message: 'plan', fields: { added: 2 } });
  log({ level: 'warn', message: 'queued\nagain', trial: 'aa', fields: { attempt: 1 } });
  const [plan, again, ...others] = lines();
  expect(others).toEqual([]);
  expect(plan).toEqual({ level: 'info', time: expect.any(String) as string, added: 2, msg: 'plan' });
  expect(Date.parse(plan!['time'] as string)).toBeGreaterThan(0);
  expect(again).toMatchObject({ level: 'warn', trial: 'aa', attempt: 1, msg: 'queued\nagain' });
});

test('goes on after what an earlier run wrote', () => {
  openSweepLog(layout, 'toy')({ level: 'info', message: 'first' });
  openSweepLog(layout, 'toy')({ level: 'debug', message: 'second' });
  expect(lines().map(({ msg }) => msg)).toEqual(['first', 'second']);
});

test('never throws, whether the folder is missing or the disk full', () => {
  const log = openSweepLog(layout, 'toy');
  symlinkSync('/dev/full', layout.sweepLog('toy'));
  log({ level: 'info', message: 'hello' });
  rmSync(layout.sweep('toy'), { recursive: true });
  log({ level: 'info', message: 'hello' });
});
