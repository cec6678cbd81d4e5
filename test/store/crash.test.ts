import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDatabase } from '../../src/store/integrity.ts';
import type { ReadModel } from '../../src/store/read-model.ts';
import { startChild } from './children.ts';
import { epochRecord } from './plans.ts';
import { countsOf, openTestReadModel, temporaryLayout } from './support.ts';

/** `npm run test:kill` strikes hundreds of times, at whole runs. */
const KILLS = 12;
const TRIALS = 30;
const EPOCHS = 8;
const METRICS_PER_EPOCH = Object.keys(epochRecord(1, 0).metrics).length;

/** What must hold at any moment, given what the killed processes acknowledged. */
function expectSound(model: ReadModel, acknowledged: ReadonlySet<string>): void {
  const snapshot = model.snapshot('beta');
  if (acknowledged.has('plan')) expect(snapshot).toBeDefined();
  if (!snapshot) return;
  expect(snapshot.trials).toHaveLength(TRIALS);
  const recorded = new Set<string>();
  for (const trial of snapshot.trials) {
    const metricsByEpoch = Map.groupBy(model.metrics('beta', trial.id), ({ epoch }) => epoch);
    for (const [epoch, rows] of metricsByEpoch) {
      expect(rows).toHaveLength(METRICS_PER_EPOCH);
      recorded.add(`epoch ${trial.id} ${epoch}`);
    }
    expect(trial.epochs).toBe(metricsByEpoch.size);
    expect(model.attempts('beta', trial.id)).toHaveLength(trial.attempts);
    if (trial.state === 'completed') recorded.add(`completed ${trial.id}`);
  }
  const missing = [...acknowledged].filter((line) => /^(epoch|completed) /.test(line) && !recorded.has(line));
  expect(missing).toEqual([]);
}

test('a sweep that is killed again and again loses nothing it acknowledged, holds nothing by halves, and ends', async () => {
  const layout = temporaryLayout();
  const args = [layout.root, 'beta', String(TRIALS), String(EPOCHS)];
  const acknowledged = new Set<string>();
  // After how many lines, and how long after the last of them, in ms: from before the first open to far into the run.
  const moments = fc.sample(fc.tuple(fc.integer({ min: 1, max: 25 }), fc.double({ min: 0, max: 4, noNaN: true })), {
    numRuns: KILLS,
    seed: 20261121,
  });
  for (const [lines, delayMs] of moments) {
    const child = startChild('run-sweep.ts', args);
    for (let line = 0; line < lines; line++) await child.nextLine();
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await child.kill();
    for (const line of child.lines) acknowledged.add(line);
    expect(checkDatabase(layout)).toEqual([]);
    if (!acknowledged.has('plan')) continue;
    const model = openTestReadModel(layout);
    expectSound(model, acknowledged);
    model[Symbol.dispose]();
  }
  const last = startChild('run-sweep.ts', args);
  await last.end();
  expect(last.lines.at(-1)).toBe('done');
  const model = openTestReadModel(layout);
  expect(countsOf(model, 'beta').completed).toBe(TRIALS);
  expectSound(model, new Set(last.lines));
  for (const trial of model.snapshot('beta')!.trials) {
    expect(trial).toMatchObject({
      epochs: EPOCHS,
      bestEpoch: EPOCHS,
      metrics: epochRecord(EPOCHS, -100 + EPOCHS).metrics,
    });
  }
});
