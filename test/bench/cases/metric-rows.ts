import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ResultsLayout } from '../../../src/files/paths.ts';
import { openStore } from '../../../src/store/sqlite-store.ts';
import type { BenchCase } from '../bench-case.ts';
import { syncMs } from '../disk.ts';
import { interleave } from '../interleave.ts';
import { PeerProcess } from '../peer-process.ts';
import { epochRecord, planOf } from '../recorded-sweep.ts';

const METRICS = Object.keys(epochRecord(1, -90).metrics).length;
const EPOCHS_PER_COMMIT = 1000;

export const benchCase: BenchCase = {
  name: 'metric-rows',
  measures:
    `Metric rows the store has made durable per second: ${EPOCHS_PER_COMMIT.toLocaleString('en')} epochs of ${METRICS} ` +
    'metrics in one commit, as a resumed history comes in; and one epoch a commit, as a trial reports it.',
  peer: "Optuna's `trial.report` with SQLite storage, one value a commit",

  async run(bench) {
    const folder = await bench.temporaryFolder();
    const spec = { name: 'rows', dataset: 'sprites-mini', parameters: { hidden: [16] }, seeds: 1000 };
    const specFile = path.join(folder, 'spec.yaml');
    await writeFile(specFile, JSON.stringify(spec));
    const plan = await planOf(specFile);
    const store = openStore(new ResultsLayout(path.join(folder, 'results')), spec.name);
    const peer = new PeerProcess('no_op.py', { storage: `sqlite:///${path.join(folder, 'optuna.db')}` });
    try {
      store.savePlan(plan, new Date());
      const epochs = Array.from({ length: EPOCHS_PER_COMMIT }, (_, i) => epochRecord(i + 1, -90));
      let next = 0;
      /** Rows a second of `commits` commits of so many epochs, on a trial of their own. */
      const rate = (commits: number, perCommit: number): number => {
        const trial = plan.trials[next++]!.id;
        const attempt = store.beginAttempt(trial, new Date());
        const batches = Array.from({ length: commits }, (_, i) => epochs.slice(i * perCommit, (i + 1) * perCommit));
        const startedMs = performance.now();
        for (const batch of batches) store.recordEpochs(trial, attempt, batch);
        return (1000 * commits * perCommit * METRICS) / (performance.now() - startedMs);
      };
      const reports = bench.quick ? 20 : 100;
      const peerRate = async (): Promise<number> => {
        return reports / ((await peer.ask({ rows: reports })) as { seconds: number }).seconds;
      };
      await peer.answer();
      const repetitions = bench.quick ? 3 : 11;
      const batched = await interleave(repetitions, () => rate(1, EPOCHS_PER_COMMIT), peerRate);
      const single = await interleave(repetitions, () => rate(reports, 1), peerRate);
      const target = { figure: 'ours', sense: 'at least', minimum: 50_000, aim: 200_000 } as const;
      const notes = [`this disk takes ${syncMs(folder).toFixed(2)} ms to make one block durable`];
      return [
        { what: 'metric rows, batched', unit: '/s', ...batched, target, notes },
        { what: 'metric rows, an epoch a commit', unit: '/s', ...single, target: null, notes: [] },
      ];
    } finally {
      store[Symbol.dispose]();
      await peer.close();
    }
  },
};
