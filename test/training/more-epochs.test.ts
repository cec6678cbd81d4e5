import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadEngine } from '../../src/engine/load.ts';
import type { EngineChoice } from '../../src/engine/choice.ts';
import { TRIAL_FILES, TrialFiles } from '../../src/files/trial-files.ts';
import { loadImages, runTrial } from '../../src/training/run-trial.ts';
import type { TrialEvent } from '../../src/trial/event.ts';
import type { TrainJob } from '../../src/trial/job.ts';
import { trialOfEpochs } from '../../src/trial/shorter-trial.ts';
import type { Parameters } from '../../src/model/parameter.ts';
import { metricsOf, mlp, newJob } from './trials.ts';

const CHOICES: EngineChoice[] = [
  { engine: 'compiled', provider: 'cpu' },
  { engine: 'eager', provider: 'cpu' },
];

async function jobOf(
  epochs: number,
  parameters: Parameters = { ...mlp, hidden: [4], latent_dim: 2 },
): Promise<TrainJob> {
  const job = await newJob({ parameters, train: { epochs, batchSize: 100 } });
  return { ...job, trial: trialOfEpochs(job.config, job.dataset.fingerprint, job.seed, epochs) };
}

async function train(choice: EngineChoice, job: TrainJob): Promise<TrialEvent[]> {
  const events: TrialEvent[] = [];
  const context = { images: await loadImages(job), emit: (event: TrialEvent) => void events.push(event) };
  const engine = await loadEngine(choice);
  const { kind } = await runTrial(job, { ...context, engine, stopRequested: () => undefined });
  expect(kind).toBe('completed');
  return events;
}

/** The checkpoint of one training as the beginning of another. */
function share(from: TrainJob, to: TrainJob): void {
  const files = new TrialFiles(to.directory);
  expect(files.share('checkpoint', new TrialFiles(from.directory))).toBe(true);
}

const weightsOf = ({ directory }: TrainJob) => readFile(path.join(directory, TRIAL_FILES.weights));
const startOf = (events: readonly TrialEvent[]) => events.find((event) => event.type === 'started');

test.each(CHOICES)('on $engine two epochs and then three more are five at once, to the last bit', async (choice) => {
  const [short, long, whole] = [await jobOf(2), await jobOf(5), await jobOf(5)];
  await train(choice, short);
  const before = await readFile(path.join(short.directory, TRIAL_FILES.checkpoint));
  share(short, long);
  const events = await train(choice, long);
  const expected = await train(choice, whole);
  const start = startOf(events)!;
  expect(start).toMatchObject({ wentOnFrom: short.trial });
  expect(metricsOf(events)).toEqual(metricsOf(expected).slice(2));
  const first = start.history.map(({ epoch, metrics }) => ({ epoch, metrics }));
  expect(first).toEqual(metricsOf(expected).slice(0, 2));
  expect(await weightsOf(long)).toEqual(await weightsOf(whole));
  // It is another trial's, and stays what it was.
  expect(await readFile(path.join(short.directory, TRIAL_FILES.checkpoint))).toEqual(before);
});

test.each([
  ['another seed', async () => ({ ...(await jobOf(5)), seed: 1 })],
  [
    'a rate that falls to the last epoch',
    () => jobOf(5, { ...mlp, hidden: [4], latent_dim: 2, lr_schedule: 'cosine' }),
  ],
  ['fewer epochs', () => jobOf(1)],
])('of %s it begins anew, and says why', async (_, jobFor) => {
  const [short, other] = [await jobOf(2), await jobFor()];
  await train(CHOICES[0]!, short);
  share(short, other);
  const start = startOf(await train(CHOICES[0]!, other))!;
  expect(start).toMatchObject({ history: [], rejectedCheckpoint: `its checkpoint belongs to trial ${short.trial}` });
});
