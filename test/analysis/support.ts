/** Synthetic snapshots: figures that look like a sweep's, the same on every call. */
import { hashedParameters } from '../../src/trial/identity.ts';
import { createHash } from 'node:crypto';
import { datasetOf } from '../../src/data/datasets/index.ts';
import { splitSizes } from '../../src/data/split-sizes.ts';
import { randomStream } from '../../src/random.ts';
import type { SweepRecord, SweepSnapshot, TrialRecord } from '../../src/store/read-model.ts';
import { NUMERICS_VERSION } from '../../src/trial/identity.ts';
import type { Parameters } from '../../src/model/parameter.ts';
import type { DatasetSettings, TrainSettings, TrialConfig } from '../../src/trial/trial.ts';

export const STARTED_AT = new Date('2026-11-21T10:00:00Z');

export function sweepRecord(overrides: Partial<SweepRecord> = {}): SweepRecord {
  return {
    name: 'beta',
    state: 'finished',
    objective: { metric: 'val/elbo', goal: 'maximize' },
    evaluateTest: 'selected',
    plannedTrials: null,
    specText: 'name: beta\n',
    overrides: [],
    swept: ['architecture', 'beta'],
    datasetFingerprint: 'f00d',
    createdAt: STARTED_AT,
    startedAt: STARTED_AT,
    endedAt: new Date('2026-11-21T10:30:00Z'),
    coordinator: null,
    tags: [],
    note: null,
    ...overrides,
  };
}

export interface TrialSketch extends Partial<Omit<TrialRecord, 'config' | 'params' | 'configId'>> {
  readonly parameters?: Partial<Parameters>;
  readonly train?: Partial<TrainSettings>;
  readonly dataset?: Partial<DatasetSettings>;
}

/** A completed mlp trial, but for what the sketch says. Identity follows from configuration and seed, as in life. */
export function trialRecord({ parameters, train, dataset, ...overrides }: TrialSketch = {}): TrialRecord {
  const architecture = parameters?.['architecture'] ?? 'mlp';
  const config: TrialConfig = {
    parameters: {
      architecture,
      ...(architecture === 'mlp' ? { hidden: [512] } : { channels: [32, 64] }),
      ...{ activation: 'relu', init: 'he', latent_dim: 10, beta: 1, learning_rate: 0.001, likelihood: 'bernoulli' },
      ...parameters,
    },
    train: { epochs: 10, batchSize: 128, clipNorm: null, ...train },
    dataset: { name: 'sprites-mini', train: null, validation: null, binarization: 'grey', ...dataset },
  };
  const { latent_dim, learning_rate, ...rest } = config.parameters;
  const hashed = { ...config, parameters: hashedParameters(config.parameters) };
  const seed = overrides.seed ?? 0;
  return {
    sweep: 'beta',
    id: digest([hashed, seed]),
    configId: digest(hashed),
    seed,
    state: 'completed',
    cause: null,
    config,
    params: { ...rest, latent_dim, learning_rate },
    metrics: {},
    bestEpoch: 10,
    epochs: 10,
    lastElbo: null,
    seconds: 60,
    cpuSeconds: null,
    device: 'cpu',
    bitClass: null,
    attempts: 1,
    klPerDimension: null,
    trainableWeights: null,
    reusedFrom: null,
    inPlan: true,
    numericsVersion: NUMERICS_VERSION,
    images: imagesOf(config.dataset),
    tags: [],
    note: null,
    ...overrides,
  };
}

function imagesOf(dataset: DatasetSettings): { train: number; validation: number } {
  const { training, validation } = splitSizes(datasetOf(dataset.name), dataset);
  return { train: training, validation };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

export function snapshotOf(trials: readonly TrialRecord[], sweep: Partial<SweepRecord> = {}): SweepSnapshot {
  return { sweep: sweepRecord(sweep), trials, outside: [] };
}

/** Validation metrics that keep elbo + reconstruction + kl = 0. */
export function valMetrics(elbo: number, kl = 20, activeUnits = 10): Record<string, number> {
  return { 'val/elbo': elbo, 'val/reconstruction': -elbo - kl, 'val/kl': kl, 'val/active_units': activeUnits };
}

/** Trials of one configuration with these ELBOs, of seeds 0, 1, … */
export function seedsWith(elbos: readonly number[], sketch: TrialSketch = {}): TrialRecord[] {
  return elbos.map((elbo, seed) => trialRecord({ seed, metrics: valMetrics(elbo), ...sketch }));
}

/**
 * mlp and conv at five β, two seeds each: conv wins by about 5 nats, β = 1 by half a nat, β moves nats from the rate to the distortion,
 * one mlp trial diverged, the winner has been tested.
 */
export function betaSweep(seeds = 2): SweepSnapshot {
  const noise = randomStream(['test']);
  const trials = (['mlp', 'conv'] as const).flatMap((architecture) =>
    [0.5, 1, 2, 4, 8].flatMap((beta) =>
      Array.from({ length: seeds }, (_, seed): TrialRecord => {
        const isConv = architecture === 'conv';
        const sketch = { parameters: { architecture, beta }, seed };
        if (!isConv && beta === 8 && seed === 1) {
          return trialRecord({
            ...sketch,
            state: 'diverged',
            cause: 'loss not finite at epoch 3',
            epochs: 2,
            seconds: 5,
          });
        }
        const elbo = (isConv ? -36 : -41) - 0.5 * Math.log2(beta) ** 2 + 0.6 * noise.uniform();
        const kl = 20 - 4 * Math.log2(beta) + 0.5 * noise.uniform();
        const isWinner = isConv && beta === 1;
        return trialRecord({
          ...sketch,
          metrics: {
            ...valMetrics(elbo, kl, Math.min(10, Math.round(kl / 2))),
            ...(isWinner ? { 'test/elbo': elbo - 0.3, 'test/reconstruction': 0.3 - elbo - kl, 'test/kl': kl } : {}),
          },
          seconds: (isConv ? 120 : 40) + 3 * noise.uniform(),
          trainableWeights: isConv ? 260_000 : 1_076_000,
        });
      }),
    ),
  );
  return snapshotOf(trials);
}

/** One configuration on all images, nothing held out: only training and test metrics. */
export function untunedSweep(): SweepSnapshot {
  const trials = [0, 1, 2].map((seed) => {
    const elbo = -35 - 0.1 * seed;
    return trialRecord({
      seed,
      dataset: { validation: 0 },
      metrics: { 'train/elbo': elbo + 1, 'test/elbo': elbo, 'test/reconstruction': -elbo - 20, 'test/kl': 20 },
    });
  });
  return snapshotOf(trials, { name: 'final', swept: [] });
}
