import { expect, test } from 'vitest';
import type { SchedulerEvent } from '../../src/scheduler/events.ts';
import { logLine } from '../../src/scheduler/log-line.ts';
import { toyEpoch, toyTrial } from '../support/toy-sweep.ts';

const at = new Date(0);

test('an epoch is logged with its metrics, under its trial', () => {
  const record = toyEpoch(toyTrial(1, 0, 3), 2);
  expect(logLine({ at, type: 'epoch', trial: 'aa', record })).toEqual({
    level: 'info',
    message: 'epoch 2',
    trial: 'aa',
    fields: { epoch: 2, step: 16, seconds: 0.5, metrics: record.metrics },
  });
});

test('trouble stands out by its level and names its cause', () => {
  const trouble: [SchedulerEvent, string, string][] = [
    [{ at, type: 'finished', trial: 'aa', attempt: 1, state: 'failed', cause: 'bug: x' }, 'error', 'failed: bug: x'],
    [
      { at, type: 'requeued', trial: 'aa', attempt: 1, cause: 'lost: x', retryInMs: 1 },
      'warn',
      'queued again: lost: x',
    ],
    [{ at, type: 'test_failed', trial: 'aa', cause: 'data: x' }, 'error', 'no test metrics: data: x'],
  ];
  for (const [event, level, message] of trouble) expect(logLine(event)).toMatchObject({ level, message, trial: 'aa' });
  const device = { label: 'gpu:0', slots: 1, busy: 0, pid: 1 };
  const devices = (healthy: boolean): SchedulerEvent => ({
    ...{ at, type: 'devices', capacity: 1 },
    devices: [{ ...device, healthy }],
  });
  expect(logLine(devices(true))?.level).toBe('info');
  expect(logLine(devices(false))?.level).toBe('warn');
});

test('what devices and trials say is passed on', () => {
  const said = { at, type: 'log', level: 'warn', message: 'hello' } as const;
  expect(logLine({ ...said, trial: 'aa' })).toEqual({ level: 'warn', message: 'hello', trial: 'aa' });
  expect(logLine({ ...said, trial: null, device: 'cpu' })).toEqual({
    level: 'warn',
    message: 'hello',
    fields: { device: 'cpu' },
  });
});

test('progress, which comes twice a second, is not logged', () => {
  expect(logLine({ at, type: 'progress', trial: 'aa', epoch: 1, fraction: 0.5, imagesPerSecond: 9 })).toBeUndefined();
});

test('a result that another sweep gave, and the wait for it, name that sweep', () => {
  const end = { at, type: 'finished', trial: 'aa', attempt: 0, state: 'completed', cause: null } as const;
  expect(logLine({ ...end, reusedFrom: 'other' })).toEqual({
    level: 'info',
    message: 'completed: taken over from sweep other',
    trial: 'aa',
    fields: { attempt: 0, state: 'completed', reused_from: 'other' },
  });
  const holder = { sweep: 'other', host: 'node-7', pid: 4711, silent: false };
  expect(logLine({ at, type: 'waiting', trials: 1, sweeps: [holder] })).toEqual({
    level: 'info',
    message: 'waiting for 1 trial that sweep other trains right now',
    fields: { trials: 1, sweeps: ['other'] },
  });
  expect(logLine({ at, type: 'waiting', trials: 1, sweeps: [{ ...holder, silent: true }] })).toMatchObject({
    level: 'warn',
    message: expect.stringContaining('process (4711 on node-7)') as unknown,
  });
  expect(logLine({ at, type: 'waiting', trials: 0, sweeps: [] })).toMatchObject({ level: 'info' });
});

test.each([
  [0, null, ''],
  [1, null, 'cohort 2, '],
  [1, { place: 2, among: 3 }, 'bracket 2, '],
  [4, { place: 2, among: 3 }, 'cohort 5 (bracket 2), '],
])('who was judged, cohort %i in bracket %o, is called what it is', (cohort, bracket, place) => {
  const rung = { ...{ cohort, bracket, rung: 0, epoch: 3, metric: 'val/elbo' }, configurations: 5, pruned: 4 };
  const line = logLine({ at, type: 'judged', ...rung });
  expect(line).toMatchObject({ message: `${place}after epoch 3: 1 of 5 configurations goes on` });
  expect(line?.fields?.['bracket']).toBe(bracket?.place);
});
