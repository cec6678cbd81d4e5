import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderFrame } from '../../../src/render/run/frame.ts';
import { initialProgress, type ProgressState } from '../../../src/analysis/progress/progress-state.ts';
import { reduceProgress } from '../../../src/analysis/progress/reduce-progress.ts';
import type { SweepSnapshot, TrialRecord } from '../../../src/store/read-model.ts';
import { betaSweep } from '../../analysis/support.ts';
import { devices, eventsOf, planned, START, type Happening } from '../../cli/support.ts';

/** The sweep of the report's tests before it ran. */
function queued(): SweepSnapshot {
  const { sweep, trials, outside } = betaSweep();
  return {
    sweep,
    outside,
    trials: trials.map((trial) => ({ ...trial, state: 'queued', cause: null, epochs: 0, seconds: 0, metrics: {} })),
  };
}

function play(happenings: readonly Happening[]): ProgressState {
  return eventsOf(...happenings).reduce(reduceProgress, initialProgress(START));
}

/** Seven trials behind it (one diverged), `running` under way. */
function midway(running: number): ProgressState {
  const { trials } = betaSweep();
  const happenings: Happening[] = [planned(queued()), devices(Math.max(1, running))];
  for (const [index, { id: trial, metrics }] of trials.slice(0, 7 + running).entries()) {
    happenings.push({ type: 'dispatched', trial, attempt: 1, device: `gpu:${index % 2}` });
    for (let epoch = 1; epoch <= 4; epoch++) {
      happenings.push({
        type: 'epoch',
        trial,
        record: { epoch, step: epoch, metrics: { 'val/elbo': -50 + epoch }, seconds: 9 },
      });
    }
    happenings.push({ type: 'progress', trial, epoch: 5, fraction: 0.5, imagesPerSecond: 12_345.6 });
    if (index >= 7) continue;
    if (index === 3) {
      const cause = 'loss not finite at epoch 5\u001b[2J';
      happenings.push({ type: 'finished', trial, attempt: 1, state: 'diverged', cause });
    } else {
      const summary = { bestEpoch: 4, epochs: 4, metrics, klPerDimension: [], trainableWeights: 1 };
      happenings.push({ type: 'finished', trial, attempt: 1, state: 'completed', cause: null, summary });
    }
  }
  return play(happenings);
}

/** One trial reads its data, another compiles. */
function compiling(): ProgressState {
  const [first, second] = betaSweep().trials as [TrialRecord, TrialRecord];
  const engine = { engine: 'compiled', provider: 'cpu' } as const;
  return play([
    planned(queued()),
    devices(2),
    { type: 'dispatched', trial: first.id, attempt: 1, device: 'cpu' },
    { type: 'started', trial: first.id, attempt: 1, engine, resumedEpochs: 0 },
    { type: 'dispatched', trial: second.id, attempt: 1, device: 'cpu' },
  ]);
}

const scenes = {
  midway: midway(3),
  crowded: midway(12),
  downloading: play([
    { type: 'downloading', file: 'train-images.gz', receivedBytes: 3_200_000, totalBytes: 9_912_422 },
  ]),
  reading: play([{ type: 'preparing', step: 'data' }]),
  starting: play([planned(queued()), { type: 'preparing', step: 'devices' }]),
  compiling: compiling(),
  stopping: { ...midway(2), isStopping: true },
  testing: { ...midway(0), testing: { done: 1, total: 2 } },
  waiting: {
    ...midway(0),
    wait: { trials: 2, sweeps: [{ sweep: 'other', host: 'here', pid: 7, silent: false }] },
  },
};

it('how the best got better, in the order of the plan: what lost a seed betters nothing', () => {
  const values = [-80, -60, -70, -50, -55];
  const { trials } = betaSweep();
  const state = midway(0);
  const played = trials.slice(0, 2 * values.length).map((trial, i): [string, TrialRecord] => {
    // Two seeds each; one of the fourth diverged.
    const isLost = i === 7;
    const metrics = { 'val/elbo': values[Math.floor(i / 2)]! };
    return [trial.id, { ...trial, state: isLost ? 'diverged' : 'completed', metrics: isLost ? {} : metrics }];
  });
  const frame = renderFrame({ ...state, trials: new Map(played) }, { columns: 80, rows: 24, colour: false });
  expect(frame).toContain(' so far  ▁▇▇▇█  -80.00 to -55.00 over 5 configurations');
  expect(frame.every((line) => stringWidth(line) <= 80)).toBe(true);
});

describe.each([80, 140])('at %i columns', (columns) => {
  it.each(Object.keys(scenes) as (keyof typeof scenes)[])('a run that is %s', async (scene) => {
    const frame = renderFrame(scenes[scene], { columns, rows: 16, colour: false });
    await expect(`${frame.join('\n')}\n`).toMatchFileSnapshot(`../frames/${scene}-${columns}.txt`);
  });

  it('in colour differs by styles only', async () => {
    const frame = renderFrame(scenes.midway, { columns, rows: 16, colour: true }).join('\n');
    await expect(`${frame}\n`).toMatchFileSnapshot(`../frames/midway-${columns}-colour.txt`);
    const plain = renderFrame(scenes.midway, { columns, rows: 16, colour: false }).join('\n');
    expect(stripVTControlCharacters(frame)).toBe(plain);
  });
});

it('is never wider than the terminal and never as high', () => {
  const anyWindow = fc.record({
    columns: fc.integer({ min: 1, max: 200 }),
    rows: fc.integer({ min: 2, max: 60 }),
    colour: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(scenes)), anyWindow, (state, window) => {
      const lines = renderFrame(state, window);
      expect(lines.length).toBeLessThan(window.rows);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(window.columns);
    }),
  );
});

it('keeps the latest notes in sight, each on a line', () => {
  const notes = ['one', 'two', '! three\n  with an excerpt', '✗ four'];
  const frame = renderFrame(scenes.midway, { columns: 80, rows: 40, colour: false }, { notes, hint: 'Ctrl-C ends' });
  expect(frame.slice(-4)).toEqual([' two', ' ! three', ' ✗ four', ' Ctrl-C ends']);
});

it('lets no control character of a cause through', () => {
  expect(renderFrame(scenes.midway, { columns: 140, rows: 40, colour: false }).join('')).not.toContain('\u001b');
});
