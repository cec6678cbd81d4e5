import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { median } from 'simple-statistics';
import { locateDataset } from '../../../src/data/locate.ts';
import { loadEngine } from '../../../src/engine/load.ts';
import { expandSpec } from '../../../src/sweep-file/expansion/expand.ts';
import { readSpec } from '../../../src/sweep-file/parse.ts';
import type { TrialPlan } from '../../../src/trial/trial.ts';
import type { TrainJob } from '../../../src/trial/job.ts';
import { loadImages, runTrial } from '../../../src/training/run-trial.ts';
import type { Bench, BenchCase, Measurement } from '../bench-case.ts';
import { TrialClock } from '../trial-clock.ts';

export const benchCase: BenchCase = {
  name: 'evaluation-share',
  measures:
    'Share of a trial, at the default settings on sprites-mini, in which its thread does not train: from the last ' +
    'training run of an epoch to the first turn of the next (evaluation, checkpoint), and to the end of the trial ' +
    '(weights, pictures). Trials one after another in one thread; the first also compiles.',
  peer: null,

  async run(bench) {
    const rows: Measurement[] = [];
    for (const architecture of ['mlp', 'conv']) {
      const clocks = await runTrials(bench, {
        name: architecture,
        dataset: 'sprites-mini',
        parameters: { architecture },
        seeds: bench.quick ? 1 : 5,
        ...(bench.quick && { train: { epochs: 2 } }),
      });
      const middle = (figure: (clock: TrialClock) => number): string => median(clocks.map(figure)).toFixed(0);
      rows.push({
        what: `evaluation's share of a trial, ${architecture}`,
        unit: '%',
        ours: clocks.map(({ idleMs, totalMs }) => (100 * idleMs) / totalMs),
        peer: [],
        target: { figure: 'ours', sense: 'at most', minimum: 10, aim: 5 },
        notes: [
          `of ${middle(({ totalMs }) => totalMs)} ms, ${middle(({ idleMs }) => idleMs)} ms without training, ` +
            `${middle(({ evaluationMs }) => evaluationMs)} ms of these in the programs that evaluate and decode`,
        ],
      });
    }
    return rows;
  },
};

/** Runs all trials of a spec in this thread. */
async function runTrials(bench: Bench, content: object): Promise<TrialClock[]> {
  // YAML takes JSON as it is.
  const spec = readSpec(JSON.stringify(content), { file: 'spec.yaml' }).spec;
  const source = await locateDataset(spec.dataset);
  const engine = await loadEngine({ engine: 'compiled', provider: 'cpu' });
  const folder = await bench.temporaryFolder();
  const run = async ({ id, seed, config }: TrialPlan): Promise<TrialClock> => {
    const directory = path.join(folder, id);
    await mkdir(directory);
    const job: TrainJob = { kind: 'train', trial: id, attempt: 1, seed, config, dataset: source, directory };
    const images = await loadImages(job);
    const clock = new TrialClock();
    const outcome = await runTrial(job, {
      engine: clock.watch(engine),
      images,
      emit: () => undefined,
      stopRequested: () => undefined,
    });
    clock.stop();
    if (outcome.kind !== 'completed') throw new Error(`the trial ended as ${outcome.kind}`);
    return clock;
  };
  const clocks: TrialClock[] = [];
  for (const plan of expandSpec(spec, source.fingerprint)) clocks.push(await run(plan));
  return clocks;
}
