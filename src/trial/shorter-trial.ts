import { trialId } from './identity.ts';
import type { TrialConfig, TrialId } from './trial.ts';

/** The trial of the same configuration, seed and data that trains fewer epochs, or more. */
export function trialOfEpochs(config: TrialConfig, fingerprint: string, seed: number, epochs: number): TrialId {
  return trialId({ ...config, train: { ...config.train, epochs } }, fingerprint, seed);
}
