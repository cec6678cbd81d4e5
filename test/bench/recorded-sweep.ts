import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ResultsLayout } from '../../src/files/paths.ts';
import { sweptParameters } from '../../src/sweep-file/naming.ts';
import { openForWriting } from '../../src/store/connection.ts';
import { SqliteStore } from '../../src/store/sqlite-store.ts';
import type { SweepPlan } from '../../src/store/store.ts';
import { planSweep } from '../../src/plan-sweep.ts';
import type { EpochRecord } from '../../src/trial/trial.ts';

export const SWEEP_NAME = 'recorded';
const EPOCHS = 3;

/** 10,000 trials: 1,000 configurations in three parameters, 10 seeds. */
export function tenThousandTrials(quick: boolean): object {
  const choices = Array.from({ length: 10 }, (_, i) => i + 1);
  return {
    name: SWEEP_NAME,
    dataset: { name: 'sprites-mini', train: 128, validation: 64 },
    parameters: {
      hidden: [16],
      beta: choices.map((i) => i / 4),
      latent_dim: choices,
      learning_rate: choices.map((i) => i / 1e4),
    },
    seeds: quick ? 1 : 10,
    train: { epochs: EPOCHS },
  };
}

export async function planOf(specFile: string): Promise<SweepPlan> {
  const { spec, specText, source, trials } = await planSweep({ specFile, overrides: [] });
  const { name, objective, evaluateTest } = spec;
  return {
    name,
    objective,
    evaluateTest,
    specText,
    overrides: [],
    swept: sweptParameters(spec),
    dataset: source,
    trials,
  };
}

/** Each of a trial's epochs, from its parameters and its place in the plan. */
export type EpochsOf = (parameters: Readonly<Record<string, unknown>>, index: number) => readonly EpochRecord[];

const THREE_EPOCHS: EpochsOf = (_, index) =>
  Array.from({ length: EPOCHS }, (_, i) => epochRecord(i + 1, -90 - (index % 997) / 10 + i));

/**
 * A results folder in which every trial of `spec` but the last is completed, with all metrics of each epoch. Written by
 * the store itself, without waiting for the disk at each of its commits.
 */
export async function recordSweep(
  folder: string,
  spec: object,
  epochsOf: EpochsOf = THREE_EPOCHS,
): Promise<{ specFile: string; trials: number }> {
  const specFile = path.join(folder, 'spec.yaml');
  writeFileSync(specFile, JSON.stringify(spec));
  const plan = await planOf(specFile);
  const db = openForWriting(new ResultsLayout(folder).database);
  db.pragma('synchronous = OFF');
  const store = new SqliteStore(
    db,
    { check: () => undefined, [Symbol.dispose]: () => undefined },
    plan.name,
    () => false,
  );
  try {
    store.savePlan(plan, new Date());
    const engine = { engine: 'compiled', provider: 'cpu' } as const;
    plan.trials.slice(0, -1).forEach(({ id, config }, index) => {
      const attempt = store.beginAttempt(id, new Date());
      store.attemptStarted(id, attempt, { device: 'cpu', engine, bitClass: 'toy' });
      const epochs = epochsOf(config.parameters, index);
      store.recordEpochs(id, attempt, epochs);
      const summary = {
        bestEpoch: epochs.length,
        epochs: epochs.length,
        metrics: epochs.at(-1)!.metrics,
        klPerDimension: Array.from({ length: 10 }, () => 1.5),
        trainableWeights: 34_000,
      };
      store.endAttempt(id, attempt, { endedAt: new Date(), state: 'completed', cause: null, summary });
    });
    store.finishRun('interrupted', new Date());
  } finally {
    store[Symbol.dispose]();
  }
  return { specFile, trials: plan.trials.length };
}

/** An epoch with all the metrics that a trial reports. */
export function epochRecord(epoch: number, elbo: number, kl = 12.3): EpochRecord {
  const split = (name: string, value: number): Record<string, number> => ({
    [`${name}/elbo`]: value,
    [`${name}/reconstruction`]: -value - kl,
    [`${name}/kl`]: kl,
    [`${name}/objective`]: -value,
  });
  const metrics = { ...split('train', elbo + 1), ...split('val', elbo), 'val/active_units': 8 };
  return { epoch, step: epoch * 10, metrics, seconds: 0.5 };
}
