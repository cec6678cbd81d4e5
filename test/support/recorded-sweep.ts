/** Sweeps in a results folder as if they had run: planned from a real spec and recorded by the real store; nothing is trained. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expectDataset } from '../../src/data/locate.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { openSweepLog } from '../../src/log.ts';
import { planTrials } from '../../src/plan-sweep.ts';
import { randomStream } from '../../src/random.ts';
import { openStore, type SqliteStore } from '../../src/store/sqlite-store.ts';
import { sweptParameters } from '../../src/sweep-file/naming.ts';
import type { EpochRecord, TrialPlan } from '../../src/trial/trial.ts';
import { writeWeights } from './toy-executor.ts';

/** How a trial ends. `open`: no attempt was made; `running`: an attempt is under way. */
export type Fate = 'completed' | 'diverged' | 'failed' | 'open' | 'running';

export interface RecordedOptions {
  readonly overrides?: readonly string[];
  /** By its place in the plan. */
  readonly fate?: (trial: TrialPlan, place: number) => Fate;
  /** `running` leaves the coordinator there: whoever records the sweep disposes of the store. */
  readonly end?: 'finished' | 'interrupted' | 'running';
  /** Later sweeps are newer. */
  readonly at?: Date;
}

/** Writes `sweeps/NAME.yaml` in `folder`, and to its `results` what a run of it left. Epochs rise, so that trials are undertrained. */
export async function recordSweep(
  folder: string,
  spec: string,
  { overrides = [], fate = () => 'completed', end = 'finished', at = new Date() }: RecordedOptions = {},
): Promise<SqliteStore> {
  const { trials, spec: parsed } = await planTrials({ specFile: 'spec', specText: spec, overrides });
  const { name, objective, evaluateTest } = parsed;
  mkdirSync(path.join(folder, 'sweeps'), { recursive: true });
  writeFileSync(path.join(folder, 'sweeps', `${name}.yaml`), spec);
  const layout = new ResultsLayout(path.join(folder, 'results'));
  const store = openStore(layout, name);
  const log = openSweepLog(layout, name);
  const { source: dataset } = await expectDataset(parsed.dataset);
  const plan = {
    name,
    objective,
    evaluateTest,
    specText: spec,
    overrides,
    swept: sweptParameters(parsed),
    dataset,
    trials,
  };
  store.transaction(() => {
    store.savePlan(plan, at);
    const queued = new Set(store.queued());
    for (const [place, trial] of trials.entries())
      if (queued.has(trial.id)) record(store, layout, name, trial, fate(trial, place), at);
    if (end !== 'running') store.finishRun(end, at);
  });
  for (const { id } of trials) log({ level: 'info', trial: id, message: 'recorded' });
  if (end !== 'running') store[Symbol.dispose]();
  return store;
}

function record(
  store: SqliteStore,
  layout: ResultsLayout,
  sweep: string,
  trial: TrialPlan,
  fate: Fate,
  at: Date,
): void {
  if (fate === 'open') return;
  const claim = store.claim(trial.id, at);
  if (claim.kind !== 'begun') return;
  const { attempt } = claim;
  store.attemptStarted(trial.id, attempt, {
    device: 'cpu',
    engine: { engine: 'compiled', provider: 'cpu' },
    bitClass: 'toy',
  });
  const epochs = epochsOf(trial);
  if (fate !== 'completed') {
    store.recordEpochs(trial.id, attempt, epochs.slice(0, 1));
    if (fate !== 'running') store.endAttempt(trial.id, attempt, { endedAt: at, state: fate, cause: CAUSES[fate] });
    return;
  }
  store.recordEpochs(trial.id, attempt, epochs);
  const last = epochs.at(-1)!;
  const summary = { metrics: last.metrics, klPerDimension: [1.5, 0.01], trainableWeights: 1234 };
  const ended = { ...summary, bestEpoch: last.epoch, epochs: epochs.length };
  store.endAttempt(trial.id, attempt, { endedAt: at, state: 'completed', cause: null, summary: ended });
  writeWeights(layout.trial(sweep, trial.id));
}

const CAUSES = { diverged: 'loss not finite at epoch 2', failed: 'the device ran out of memory' };

/** β costs nats, a higher rate gains some; each trial has noise of its own, the same on every call. */
function epochsOf({ id, config: { parameters, train } }: TrialPlan): EpochRecord[] {
  const noise = randomStream(['recorded', id]);
  const beta = Number(parameters['beta']);
  const goal =
    -40 - 6 * Math.abs(Math.log2(beta)) + 2 * Math.log10(Number(parameters['learning_rate'])) + 0.8 * noise.uniform();
  return Array.from({ length: train.epochs }, (_, i) => {
    const elbo = goal - 20 / (i + 1);
    const kl = 12 / beta;
    const own = { 'val/elbo': elbo, 'val/reconstruction': -elbo - kl, 'val/kl': kl, 'val/active_units': 2 };
    const metrics = { ...own, 'val/constant_elbo': -120, 'train/elbo': elbo + 0.5 };
    return { epoch: i + 1, step: 10 * (i + 1), metrics, seconds: 0.5 };
  });
}
