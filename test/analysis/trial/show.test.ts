import { expect, test } from 'vitest';
import { describeTrial } from '../../../src/analysis/trial/show.ts';
import type { TrialSources } from '../../../src/analysis/trial/show.ts';
import { renderTrialJson } from '../../../src/render/trial/trial-json.ts';
import { renderTrial } from '../../../src/render/trial/trial-text.ts';
import type { AttemptRecord, MetricRow, RunRecord, TrialRecord } from '../../../src/store/read-model.ts';
import { STARTED_AT, sweepRecord, trialRecord, valMetrics } from '../support.ts';

const minutesLater = (minutes: number): Date => new Date(STARTED_AT.getTime() + minutes * 60_000);

const ATTEMPTS: AttemptRecord[] = [
  {
    attempt: 1,
    device: 'cpu',
    engine: 'compiled/cpu',
    bitClass: null,
    startedAt: STARTED_AT,
    endedAt: minutesLater(2),
    outcome: 'lost',
    cause: 'device process ended by SIGKILL',
  },
  {
    attempt: 2,
    device: 'cpu',
    engine: 'compiled/cpu',
    bitClass: null,
    startedAt: minutesLater(3),
    endedAt: minutesLater(5),
    outcome: 'completed',
    cause: null,
  },
];

function curve(trial: TrialRecord, epochs: number, name = 'val/elbo'): MetricRow[] {
  return Array.from({ length: epochs }, (_, i) => {
    const epoch = i + 1;
    return { trial: trial.id, attempt: 1, epoch, step: 36 * epoch, name, value: -36 - 60 / epoch };
  });
}

function sources(overrides: Partial<TrialSources> = {}): TrialSources {
  const trial = trialRecord({
    metrics: { ...valMetrics(-42.67), 'test/elbo': -43 },
    bestEpoch: 9,
    klPerDimension: [0, 3.5, 0.01, 4.25],
    trainableWeights: 1_076_000,
    attempts: 2,
  });
  const tested = { trial: trial.id, attempt: 2, epoch: 9, step: 324, name: 'test/elbo', value: -43 };
  const files = ['results/beta/weights.safetensors', 'results/beta/samples.png'];
  return {
    sweep: sweepRecord(),
    trial,
    metrics: [...curve(trial, 10), tested],
    attempts: ATTEMPTS,
    files,
    ...overrides,
  };
}

test.each([80, 140])('a trial at %i columns', async (columns) => {
  const text = renderTrial(describeTrial(sources()), { columns, colour: false });
  await expect(text).toMatchFileSnapshot(`../golden/trial-${columns}.txt`);
});

test('an attempt that told of its end after it was given up', () => {
  const told = { attempt: 1, execution: 'run-1', device: 'a/cpu', toldAt: minutesLater(7), cause: null };
  const late = { ...told, outcome: 'stopped', epoch: 3, metrics: { 'val/elbo': -56 } };
  const detail = describeTrial(sources({ lateEnds: [late] }));
  const text = renderTrial(detail, { columns: 140, colour: false });
  expect(text).toContain(
    ' superseded, not counted: attempt 1 on a/cpu told of its end (stopped, epoch 3, val/elbo -56.00) on ',
  );
  expect(JSON.parse(renderTrialJson(detail))).toMatchObject({ superseded: [{ attempt: 1, epoch: 3 }] });
});

test('its time on the clock and on processors, and those of the run', () => {
  const { trial } = sources();
  const run: RunRecord = {
    startedAt: new Date(0),
    endedAt: new Date(90_000),
    seenAt: new Date(90_000),
    outcome: 'finished',
    cpuSeconds: 170,
    ...{ specText: '', overrides: [], host: 'here', versions: {}, platform: 'linux-x64', processor: 'P', cores: 2 },
    git: null,
  };
  const detail = describeTrial(sources({ trial: { ...trial, seconds: 60, cpuSeconds: 58 }, runs: [run] }));
  const text = renderTrial(detail, { columns: 140, colour: false });
  expect(text).toContain('10 of 10 epochs in 1 min (CPU 58 s)');
  expect(text).toContain('the run took 1 min 30 s (CPU 2 min 50 s)');
  expect(JSON.parse(renderTrialJson(detail))).toMatchObject({ cpu_seconds: 58, run: { cpu_seconds: 170 } });
});

