/**
 * Small trials of every kind, with what they come to: two epochs of 256 images each. Whoever changes a number of theirs
 * changes results that people have, and must mean it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { locateDataset } from '../../src/data/locate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { expandSpec } from '../../src/sweep-file/expansion/expand.ts';
import { readSpec } from '../../src/sweep-file/parse.ts';
import type { TrainJob } from '../../src/trial/job.ts';
import type { TrialId } from '../../src/trial/trial.ts';
import { loadImages, runTrial } from '../../src/training/run-trial.ts';

export interface GoldenTrial {
  /** The overrides of `BASE` that make it. */
  readonly settings: string;
  readonly id: TrialId;
  /** `val/elbo` of each epoch, nats per image. */
  readonly elbo: readonly number[];
}

export const GOLDEN_FILE = path.join(import.meta.dirname, 'golden.json');

const BASE = `
name: golden
dataset: { name: sprites-mini, train: 256, validation: 64 }
parameters: { latent_dim: 3, beta: 2, learning_rate: 3e-3 }
train: { epochs: 2, batch_size: 32 }
`;

const MLP = 'architecture=mlp hidden=24,16';
const MNIST = `${MLP} dataset.name=mnist`;
const CONV = 'architecture=conv channels=4,6';

const KINDS = [
  ...['relu', 'leaky_relu', 'elu', 'tanh'].flatMap((activation) =>
    [MLP, CONV].map((model) => `${model} activation=${activation}`),
  ),
  ...[MLP, CONV].map((model) => `${model} clip_norm=1 learning_rate=3e-2`),
  `${MLP} dataset.train=250 batch_size=48`,
  // The built-in images are black and white: on them these are the same.
  ...['threshold', 'static', 'dynamic'].map((binarization) => `${MLP} dataset.binarization=${binarization}`),
  ...['grey', 'threshold', 'static', 'dynamic'].map((binarization) => `${MNIST} dataset.binarization=${binarization}`),
];

/** Trains them all, a few seconds; those on MNIST only with the folder that has it. */
export async function trainGolden(engine: Engine, dataDir?: string): Promise<GoldenTrial[]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'golden-'));
  try {
    const trials: GoldenTrial[] = [];
    const kinds = KINDS.filter((settings) => dataDir !== undefined || !isOnMnist({ settings }));
    for (const settings of kinds) trials.push(await trainOne(engine, settings, directory, dataDir));
    return trials;
  } finally {
    await rm(directory, { recursive: true });
  }
}

export function isOnMnist({ settings }: Pick<GoldenTrial, 'settings'>): boolean {
  return settings.startsWith(MNIST);
}

async function trainOne(engine: Engine, settings: string, directory: string, dataDir?: string): Promise<GoldenTrial> {
  const { spec } = readSpec(BASE, { file: 'golden', overrides: settings.split(' ') });
  const dataset = await locateDataset(spec.dataset, { dataDir });
  const [trial] = expandSpec(spec, dataset.fingerprint);
  const { id, config, seed } = trial!;
  const elbo: number[] = [];
  const folder = path.join(directory, id);
  const job: TrainJob = { kind: 'train', trial: id, attempt: 1, seed, config, dataset, directory: folder };
  const outcome = await runTrial(job, {
    engine,
    images: await loadImages(job),
    emit: (event) => event.type === 'epoch' && elbo.push(event.record.metrics['val/elbo']!),
    stopRequested: () => undefined,
  });
  if (outcome.kind !== 'completed') throw new Error(`${settings}: ${JSON.stringify(outcome)}`);
  return { settings, id, elbo };
}
