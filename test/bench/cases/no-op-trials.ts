import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runSweep, type Surroundings } from '../../../src/sweep.ts';
import type { BenchCase } from '../bench-case.ts';
import { syncMs } from '../disk.ts';
import { interleave } from '../interleave.ts';
import { startNoOpExecutor } from '../no-op-executor.ts';
import { PeerProcess } from '../peer-process.ts';

const PAIRS = 5;

export const benchCase: BenchCase = {
  name: 'no-op-trials',
  measures:
    'A trial that does nothing but report one epoch of 9 metrics: dispatched by the real scheduler to a warm device ' +
    'process with one slot, recorded durably by the real store (attempt, place, epoch, end) and logged. ' +
    'Ours runs 10,000 in five sweeps of one database, from the first dispatch to the last end; Optuna runs 1,000, in ' +
    'turns of 200 (one parameter, one reported value, one result each), and its time is divided by its own count.',
  peer: 'Optuna with SQLite storage, random sampler, one process',

  async run(bench) {
    const [oursPerPair, peersPerPair] = bench.quick ? [100, 10] : [2000, 200];
    const folder = await bench.temporaryFolder();
    const executor = await startNoOpExecutor();
    const peer = new PeerProcess('no_op.py', { storage: `sqlite:///${path.join(folder, 'optuna.db')}` });
    try {
      await peer.answer();
      const pairs = await interleave(
        bench.quick ? 2 : PAIRS,
        (pair) => oursMs(folder, pair, oursPerPair, executor.surroundings),
        async () => {
          const { seconds } = (await peer.ask({ trials: peersPerPair })) as { seconds: number };
          return (1000 * seconds) / peersPerPair;
        },
      );
      const count = (perPair: number): string => (perPair * pairs.ours.length).toLocaleString('en');
      const notes = [
        `ours ran ${count(oursPerPair)} trials, Optuna ${count(peersPerPair)}`,
        `this disk takes ${syncMs(folder).toFixed(2)} ms to make one block durable`,
      ];
      const atMost = { figure: 'ours', sense: 'at most', minimum: 1, aim: 0.3 } as const;
      const faster = { figure: 'peer/ours', sense: 'at least', minimum: 10, aim: 10 } as const;
      return [
        { what: 'no-op trial', unit: 'ms', ...pairs, target: atMost, notes },
        { what: 'no-op trial beside Optuna', unit: 'ms', ...pairs, target: faster, notes: [] },
      ];
    } finally {
      await Promise.all([peer.close(), executor.close()]);
    }
  },
};

/** Time of a trial in a sweep of so many, without the start and the end of the sweep. */
async function oursMs(folder: string, pair: number, trials: number, surroundings: Surroundings): Promise<number> {
  const spec = {
    name: `no-op-${pair}`,
    dataset: 'sprites-mini',
    parameters: { beta: { min: 0, max: 4 } },
    ...{ search: 'random', trials, search_seed: pair },
    train: { epochs: 1 },
  };
  const specFile = path.join(folder, `${spec.name}.yaml`);
  await writeFile(specFile, JSON.stringify(spec));
  let firstMs: number | undefined;
  let lastMs = NaN;
  const options = { specFile, overrides: [], resultsDir: path.join(folder, 'results'), device: 'cpu' };
  const { counts } = await runSweep(
    options,
    (event) => {
      if (event.type === 'dispatched') firstMs ??= performance.now();
      if (event.type === 'finished') lastMs = performance.now();
    },
    surroundings,
  );
  if (counts.completed !== trials) throw new Error(`${counts.completed} of ${trials} no-op trials are completed`);
  return (lastMs - firstMs!) / trials;
}
