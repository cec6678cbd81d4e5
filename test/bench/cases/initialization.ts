import { mean, sampleVariance } from 'simple-statistics';
import { loadEngine } from '../../../src/engine/load.ts';
import { INITIALIZATIONS } from '../../../src/model/parameters.ts';
import type { Parameters } from '../../../src/model/parameter.ts';
import type { TrialConfig } from '../../../src/trial/trial.ts';
import type { TrainJob } from '../../../src/trial/job.ts';
import { loadImages, runTrial } from '../../../src/training/run-trial.ts';
import type { Bench, BenchCase, Measurement } from '../bench-case.ts';
import { findMnist, writeImages, type BenchDataset } from '../images.ts';
import { PeerProcess } from '../peer-process.ts';

const SEEDS = [0, 1, 2, 3];
const TRAIN = { epochs: 8, batchSize: 100, clipNorm: null };
const COMMON = { latent_dim: 13, beta: 2.5, learning_rate: 1e-3, likelihood: 'bernoulli' } as const;
const MLP = { ...COMMON, architecture: 'mlp', activation: 'relu' } as const;

const MODELS: Readonly<Record<string, Parameters>> = {
  'MLP 784-500': { ...MLP, hidden: [500] },
  'MLP 784-300-100': { ...MLP, hidden: [300, 100] },
  'MLP 784-300-200-100-50': { ...MLP, hidden: [300, 200, 100, 50] },
  'conv 16-32': { ...COMMON, architecture: 'conv', activation: 'relu', channels: [16, 32] },
  'MLP 784-300-100 tanh': { ...MLP, activation: 'tanh', hidden: [300, 100] },
};

export const benchCase: BenchCase = {
  name: 'initialization',
  measures:
    'Held-out ELBO at β = 1 after 8 epochs of batches of 100 from 8,000 images (β 2.5, 13 latents), mean of four seeds. ' +
    'No time: how well training has started.',
  peer: 'PyTorch from its own default initialisation (Kaiming uniform with a = √5, uniform biases), the same models, data and optimiser',

  async run(bench) {
    const dataset = await findMnist(bench, { train: bench.quick ? 400 : 8000, validation: bench.quick ? 100 : 2000 });
    const files = await writeImages(bench, dataset);
    const rows: Measurement[] = [];
    for (const [name, model] of Object.entries(MODELS)) rows.push(await measure(bench, dataset, files, name, model));
    return rows;
  },
};

async function measure(
  bench: Bench,
  dataset: BenchDataset,
  files: object,
  name: string,
  model: Parameters,
): Promise<Measurement> {
  const train = { ...TRAIN, ...(bench.quick && { epochs: 1 }) };
  const elbos: Record<string, number[]> = {};
  for (const init of INITIALIZATIONS) {
    const config = { parameters: { ...model, init }, train, dataset: dataset.settings };
    elbos[init] = [];
    for (const seed of SEEDS) elbos[init].push(await trainOurs(bench, dataset, config, seed));
  }
  const { hidden, channels, ...shared } = model;
  const peer = new PeerProcess('initialization.py', {
    ...files,
    ...{ ...shared, widths: hidden ?? channels, epochs: train.epochs, batch_size: train.batchSize, seeds: SEEDS },
    initialization: 'default',
  });
  const theirs = (await peer.answer()) as number[];
  await peer.close();
  const noise = 2 * Math.sqrt((sampleVariance(elbos['he']!) + sampleVariance(theirs)) / SEEDS.length);
  return {
    what: `${name}: ELBO from the default`,
    unit: 'nats',
    ours: elbos['he']!,
    peer: theirs,
    target: { figure: 'ours-peer', sense: 'at least', minimum: -noise, aim: 0 },
    notes: [
      ...dataset.notes,
      'the bound is twice the standard error of the difference, from the spread over seeds',
      ...Object.entries(elbos).map(([init, values]) => `init ${init}: ${mean(values).toFixed(2)}`),
      `PyTorch: ${mean(theirs).toFixed(2)}`,
    ],
  };
}

async function trainOurs(bench: Bench, dataset: BenchDataset, config: TrialConfig, seed: number): Promise<number> {
  const elbos: number[] = [];
  const job: TrainJob = {
    ...{ kind: 'train', trial: 'bench', attempt: 1, seed, config, dataset: dataset.source },
    directory: await bench.temporaryFolder(),
  };
  const outcome = await runTrial(job, {
    engine: await loadEngine({ engine: 'compiled', provider: 'cpu' }),
    images: await loadImages(job),
    emit: (event) => event.type === 'epoch' && elbos.push(event.record.metrics['val/elbo']!),
    stopRequested: () => undefined,
  });
  if (outcome.kind !== 'completed') throw new Error(`a trial of ours: ${JSON.stringify(outcome)}`);
  return elbos.at(-1)!;
}
