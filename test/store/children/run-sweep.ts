/**
 * Runs sweep argv[3] in folder argv[2] to its end, or until it is killed: argv[4] trials of argv[5] epochs.
 * A line on stdout acknowledges what was recorded before it: `plan`, `epoch <trial> <epoch>`, `completed <trial>`, `done`;
 * or it is the code of the error that ended the run.
 */
import { writeSync } from 'node:fs';
import { SweepError } from '../../../src/errors.ts';
import { ResultsLayout } from '../../../src/files/paths.ts';
import { openStore } from '../../../src/store/sqlite-store.ts';
import { epochRecord, sweepPlan } from '../plans.ts';

const [folder, sweep, trials, epochs] = process.argv.slice(2) as [string, string, string, string];
/** Written at once, so that a kill can't swallow it. */
const acknowledge = (line: string): void => void writeSync(1, `${line}\n`);

acknowledge('started');
const store = openStore(new ResultsLayout(folder), sweep);
try {
  store.savePlan(sweepPlan(Number(trials), sweep), new Date());
  acknowledge('plan');
  for (const trial of store.queued()) {
    const attempt = store.beginAttempt(trial, new Date());
    store.attemptStarted(trial, attempt, {
      device: 'cpu',
      engine: { engine: 'compiled', provider: 'cpu' },
      bitClass: 'toy',
    });
    for (let epoch = 1; epoch <= Number(epochs); epoch++) {
      store.recordEpochs(trial, attempt, [epochRecord(epoch, -100 + epoch)]);
      acknowledge(`epoch ${trial} ${epoch}`);
    }
    const { metrics } = epochRecord(Number(epochs), -100 + Number(epochs));
    const summary = {
      bestEpoch: Number(epochs),
      epochs: Number(epochs),
      metrics,
      klPerDimension: [1],
      trainableWeights: 1,
    };
    store.endAttempt(trial, attempt, { endedAt: new Date(), state: 'completed', cause: null, summary });
    acknowledge(`completed ${trial}`);
    store.heartbeat(new Date());
  }
  store.finishRun('finished', new Date());
  acknowledge('done');
} catch (error) {
  acknowledge(error instanceof SweepError ? error.code : String(error));
  // What was refused left no transaction open behind it.
  acknowledge(`still queued: ${store.queued().length}`);
} finally {
  store[Symbol.dispose]();
}