test.each([
  [{ position: 0, sampler: 'try', seen: 0 }, 'configuration 1 of the search, named by `try`'],
  [{ position: 9, sampler: 'even', seen: 2 }, 'configuration 10 of the search, spread evenly: too little was known'],
  [
    { position: 23, sampler: 'bayes', seen: 16, least: -90, most: -45.671 },
    'configuration 24 of the search, proposed by bayes from 16 results, the best val/elbo -45.67, while 7 others were open',
  ],
  [
    { position: 8, sampler: 'bayes', seen: 1, least: -50, most: -50, lessons: 48, lessonsOf: 'beta' },
    'from 1 result, the best val/elbo -50.00, and 48 configurations of beta, while 7 others were open',
  ],
  [
    { position: 3, sampler: 'tpe', seen: 3, isTraded: 1 as const },
    'proposed by tpe towards several objectives from 3 results',
  ],
])('who proposed it, and by what: %o', (origin, expected) => {
  const detail = describeTrial(
    sources({ origin: { least: null, most: null, lessons: 0, lessonsOf: null, isTraded: 0, ...origin } }),
  );
  expect(renderTrial(detail, { columns: 200, colour: false })).toContain(expected);
  expect(JSON.parse(renderTrialJson(detail))).toMatchObject({
    proposal: { sampler: origin.sampler, seen: origin.seen },
  });
});

test.each([
  ['confirm', 'one of the further seeds that confirm its configuration: it had no part in the choice, and ranks it'],
  ['screen', 'of the screening, by which the best are chosen; a configuration that is confirmed is not ranked by it'],
] as const)('what a trial counts for where the best are confirmed: %s', (phase, expected) => {
  const { trial } = sources();
  const text = renderTrial(describeTrial(sources({ trial: { ...trial, phase } })), { columns: 200, colour: false });
  expect(text).toContain(expected);
  expect(renderTrial(describeTrial(sources()), { columns: 200, colour: false })).not.toContain('screening');
});

test('a trial that has not begun', async () => {
  const trial = trialRecord({ state: 'queued', bestEpoch: null, epochs: 0, seconds: 0, device: null, attempts: 0 });
  const detail = describeTrial(sources({ trial, metrics: [], attempts: [], files: [] }));
  await expect(renderTrial(detail, { columns: 80, colour: false })).toMatchFileSnapshot(
    '../golden/trial-queued-80.txt',
  );
});

test('the last epoch is that of training, not of the test', () => {
  expect(describeTrial(sources()).last).toEqual({ epoch: 10, metrics: { 'val/elbo': -42 } });
});

test('the curve is of training where nothing was held out', () => {
  const { trial } = sources();
  const detail = describeTrial(sources({ metrics: curve(trial, 3, 'train/elbo') }));
  expect(detail.curve.metric).toBe('train/elbo');
  expect(detail.curve.points.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
});

test('a long curve fits, and what would flatten it is left out and said', () => {
  const { trial } = sources();
  const metrics = curve(trial, 400).map((row) => (row.epoch === 1 ? { ...row, value: -9e7 } : row));
  const text = renderTrial(describeTrial(sources({ metrics })), { columns: 80, colour: false });
  expect(text).toContain('off: down to -9.00e7');
  expect(text).toMatch(/^ +1 +best 9 +400$|^ +best 9 +400$/m);
});

test('the trial as JSON', async () => {
  const json: unknown = JSON.parse(renderTrialJson(describeTrial(sources())));
  await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot('../golden/trial-json.txt');
});

test('what computed each attempt, where that is on record', () => {
  const bits = (digits: string): string => `compiled/cpu with ONNX Runtime 1.24.3, bits ${digits}`;
  const classes = [bits('3f9a12c40b7e'), bits('77aa01c40b7e')];
  const attempts = ATTEMPTS.map((attempt, i) => ({ ...attempt, bitClass: classes[i]! }));
  const detail = describeTrial(sources({ attempts, bitClass: classes[1]! }));
  const text = renderTrial(detail, { columns: 140, colour: false });
  expect(text).toMatch(
    /^ #  device  engine +bits .*\n 1  cpu +compiled\/cpu  3f9a12 .*\n 2  cpu +compiled\/cpu  77aa01 /m,
  );
  expect(JSON.parse(renderTrialJson(detail))).toMatchObject({
    bit_class: classes[1],
    attempts: classes.map((bit_class) => ({ bit_class })),
  });
  expect(renderTrial(describeTrial(sources()), { columns: 140, colour: false })).not.toContain('bits');
});
