/** Figures as large as an explosion's, in a real database, as every reader prints them (issue 9, line 3). */
import { valueOf } from '../src/model/parameter.ts';
import { beta } from '../src/model/parameters.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tmpdir } from 'node:os';
import { initialProgress } from '../src/analysis/progress/progress-state.ts';
import { reduceProgress } from '../src/analysis/progress/reduce-progress.ts';
import { renderFrame } from '../src/render/run/frame.ts';
import { ResultsLayout } from '../src/files/paths.ts';
import { openReadModel } from '../src/store/sqlite-read-model.ts';
import { openStore } from '../src/store/sqlite-store.ts';
import type { EpochRecord, TrialPlan } from '../src/trial/trial.ts';
import { devices, eventsOf, planned, runCli, START } from './cli/support.ts';
import { toyPlan } from './support/toy-sweep.ts';

const EXPLOSION = -9.2e34;
const CONSTANT = -206.6;

let folder: string;
let plan: ReturnType<typeof toyPlan>;
const lines = async (...args: string[]): Promise<string[]> => {
  const env = { SWEEP_RESULTS: path.join(folder, 'results'), COLUMNS: '80' };
  return (await runCli(args, env)).stdout.split('\n');
};

/** β = 1 learns, β = 2 explodes, β = 4 learns and then explodes. */
function historyOf({ config, seed }: TrialPlan): EpochRecord[] {
  const good = -150 - seed;
  const byBeta: Record<number, number[]> = { 1: [-190, good], 2: [EXPLOSION, 0.9 * EXPLOSION], 4: [good, EXPLOSION] };
  const elbos = byBeta[valueOf(config.parameters, beta)]!;
  return elbos.map((elbo, index) => {
    const metrics = { 'val/elbo': elbo, 'val/reconstruction': -elbo - 20, 'val/kl': 20, 'val/active_units': 2 };
    return { epoch: index + 1, step: 8 * (index + 1), metrics, seconds: 0.5 };
  });
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sweep-huge-'));
  plan = toyPlan({ betas: [1, 2, 4], seeds: 2, epochs: 2 });
  using store = openStore(new ResultsLayout(path.join(folder, 'results')), plan.name);
  store.savePlan(plan, START);
  for (const trial of plan.trials) {
    const attempt = store.beginAttempt(trial.id, START);
    store.attemptStarted(trial.id, attempt, {
      device: 'cpu',
      engine: { engine: 'compiled', provider: 'cpu' },
      bitClass: 'toy',
    });
    const history = historyOf(trial);
    store.recordEpochs(trial.id, attempt, history);
    const best = history.toSorted((a, b) => b.metrics['val/elbo']! - a.metrics['val/elbo']!)[0]!;
    const metrics = { ...best.metrics, 'val/constant_elbo': CONSTANT };
    const facts = { bestEpoch: best.epoch, epochs: 2, klPerDimension: [10, 1e34], trainableWeights: 1_066_004 };
    store.endAttempt(trial.id, attempt, {
      state: 'completed',
      cause: null,
      endedAt: START,
      summary: { ...facts, metrics },
    });
  }
  store.finishRun('finished', START);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const idOf = (beta: number): string => plan.trials.find(({ config }) => config.parameters['beta'] === beta)!.id;

/** A path is one word, however long it is. */
const fits = (line: string): boolean => line.length <= 80 || line.trim().startsWith(folder);

it('have three digits in every table, and never push a column off 80', async () => {
  const report = await lines('report');
  expect(report.find((line) => /^ +3 +2 /.test(line))).toMatch(/ -8\.28e34 ± +0\.00 +8\.28e34 /);
  expect(report.every((line) => fits(line) && !/\d{8}/.test(line))).toBe(true);
  const header = report.find((line) => line.startsWith(' # '))!;
  for (const column of ['val/elbo', 'recon', 'KL', 'active', 'seeds']) expect(header).toContain(column);
  expect((await lines('report', '--format', 'md')).join('\n')).toContain('-8.28e34');
  // Counts stay whole.
  expect((await lines('report', '--format', 'md')).join('\n')).toContain('| 1066004 |');

  const compared = await lines('compare', 'beta=1', 'beta=2');
  expect(compared.every((line) => fits(line) && !/\d{8}/.test(line))).toBe(true);
  expect(compared.join(' ')).toContain('-8.28e34');
  expect(compared.join(' ').replaceAll(/\s+/g, ' ')).toContain('! 2 trials compared here ended worse than a constant');

  const shown = await lines('show', idOf(4));
  expect(shown.every((line) => fits(line) && !/\d{8}/.test(line.replace(idOf(4), '')))).toBe(true);
  expect(shown.join('\n')).toMatch(/ -150\.00 ┤⠉[^]* -9\.20e34 ┤/);
  expect(shown.join('\n')).toContain('KL by latent dimension: 1.00e34 10.00');
});

it('keep all their digits where programs read them', async () => {
  expect((await lines('report', '--format', 'csv')).join('\n')).toContain(String(0.9 * EXPLOSION));
  expect((await lines('export', '--table', 'metrics')).join('\n')).toContain(String(EXPLOSION));
});

it('say what they mean: worse than a constant image, or only after the best epoch', async () => {
  const report = (await lines('report')).join(' ').replaceAll(/\s+/g, ' ');
  expect(report).toMatch(
    /! 2 trials ended worse than a constant image, all with beta=2: \w{6}, \w{6} \(at worst val\/elbo -8\.28e34, a constant image has -206\.60\); usually/,
  );
  expect(report).toMatch(
    /! 2 trials got worse than a constant image after the best epoch, all with beta=4: \w{6}, \w{6} \(e\.g\. best epoch 1 of 2, at the last val\/elbo -9\.20e34, a constant image has -206\.60\)/,
  );
  const shown = (await lines('show', idOf(4))).join(' ').replaceAll(/\s+/g, ' ');
  expect(shown).toContain('! got worse than a constant image after the best epoch: best epoch 1 of 2, at the last');
  expect((await lines('show', idOf(1))).join('\n')).not.toContain('constant image');
});

it('fit into the live view, which says at once what they mean', () => {
  using readModel = openReadModel(new ResultsLayout(path.join(folder, 'results')));
  const snapshot = readModel.snapshot(plan.name)!;
  const queued = snapshot.trials.map((trial) => ({ ...trial, state: 'queued' as const, metrics: {}, epochs: 0 }));
  const [first, second, exploding] = plan.trials.map(({ id }) => id) as [string, string, string];
  const metrics = { 'val/elbo': EXPLOSION, 'val/constant_elbo': CONSTANT };
  const summary = { bestEpoch: 1, epochs: 1, metrics, klPerDimension: [], trainableWeights: 1 };
  const state = eventsOf(
    planned({ ...snapshot, trials: queued }),
    devices(2),
    { type: 'dispatched', trial: first, attempt: 1, device: 'cpu' },
    { type: 'epoch', trial: first, record: { epoch: 1, step: 8, metrics, seconds: 1 } },
    { type: 'dispatched', trial: exploding, attempt: 1, device: 'cpu' },
    { type: 'finished', trial: exploding, attempt: 1, state: 'completed', cause: null, summary },
    { type: 'dispatched', trial: second, attempt: 1, device: 'cpu' },
  ).reduce(reduceProgress, initialProgress(START));
  const frame = renderFrame(state, { columns: 80, rows: 24, colour: false });
  expect(frame.join('\n')).toMatch(/ 1\/2 +-9\.20e34/);
  expect(frame.join('\n')).toContain(' best  val/elbo -9.20e34');
  expect(frame.join('\n')).toContain(
    ` ! ${exploding.slice(0, 6)} worse than a constant image: beta=2 seed=0 (val/elbo`,
  );
  expect(frame.every((line) => line.length <= 80)).toBe(true);
});
