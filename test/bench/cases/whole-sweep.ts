import os from 'node:os';
import path from 'node:path';
import { mean, sampleVariance } from 'simple-statistics';
import { ResultsLayout } from '../../../src/files/paths.ts';
import { openReadModel } from '../../../src/store/sqlite-read-model.ts';
import type { Bench, BenchCase } from '../bench-case.ts';
import { findMnist, writeImages, type BenchDataset } from '../images.ts';
import { interleave } from '../interleave.ts';
import type { PeerSetups } from '../peer-probe.ts';
import { NO_PYTORCH, PeerProcess } from '../peer-process.ts';
import { runSweepCommand } from '../sweep-command.ts';

const BETAS = [0.5, 1, 2, 4];
const SEEDS = [0, 1];
const WIDTHS = { mlp: [512], conv: [32, 64] };
const LATENT_DIM = 20;
const LEARNING_RATE = 1e-3;
const BATCH_SIZE = 128;
const PROCESSES = os.availableParallelism();

/** Validation ELBO after the last epoch, of each seed, by configuration. */
type Elbos = Record<string, number[]>;
interface Side {
  readonly seconds: number;
  readonly elbos: Elbos;
}

export const benchCase: BenchCase = {
  name: 'whole-sweep',
  measures:
    'Wall time from the start of the command to its end of 16 trials (MLP 512 and conv 32-64, 20 latents, β 0.5, 1, 2 ' +
    'and 4, two seeds) on 10,000 images, 2,000 more evaluated after each epoch, as many trials at a time as there are ' +
    'cores. Ours also writes checkpoints, weights and pictures and tests the winner; the peer does not.',
  peer: 'Optuna (SQLite storage) with PyTorch at its best (see above), one process per core and one thread each, the same trials',
  usesPyTorch: true,

  async run(bench) {
    const { peers } = bench;
    if (peers === undefined) throw new Error(NO_PYTORCH);
    const epochs = bench.quick ? 1 : 5;
    const dataset = await findMnist(bench, { train: bench.quick ? 2000 : 10_000, validation: 2000 });
    const files = await writeImages(bench, dataset);
    let ours: Elbos = {};
    let peer: Elbos = {};
    const take = (side: Side, keep: (elbos: Elbos) => void): number => {
      keep(side.elbos);
      return side.seconds;
    };
    const pairs = await interleave(
      bench.quick ? 1 : 3,
      async () => take(await runOurs(bench, dataset, epochs), (elbos) => (ours = elbos)),
      async () => take(await runPeer(bench, peers, { ...files, epochs }), (elbos) => (peer = elbos)),
    );
    const configurations = Object.keys(ours);
    const seedVariances = [...Object.values(ours), ...Object.values(peer)].map((seeds) => sampleVariance(seeds));
    const noise = Math.sqrt(mean(seedVariances));
    return [
      {
        what: 'whole sweep, 16 trials',
        unit: 's',
        ...pairs,
        target: { figure: 'peer/ours', sense: 'at least', minimum: 1.4, aim: 1.7 },
        notes: [...dataset.notes, `${epochs} epochs of ${dataset.settings.train ?? 0} images, ${PROCESSES} at a time`],
      },
      {
        what: 'its validation ELBO, by configuration',
        unit: 'nats',
        ours: configurations.map((name) => mean(ours[name]!)),
        peer: configurations.map((name) => mean(peer[name] ?? [NaN])),
        target: { figure: 'ours-peer', sense: 'within', minimum: noise, aim: noise / 2 },
        notes: [
          `the bound is the seed noise: the standard deviation between the seeds of a configuration, both sides pooled`,
          ...configurations.map((name) => `${name}: ours ${shown(ours[name])}, peer ${shown(peer[name])}`),
        ],
      },
    ];
  },
};

function nameOf(architecture: unknown, beta: unknown): string {
  return `${String(architecture)}, β ${String(beta)}`;
}

function shown(elbos: readonly number[] = []): string {
  return elbos.map((elbo) => elbo.toFixed(2)).join(' and ');
}

async function runOurs(bench: Bench, { settings }: BenchDataset, epochs: number): Promise<Side> {
  const name = 'whole';
  const spec = {
    name,
    dataset: settings,
    parameters: {
      architecture: Object.keys(WIDTHS),
      beta: BETAS,
      hidden: WIDTHS.mlp,
      channels: WIDTHS.conv,
      latent_dim: LATENT_DIM,
      learning_rate: LEARNING_RATE,
    },
    seeds: SEEDS,
    train: { epochs, batch_size: BATCH_SIZE },
  };
  const { folder, seconds } = await runSweepCommand(bench, { spec, slots: PROCESSES });
  const model = openReadModel(new ResultsLayout(folder));
  try {
    const elbos: Elbos = {};
    for (const { id, params } of model.snapshot(name)!.trials) {
      const rows = [...model.metrics(name, id)].filter((row) => row.name === 'val/elbo');
      (elbos[nameOf(params['architecture'], params['beta'])] ??= []).push(rows.at(-1)!.value);
    }
    return { seconds, elbos };
  } finally {
    model[Symbol.dispose]();
  }
}

interface PeerTrial {
  readonly architecture: keyof typeof WIDTHS;
  readonly beta: number;
  readonly seed: number;
  readonly elbo: number;
}

async function runPeer(bench: Bench, { mlp, conv, sweep }: PeerSetups, settings: object): Promise<Side> {
  const storage = `sqlite:///${path.join(await bench.temporaryFolder(), 'optuna.db')}`;
  const trials = SEEDS.flatMap((seed) =>
    Object.entries(WIDTHS).flatMap(([architecture, widths]) =>
      BETAS.map((beta) => ({ architecture, widths, beta, seed })),
    ),
  );
  const shared = { latent_dim: LATENT_DIM, learning_rate: LEARNING_RATE, batch_size: BATCH_SIZE };
  const setups = { mlp: mlp.best.setup.settings, conv: conv.best.setup.settings };
  const startedMs = performance.now();
  const options = { ...settings, ...shared, setups, storage, trials, processes: PROCESSES };
  const peer = new PeerProcess('sweep.py', options, sweep.setup.env);
  const results = (await peer.answer()) as PeerTrial[];
  await peer.close();
  const seconds = (performance.now() - startedMs) / 1000;
  const elbos: Elbos = {};
  for (const { architecture, beta, elbo } of results) (elbos[nameOf(architecture, beta)] ??= []).push(elbo);
  return { seconds, elbos };
}
