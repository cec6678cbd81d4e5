import { expect, test } from 'vitest';
import { foldSeeds, rankConfigurations, selectedTrials } from '../../src/analysis/ranking.ts';
import { sweepStatus } from '../../src/analysis/progress/status.ts';
import { betaSweep, seedsWith, snapshotOf, trialRecord, untunedSweep, valMetrics } from './support.ts';

const beta = (value: number) => ({ parameters: { beta: value } });
const betas = (snapshot: ReturnType<typeof snapshotOf>, by?: string) =>
  rankConfigurations(snapshot, snapshot.trials, by).ranked.map(({ params }) => params['beta']);

test('folds the seeds of a configuration in ascending order', () => {
  const trials = [2, 0, 1].map((seed) => trialRecord({ seed }));
  const configurations = foldSeeds([...trials, trialRecord(beta(4))]);
  expect(configurations.map((one) => one.trials.map(({ seed }) => seed))).toEqual([[0, 1, 2], [0]]);
});

test('ranks by the mean over completed seeds, in the direction of the objective', () => {
  const trials = [...seedsWith([-40, -40], beta(1)), ...seedsWith([-30, -42], beta(2)), ...seedsWith([-50], beta(4))];
  expect(betas(snapshotOf(trials))).toEqual([2, 1, 4]);
  expect(betas(snapshotOf(trials, { objective: { metric: 'val/elbo', goal: 'minimize' } }))).toEqual([4, 1, 2]);
});

test('ranks by another metric in its own direction', () => {
  const trials = [
    ...seedsWith([0], { ...beta(1), metrics: valMetrics(-40, 10) }),
    ...seedsWith([0], { ...beta(2), metrics: valMetrics(-41, 20) }),
  ];
  expect(betas(snapshotOf(trials), 'val/elbo')).toEqual([1, 2]);
  expect(betas(snapshotOf(trials), 'val/reconstruction')).toEqual([2, 1]);
  expect(() => betas(snapshotOf(trials), 'val/elb')).toThrow(/Metrics here: val\/elbo, .*seconds/);
});

test('counts only completed trials, and keeps apart what has none', () => {
  const running = trialRecord({ ...beta(2), state: 'running', metrics: valMetrics(-1) });
  const { ranked, unranked } = rankConfigurations(snapshotOf([...seedsWith([-40], beta(1)), running]));
  expect(ranked.map(({ params }) => params['beta'])).toEqual([1]);
  expect(unranked.map(({ params }) => params['beta'])).toEqual([2]);
});

test('ranks a lone configuration by its test images where nothing was held out', () => {
  expect(rankConfigurations(untunedSweep()).metric).toBe('test/elbo');
});

test('never ranks several configurations by test images', () => {
  const tested = [1, 2].map((value) => trialRecord({ ...beta(value), metrics: { 'test/elbo': -40 } }));
  const { metric, ranked } = rankConfigurations(snapshotOf(tested));
  expect({ metric, ranked }).toEqual({ metric: 'val/elbo', ranked: [] });
});

test('refuses to rank across likelihoods or data', () => {
  const other = trialRecord({ parameters: { likelihood: 'gaussian' }, metrics: valMetrics(-1) });
  const binary = trialRecord({ dataset: { binarization: 'static' }, metrics: valMetrics(-1) });
  const usual = trialRecord({ metrics: valMetrics(-2) });
  expect(() => rankConfigurations(snapshotOf([usual, other]))).toThrow(/different likelihoods .*--where likelihood=/);
  expect(() => rankConfigurations(snapshotOf([usual, binary]))).toThrow(
    /different data .*: --where dataset=…, binarization=… or/,
  );
  // Which likelihoods there may be follows from the data: these are told first, by names where they have some.
  const rows = trialRecord({
    dataset: { name: 'mnist' },
    parameters: { likelihood: 'gaussian' },
    metrics: valMetrics(-1),
  });
  expect(() => rankConfigurations(snapshotOf([usual, rows]))).toThrow(
    /different data .*: --where dataset=mnist or --where dataset=sprites-mini$/,
  );
});

test('ranks likelihoods of one family together, and selects one configuration of each', () => {
  const of = (name: string, elbo: number) =>
    trialRecord({ parameters: { likelihood: name }, metrics: valMetrics(elbo) });
  const [fixed, optimal, bernoulli] = [of('gaussian', 10), of('gaussian_optimal', 20), of('bernoulli', -90)];
  expect(rankConfigurations(snapshotOf([fixed, optimal])).ranked.map(({ id }) => id)).toEqual([
    optimal.configId,
    fixed.configId,
  ]);
  const all = snapshotOf([fixed, optimal, bernoulli]);
  expect(() => rankConfigurations(all)).toThrow(
    'at a time: --where likelihood=bernoulli or --where likelihood=gaussian,gaussian_optimal',
  );
  expect(selectedTrials(all)).toEqual([bernoulli.id, optimal.id]);
  expect(sweepStatus(all)).toMatchObject({ best: null, families: 2 });
});

test('never ranks what is told labels with what is not, and tells of both where likelihoods differ, too', () => {
  const of = (condition: string, likelihood: string, elbo: number) =>
    trialRecord({ parameters: { condition, likelihood }, metrics: valMetrics(elbo) });
  const [untold, told, other] = [
    of('none', 'bernoulli', -90),
    of('label', 'bernoulli', -80),
    of('label', 'gaussian', 9),
  ];
  expect(() => rankConfigurations(snapshotOf([told, untold]))).toThrow(
    "Values of different conditions (none, label) can't be compared: given its label, a sample is likelier by itself. " +
      'Look at one at a time: --where condition=none or --where condition=label',
  );
  const all = snapshotOf([other, told, untold]);
  expect(() => rankConfigurations(all)).toThrow(
    '--where likelihood=bernoulli --where condition=none, --where likelihood=bernoulli --where condition=label or ' +
      '--where likelihood=gaussian --where condition=label',
  );
  expect(selectedTrials(all)).toEqual([untold.id, told.id, other.id]);
  expect(sweepStatus(all)).toMatchObject({ best: null, families: 3 });
});

test('issue 9: the same validation images are the same data, however an older version wrote the wish', () => {
  const wished = trialRecord({ dataset: { validation: 9999 }, metrics: valMetrics(-1) });
  const usual = trialRecord({ metrics: valMetrics(-2) });
  expect(wished.images).toEqual(usual.images);
  expect(rankConfigurations(snapshotOf([usual, wished])).ranked).toHaveLength(2);
});

test('selects the completed seeds of the best configuration', () => {
  const snapshot = betaSweep();
  const winners = snapshot.trials.filter(({ params }) => params['architecture'] === 'conv' && params['beta'] === 1);
  expect(selectedTrials(snapshot)).toEqual(winners.map(({ id }) => id));
});

test('leaves out seeds of the best configuration that did not complete', () => {
  const trials = seedsWith([-40, -41]);
  const diverged = trialRecord({ seed: 2, state: 'diverged' });
  expect(selectedTrials(snapshotOf([...trials, diverged]))).toEqual(trials.map(({ id }) => id));
});

test('selects the only configuration, also with nothing held out and before any test', () => {
  const trials = untunedSweep().trials.map((trial) => ({ ...trial, metrics: { 'train/elbo': -30 } }));
  expect(selectedTrials(snapshotOf(trials))).toEqual(trials.map(({ id }) => id));
});

test('selects nothing while no trial is completed', () => {
  const trials = [1, 2].map((beta) => trialRecord({ parameters: { beta }, state: 'queued' }));
  expect(selectedTrials(snapshotOf(trials))).toEqual([]);
});
