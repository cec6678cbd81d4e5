/** Plans and records as plain data; used by the tests and by the processes they start. */
import type { SweepPlan } from '../../src/store/store.ts';
import type { EpochRecord, TrialConfig, TrialPlan } from '../../src/trial/trial.ts';

/** 16 hexadecimal digits that end in `index`. */
export function hexId(index: number): string {
  return index.toString(16).padStart(16, '0');
}

export function trialConfig(beta = 1): TrialConfig {
  return {
    parameters: {
      architecture: 'mlp',
      hidden: [64],
      activation: 'relu',
      init: 'he',
      latent_dim: 10,
      beta,
      learning_rate: 1e-3,
      likelihood: 'bernoulli',
    },
    train: { epochs: 1000, batchSize: 128, clipNorm: null },
    dataset: { name: 'sprites-mini', train: null, validation: null, binarization: 'grey' },
  };
}

/** Trial `index`, with an id and a configuration of its own. */
export function trialPlan(index: number, config = trialConfig(index + 1)): TrialPlan {
  return { id: hexId(index), configId: hexId(index + 0x1000000), seed: 0, config };
}

/** A sweep of trials 0 … count − 1, or of the given ones. */
export function sweepPlan(trials: number | readonly TrialPlan[], name = 'beta'): SweepPlan {
  return {
    name,
    objective: { metric: 'val/elbo', goal: 'maximize' },
    evaluateTest: 'selected',
    specText: `name: ${name}\n`,
    overrides: ['train.epochs=3'],
    swept: ['beta', 'latent_dim'],
    dataset: { name: 'sprites-mini', files: {}, fingerprint: 'f00d' },
    trials: typeof trials === 'number' ? Array.from({ length: trials }, (_, index) => trialPlan(index)) : trials,
  };
}

/** An epoch with `val/elbo`, and a reconstruction and KL that add up to it. */
export function epochRecord(epoch: number, elbo: number): EpochRecord {
  const kl = 12.3;
  return {
    epoch,
    step: epoch * 100,
    metrics: {
      'train/elbo': elbo + 1,
      'val/elbo': elbo,
      'val/reconstruction': -elbo - kl,
      'val/kl': kl,
    },
    seconds: 0.5,
  };
}
