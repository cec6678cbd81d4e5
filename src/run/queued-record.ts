import { definitionOf } from '../data/definition-of.ts';
import { splitSizes } from '../data/split-sizes.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { NUMERICS_VERSION } from '../trial/identity.ts';
import type { TrialPlan } from '../trial/trial.ts';

/** A trial of a sweep's plan as readers have it before its first attempt. */
export function queuedRecord({ id, configId, seed, config, phase }: TrialPlan, sweep: string): TrialRecord {
  const { training: train, validation } = splitSizes(definitionOf(config.dataset), config.dataset);
  return {
    ...{ sweep, id, configId, seed, config, params: config.parameters },
    ...{ state: 'queued', cause: null, inPlan: true, attempts: 0, device: null, bitClass: null, reusedFrom: null },
    ...{ metrics: {}, bestEpoch: null, epochs: 0, lastElbo: null, seconds: 0, cpuSeconds: 0 },
    ...{ klPerDimension: null, trainableWeights: null, tags: [], note: null },
    images: { train, validation },
    numericsVersion: NUMERICS_VERSION,
    phase: phase ?? null,
  };
}
