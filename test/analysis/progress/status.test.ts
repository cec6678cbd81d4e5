import { NUMERICS_VERSION } from '../../../src/trial/identity.ts';
import { expect, test } from 'vitest';
import { sweepStatus } from '../../../src/analysis/progress/status.ts';
import { renderStatusJson } from '../../../src/render/run/status-json.ts';
import { renderStatus } from '../../../src/render/run/status-table.ts';
import { STARTED_AT, betaSweep, seedsWith, snapshotOf, trialRecord } from '../support.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const running = snapshotOf(
  [
    ...seedsWith([-36, -37], { seconds: 100 }),
    trialRecord({ seed: 2, state: 'running', epochs: 4, seconds: 40 }),
    trialRecord({ seed: 3, state: 'running', epochs: 0, seconds: 0 }),
    trialRecord({ seed: 4, state: 'queued', epochs: 0, seconds: 0 }),
    trialRecord({ seed: 5, state: 'failed', epochs: 0, seconds: 0 }),
  ],
  { name: 'latent', state: 'running', endedAt: null },
);
const statuses = [sweepStatus(running), sweepStatus(betaSweep())];

test.each([50, 80, 140])('the status at %i columns', async (columns) => {
  await expect(renderStatus(statuses, { columns, colour: false }, NOW)).toMatchFileSnapshot(
    `../golden/status-${columns}.txt`,
  );
});

test('the time left is the epochs left at the speed so far, shared by the trials that run', () => {
  // 6 and 10 epochs at 10 s, and on the slot that is free first 10 more.
  expect(sweepStatus(running).eta).toEqual({ seconds: 160, lowSeconds: 144, highSeconds: 184 });
});

test('trials of an architecture go at its own speed', () => {
  const conv = { parameters: { architecture: 'conv' } } as const;
  const trials = [
    ...seedsWith([-36], { seconds: 10 }),
    ...seedsWith([-35], { ...conv, seconds: 100 }),
    trialRecord({ ...conv, seed: 1, state: 'running', epochs: 0, seconds: 0 }),
  ];
  expect(sweepStatus(snapshotOf(trials, { state: 'running' })).eta?.seconds).toBe(100);
});

test('there is no time left to tell without speed, or when nothing runs', () => {
  const queued = trialRecord({ state: 'queued', epochs: 0, seconds: 0 });
  const started = trialRecord({ state: 'running', epochs: 0, seconds: 0 });
  expect(sweepStatus(snapshotOf([queued, started], { state: 'running' })).eta).toBeNull();
  expect(sweepStatus(snapshotOf([queued, ...seedsWith([-36])], { state: 'interrupted' })).eta).toBeNull();
});

test('the status as JSON', () => {
  expect(JSON.parse(renderStatusJson([sweepStatus(running)]))).toEqual({
    schema: 'vae-sweep.status/1',
    sweeps: [
      {
        sweep: 'latent',
        state: 'running',
        done: 2,
        total: 6,
        trials: { queued: 1, running: 2, completed: 2, pruned: 0, diverged: 0, failed: 1, cancelled: 0 },
        paused: 0,
        metric: 'val/elbo',
        goal: 'maximize',
        unit: 'nats per image at β = 1',
        best: {
          config: running.trials[0]!.params,
          mean: -36.5,
          low: expect.closeTo(-42.853, 3) as number,
          high: expect.closeTo(-30.147, 3) as number,
          values: [-36, -37],
        },
        started_at: STARTED_AT.toISOString(),
        ended_at: null,
        eta_seconds: 160,
        eta_low_seconds: 144,
        eta_high_seconds: 184,
        outside_plan: 0,
        trained_on: {
          dataset: 'sprites-mini',
          binarization: 'grey',
          train_images: 4608,
          validation_images: 576,
          batch_size: 128,
          clip_norm: null,
          planned_epochs: 10,
          numerics_version: NUMERICS_VERSION,
        },
        tags: [],
        note: null,
      },
    ],
  });
});

test('one long name costs no sweep a column: it is cut, and that is said', () => {
  const long = sweepStatus(snapshotOf(seedsWith([-36, -37]), { name: 'a-name'.repeat(10) }));
  const text = renderStatus([long, ...statuses], { columns: 80, colour: false }, NOW);
  expect(text).toMatch(/^ a-namea-namea-namea-nam… +finished +2\/2 +0 +-36\.50/m);
  expect(text).toContain('--json has them whole');
});
