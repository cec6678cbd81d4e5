/**
 * A sweep of argv[3] trials in folder argv[2], recorded within argv[4] seconds, epochs evenly, as if it was trained. A line on
 * stdout for the plan and for each epoch, after it was recorded.
 */
import { writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ResultsLayout } from '../../src/files/paths.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import { epochRecord, planOf } from '../bench/recorded-sweep.ts';

const EPOCHS = 40;
const [folder, trials, seconds] = process.argv.slice(2) as [string, string, string];
const specFile = path.join(folder, 'busy.json');
const spec = {
  name: 'busy',
  dataset: { name: 'sprites-mini', train: 128, validation: 64 },
  parameters: { beta: { min: 0.25, max: 8, scale: 'log' }, latent_dim: [4, 10] },
  search: 'random',
  trials: Number(trials),
  seeds: 1,
  train: { epochs: EPOCHS },
};
writeFileSync(specFile, JSON.stringify(spec));
const plan = await planOf(specFile);
const store = openStore(new ResultsLayout(folder), plan.name);
try {
  store.savePlan(plan, new Date());
  writeSync(1, 'plan\n');
  const startMs = performance.now();
  let recorded = 0;
  for (const { id } of plan.trials) {
    const attempt = store.beginAttempt(id, new Date());
    store.attemptStarted(id, attempt, {
      device: 'cpu',
      engine: { engine: 'compiled', provider: 'cpu' },
      bitClass: 'toy',
    });
    const epochs = Array.from({ length: EPOCHS }, (_, i) => epochRecord(i + 1, -100 + i));
    for (const epoch of epochs) {
      store.recordEpochs(id, attempt, [epoch]);
      writeSync(1, `epoch ${id} ${epoch.epoch}\n`);
      store.heartbeat(new Date());
      const dueMs = (++recorded * 1000 * Number(seconds)) / (plan.trials.length * EPOCHS);
      await setTimeout(Math.max(0, startMs + dueMs - performance.now()));
    }
    const summary = {
      ...{ bestEpoch: EPOCHS, epochs: EPOCHS, metrics: epochs.at(-1)!.metrics },
      ...{ klPerDimension: [1.5, 0.5], trainableWeights: 34_000 },
    };
    store.endAttempt(id, attempt, { endedAt: new Date(), state: 'completed', cause: null, summary });
  }
  store.finishRun('finished', new Date());
} finally {
  store[Symbol.dispose]();
}
