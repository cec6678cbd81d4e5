import { expect, it } from 'vitest';
import { PlainView } from '../../../src/cli/views/plain-view.ts';
import { snapshotOf, trialRecord } from '../../analysis/support.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { devices, eventsOf, planned, type Happening } from '../support.ts';

function watch() {
  const clock = new SimulatedClock();
  const lines: string[] = [];
  return { clock, lines, view: new PlainView(clock, (line) => lines.push(line)) };
}

const trials = [1, 4].map((beta) => trialRecord({ parameters: { beta }, state: 'queued', epochs: 0 }));
const [first, second] = trials.map(({ id }) => id) as [string, string];
const withoutTime = (line: string) => line.replace(/^\d\d:\d\d:\d\d /, '');

it('writes the start, the devices, each end, warnings and the stop', () => {
  const { lines, view } = watch();
  const summary = {
    bestEpoch: 1,
    epochs: 1,
    metrics: { 'val/elbo': -36.414 },
    klPerDimension: [],
    trainableWeights: 1,
  };
  for (const event of eventsOf(
    planned(snapshotOf(trials, { swept: ['beta'] })),
    devices(2),
    { type: 'dispatched', trial: first, attempt: 1, device: 'cpu' },
    { type: 'progress', trial: first, epoch: 1, fraction: 0.5, imagesPerSecond: 100 },
    { type: 'finished', trial: first, attempt: 1, state: 'completed', cause: null, summary },
    { type: 'dispatched', trial: second, attempt: 1, device: 'cpu' },
    { type: 'requeued', trial: second, attempt: 1, cause: 'device lost\u001b[31m', retryInMs: 0 },
    { type: 'dispatched', trial: second, attempt: 2, device: 'cpu' },
    { type: 'log', trial: null, level: 'info', message: 'not worth a line' },
    { type: 'log', trial: null, level: 'warn', message: 'gpu:0 computes on the CPU\nat length' },
    { type: 'finished', trial: second, attempt: 2, state: 'diverged', cause: 'loss not finite' },
    { type: 'test_phase', trials: 1 },
    { type: 'stopping', running: 1, now: false },
  )) {
    view.observe(event);
  }
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d start /);
  expect(lines.map(withoutTime)).toEqual([
    'start   beta: 2 trials',
    'devices cpu × 2',
    `done    ${first.slice(0, 6)} val/elbo=-36.41 beta=1 seed=0`,
    `note    ! trial ${second.slice(0, 6)} is queued again: device lost`,
    'note    ! gpu:0 computes on the CPU',
    `diverged ${second.slice(0, 6)} beta=4 seed=0 (loss not finite)`,
    'test    1 trial on the test split',
    'stop    Stopping: 1 running trial ends at its last checkpoint. Ctrl-C again stops now.',
  ]);
});

it('says once a minute how far it is, and is silent once disposed of', () => {
  const { clock, lines, view } = watch();
  clock.advance(60_000);
  for (const event of eventsOf(planned(snapshotOf(trials)), devices(2))) view.observe(event);
  clock.advance(119_999);
  view[Symbol.dispose]();
  clock.advance(600_000);
  expect(lines.map(withoutTime)).toEqual([
    'status  preparing',
    'start   beta: 2 trials',
    'devices cpu × 2',
    'status  0/2 done, 0 running, 0 failed',
  ]);
  expect(clock.pendingTimers).toBe(0);
});

it('says what a sweep goes on from', () => {
  const { lines, view } = watch();
  const snapshot = snapshotOf([trialRecord(), ...trials]);
  const change = { created: false, added: 2, reused: 1, kept: 1, dropped: 3, recovered: 1, retried: 1 };
  for (const event of eventsOf({ type: 'planned', change, snapshot })) view.observe(event);
  expect(lines.map(withoutTime)).toEqual([
    'start   Going on with beta: 1 of 3 trials done, 2 new, 3 no longer in the plan, kept aside, ' +
      '1 left running by a coordinator that is gone, queued again, 1 failed before, tried again, 1 taken over from another sweep',
  ]);
});

it('says what it waits for, each time that changes, and what was taken over from whom', () => {
  const { clock, lines, view } = watch();
  const other = { sweep: 'other', host: 'node-7', pid: 4711, silent: false };
  const summary = { bestEpoch: 1, epochs: 1, metrics: { 'val/elbo': -36.4 }, klPerDimension: [], trainableWeights: 1 };
  const end = { type: 'finished', attempt: 0, state: 'completed', cause: null, summary, reusedFrom: 'other' } as const;
  const observe = (...happenings: readonly Happening[]): void => {
    for (const event of eventsOf(...happenings)) view.observe(event);
  };
  observe(
    planned(snapshotOf(trials, { swept: ['beta'] })),
    devices(2),
    { type: 'waiting', trials: 2, sweeps: [other, { ...other, sweep: 'third' }] },
    { ...end, trial: first },
    { type: 'waiting', trials: 1, sweeps: [other] },
  );
  clock.advance(60_000);
  observe(
    { type: 'waiting', trials: 1, sweeps: [{ ...other, silent: true }] },
    { ...end, trial: second },
    { type: 'waiting', trials: 0, sweeps: [] },
    { type: 'stopping', running: 0, now: false },
  );
  expect(lines.map(withoutTime)).toEqual([
    'start   beta: 2 trials',
    'devices cpu × 2',
    'wait    waiting for 2 trials that sweeps other, third train right now',
    `done    ${first.slice(0, 6)} val/elbo=-36.40 beta=1 seed=0 (taken over from sweep other)`,
    'wait    waiting for 1 trial that sweep other trains right now',
    'status  1/2 done, 0 running, 0 failed, waiting for 1 trial that sweep other trains right now',
    'wait    waiting for 1 trial that sweep other trains right now; other has given no sign of life for a minute: ' +
      'if its process (4711 on node-7) is stopped, let it go on or end it',
    `done    ${second.slice(0, 6)} val/elbo=-36.40 beta=4 seed=0 (taken over from sweep other)`,
    'stop    Stopping.',
  ]);
});
