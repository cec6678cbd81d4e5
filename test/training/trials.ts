/** Small trials of the real trainer, run in this process. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { locateDataset } from '../../src/data/locate.ts';
import { loadEngine } from '../../src/engine/load.ts';
import type { TrialEvent } from '../../src/trial/event.ts';
import type { TrainJob } from '../../src/trial/job.ts';
import type { StopReason, TrialOutcome } from '../../src/trial/outcome.ts';
import { spritesMini } from '../../src/data/datasets/sprites-mini.ts';
import { isConditional } from '../../src/model/condition.ts';
import type { Parameters } from '../../src/model/parameter.ts';
import type { TrainSettings } from '../../src/trial/trial.ts';
import { loadImages, runTrial } from '../../src/training/run-trial.ts';

const settings = { name: 'sprites-mini', train: 200, validation: 100, binarization: 'grey' } as const;
export const mlp: Parameters = {
  architecture: 'mlp',
  hidden: [16],
  activation: 'relu',
  init: 'he',
  latent_dim: 3,
  beta: 2,
  learning_rate: 1e-2,
  likelihood: 'bernoulli',
};
export const conv: Parameters = {
  architecture: 'conv',
  channels: [4, 4],
  activation: 'relu',
  init: 'he',
  latent_dim: 2,
  beta: 2,
  learning_rate: 1e-2,
  likelihood: 'bernoulli',
};

export const engine = await loadEngine({ engine: 'compiled', provider: 'cpu' });

export interface Options {
  readonly parameters?: Parameters;
  readonly train?: Partial<TrainSettings>;
  readonly seed?: number;
  readonly validation?: number;
}

export async function newJob({ parameters = mlp, train, seed = 0, validation = 100 }: Options = {}): Promise<TrainJob> {
  const labels = isConditional(parameters) && { labels: { names: spritesMini.classes!.names } };
  const dataset = { ...settings, validation, ...labels };
  return {
    kind: 'train',
    trial: '00000000000000aa',
    attempt: 1,
    seed,
    config: { parameters, train: { epochs: 3, batchSize: 16, clipNorm: null, ...train }, dataset },
    dataset: await locateDataset(dataset),
    // The trial makes its folder.
    directory: path.join(await mkdtemp(path.join(tmpdir(), 'trial-')), 'sweep', 'trial'),
  };
}

/** Runs a job; `stopAt` counts the times that the trial asks whether to stop, after the first, before it begins. */
export async function run(job: TrainJob, stopAt = Infinity): Promise<{ outcome: TrialOutcome; events: TrialEvent[] }> {
  const events: TrialEvent[] = [];
  let asked = -1;
  const stopRequested = (): StopReason | undefined => (++asked >= stopAt ? 'interrupted' : undefined);
  const images = await loadImages(job);
  const outcome = await runTrial(job, { engine, images, emit: (event) => events.push(event), stopRequested });
  return { outcome, events };
}

export const epochsOf = (events: readonly TrialEvent[]) =>
  events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []));
export const metricsOf = (events: readonly TrialEvent[]) =>
  epochsOf(events).map(({ epoch, metrics }) => ({ epoch, metrics }));
