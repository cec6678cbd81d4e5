import os from 'node:os';
import { mean } from 'simple-statistics';
import type { BenchCase } from '../bench-case.ts';
import { findSprites, writeImages } from '../images.ts';
import { interleave } from '../interleave.ts';
import { NO_PYTORCH, PeerProcess } from '../peer-process.ts';
import { runSweepCommand } from '../sweep-command.ts';

const BETAS = [0.5, 1, 2, 4, 8];
const SEEDS = [0, 1];
const SHARED = { latent_dim: 10, learning_rate: 1e-3 };
const HIDDEN = [512];
const BATCH_SIZE = 128;
const PROCESSES = os.availableParallelism();

export const benchCase: BenchCase = {
  name: 'short-sweep',
  measures:
    'Wall time from the start of the command to its end of 10 trials of about 2 s (MLP 1024-512-10 on sprites-mini, 10 ' +
    'epochs, five β, two seeds), as many at a time as there are cores. Ours also records every metric, writes checkpoints, ' +
    'weights and pictures and tests the winner; the peer does not.',
  peer: 'a script of PyTorch at its best (see above), one process per core and one thread each, the same trials',
  usesPyTorch: true,

  async run(bench) {
    const { peers } = bench;
    if (peers === undefined) throw new Error(NO_PYTORCH);
    const epochs = bench.quick ? 1 : 10;
    const dataset = await findSprites({ train: null, validation: null });
    const files = await writeImages(bench, dataset);
    const spec = {
      ...{ name: 'short', dataset: dataset.settings, seeds: SEEDS },
      parameters: { architecture: 'mlp', hidden: HIDDEN, beta: BETAS, ...SHARED },
      train: { epochs, batch_size: BATCH_SIZE },
    };
    const trials = SEEDS.flatMap((seed) => BETAS.map((beta) => ({ architecture: 'mlp', widths: HIDDEN, beta, seed })));
    const setups = { mlp: peers.mlp.best.setup.settings };
    const settings = { ...files, ...SHARED, epochs, batch_size: BATCH_SIZE, setups, trials, processes: PROCESSES };
    let elbos: readonly number[] = [];
    const pairs = await interleave(
      bench.quick ? 1 : 5,
      async () => (await runSweepCommand(bench, { spec, slots: PROCESSES })).seconds,
      async () => {
        const startedMs = performance.now();
        const peer = new PeerProcess('short_sweep.py', settings, peers.mlp.best.setup.env);
        elbos = ((await peer.answer()) as { readonly elbo: number }[]).map(({ elbo }) => elbo);
        await peer.close();
        return (performance.now() - startedMs) / 1000;
      },
    );
    return [
      {
        what: 'short sweep, 10 trials of 2 s',
        unit: 's',
        ...pairs,
        target: { figure: 'peer/ours', sense: 'at least', minimum: 1.2, aim: 2 },
        notes: [
          ...dataset.notes,
          `${epochs} epochs, ${PROCESSES} at a time; the peer's mean ELBO ${mean([...elbos]).toFixed(2)}`,
        ],
      },
    ];
  },
};
