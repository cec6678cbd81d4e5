/** Stands in for src/training/run-trial.ts in a device process: reports one epoch and is done. */
import { valueOf } from '../../../src/model/parameter.ts';
import { beta } from '../../../src/model/parameters.ts';
import type { TrialJob } from '../../../src/trial/job.ts';
import type { TrialOutcome } from '../../../src/trial/outcome.ts';
import type { TrialContext } from '../../../src/training/run-trial.ts';
import { epochRecord } from '../recorded-sweep.ts';

export { loadImages } from '../../../src/training/run-trial.ts';

export function runTrial(job: TrialJob, { engine, emit }: TrialContext): Promise<TrialOutcome> {
  if (job.kind === 'test') return Promise.resolve({ kind: 'tested', metrics: { 'test/elbo': -100 } });
  const record = epochRecord(1, -100 - valueOf(job.config.parameters, beta));
  emit({ type: 'started', engine: engine.choice, bitClass: 'toy', history: [] });
  emit({ type: 'epoch', record });
  const summary = { bestEpoch: 1, epochs: 1, metrics: record.metrics, klPerDimension: [1], trainableWeights: 1 };
  return Promise.resolve({ kind: 'completed', summary });
}
