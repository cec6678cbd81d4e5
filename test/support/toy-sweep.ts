import { valueOf } from '../../src/model/parameter.ts';
import { beta } from '../../src/model/parameters.ts';
import type { TrialSummary } from '../../src/trial/outcome.ts';
import type { SweepPlan } from '../../src/store/store.ts';
import { configId, trialId } from '../../src/trial/identity.ts';
import type { EpochRecord, TrialConfig, TrialPlan } from '../../src/trial/trial.ts';

const FINGERPRINT = 'toy-data';

export interface ToyPlanOptions {
  readonly name?: string;
  readonly betas?: readonly number[];
  readonly seeds?: number;
  readonly epochs?: number;
  readonly evaluateTest?: 'selected' | 'all';
}

/** A plan of `betas` × `seeds` small trials. */
export function toyPlan(options: ToyPlanOptions = {}): SweepPlan {
  const { name = 'toy', betas = [1, 2, 4], seeds = 2, epochs = 3, evaluateTest = 'selected' } = options;
  const trials = betas.flatMap((beta) => Array.from({ length: seeds }, (_, seed) => toyTrial(beta, seed, epochs)));
  return {
    name,
    objective: { metric: 'val/elbo', goal: 'maximize' },
    evaluateTest,
    specText: `name: ${name}\n`,
    overrides: [],
    swept: ['beta'],
    dataset: { name: 'sprites-mini', files: {}, fingerprint: FINGERPRINT },
    trials,
  };
}

export function toyTrial(beta: number, seed: number, epochs: number): TrialPlan {
  const config: TrialConfig = {
    parameters: {
      architecture: 'mlp',
      hidden: [8],
      activation: 'relu',
      init: 'he',
      latent_dim: 2,
      beta,
      learning_rate: 1e-3,
      likelihood: 'bernoulli',
    },
    train: { epochs, batchSize: 8, clipNorm: null },
    dataset: { name: 'sprites-mini', train: 64, validation: 32, binarization: 'grey' },
  };
  const configuration = configId(config, FINGERPRINT);
  return { id: trialId(config, FINGERPRINT, seed), configId: configuration, seed, config };
}

/** What the toy trainer reports for an epoch: a function of configuration, seed and epoch alone, like the real one's. */
export function toyEpoch({ seed, config }: Pick<TrialPlan, 'seed' | 'config'>, epoch: number): EpochRecord {
  const weight = valueOf(config.parameters, beta);
  const kl = 10 + weight;
  const reconstruction = 100 + 10 * weight + seed - 2 * epoch;
  const metrics = { 'val/elbo': -(kl + reconstruction), 'val/reconstruction': reconstruction, 'val/kl': kl };
  return { epoch, step: epoch * 8, metrics, seconds: 0.5 };
}

export function toySummary(epochs: readonly EpochRecord[]): TrialSummary {
  const best = epochs.reduce((a, b) => (b.metrics['val/elbo']! > a.metrics['val/elbo']! ? b : a));
  return {
    bestEpoch: best.epoch,
    epochs: epochs.length,
    metrics: best.metrics,
    klPerDimension: [best.metrics['val/kl']!, 0],
    trainableWeights: 1234,
  };
}
