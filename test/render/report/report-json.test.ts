import { NUMERICS_VERSION } from '../../../src/trial/identity.ts';
import { expect, test } from 'vitest';
import { renderReportJson } from '../../../src/render/report/report-json.ts';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { seedsWith, snapshotOf, trialRecord, untunedSweep, valMetrics } from '../../analysis/support.ts';

test('the report has exactly the promised shape', () => {
  const trials = seedsWith([-36, -36], { trainableWeights: 1000 });
  const failed = trialRecord({ parameters: { beta: 4 }, state: 'failed' });
  const same = (value: number) => ({ mean: value, low: value, high: value, values: [value, value] });
  const answer = JSON.parse(renderReportJson(summarize(snapshotOf([...trials, failed])), ' --results x')) as object;
  const {
    state,
    where,
    epoch,
    swept,
    same_everywhere,
    units,
    unranked,
    omitted,
    edges,
    tested,
    collapsed,
    outdated,
    next,
    ...first
  } = answer as Record<string, unknown>;
  expect({ state, where, epoch, swept, omitted, edges, tested, collapsed, outdated }).toEqual({
    ...{
      state: 'finished',
      where: null,
      epoch: 'best',
      swept: ['beta'],
      omitted: 0,
      edges: [],
      tested: null,
      collapsed: [],
      outdated: 0,
    },
  });
  expect(same_everywhere).toContainEqual({ name: 'latent_dim', value: 10, where_used: false });
  expect(units).toMatchObject({ 'val/elbo': 'nats per image at β = 1', seconds: 'seconds' });
  expect(unranked).toMatchObject([{ config: { beta: 4 }, planned: 1, lost: { diverged: 0, failed: 1 } }]);
  expect(next).toContain('sweep report beta --format md --results x');
  expect(first).toEqual({
    schema: 'vae-sweep.report/1',
    sweep: 'beta',
    metric: 'val/elbo',
    goal: 'maximize',
    trials: { total: 3, queued: 0, running: 0, completed: 2, pruned: 0, diverged: 0, failed: 1, cancelled: 0 },
    best: [
      {
        rank: 1,
        config: {
          architecture: 'mlp',
          hidden: [512],
          activation: 'relu',
          beta: 1,
          likelihood: 'bernoulli',
          init: 'he',
          latent_dim: 10,
          learning_rate: 0.001,
        },
        n: 2,
        tied: false,
        metrics: {
          'val/elbo': same(-36),
          'val/reconstruction': same(16),
          'val/kl': same(20),
          'val/active_units': same(10),
          seconds: same(60),
          trainable_weights: same(1000),
        },
        trials: trials.map(({ id }) => id),
        standing: 'best',
        vs_best: null,
        lost: { diverged: 0, failed: 0 },
        tags: [],
      },
    ],
    warnings: [
      {
        kind: 'failed',
        message: `1 trial failed: ${failed.id.slice(0, 6)} beta=4 seed 0 (no cause recorded)`,
        trials: [failed.id],
      },
    ],
    untested: trials.map(({ id }) => id),
    pareto: null,
    confirmation: null,
    objectives: null,
    answers: null,
    seed_advice: null,
    tags: [],
    note: null,
    outside_plan: 0,
    trained_on: {
      dataset: 'sprites-mini',
      binarization: 'grey',
      train_images: 4608,
      validation_images: 576,
      batch_size: 128,
      clip_norm: null,
      planned_epochs: 10,
      numerics_version: NUMERICS_VERSION,
    },
  });
});

test('a single seed has null for the ends of its interval', () => {
  const text = renderReportJson(summarize(snapshotOf([trialRecord({ metrics: valMetrics(-36.5) })])));
  expect(text).toContain('"val/elbo":{"mean":-36.5,"low":null,"high":null,"values":[-36.5]}');
});

test('a sweep with nothing held out carries the metrics there are', () => {
  const { best, metric } = JSON.parse(renderReportJson(summarize(untunedSweep(), { best: 5 }))) as {
    metric: string;
    best: { n: number; metrics: object }[];
  };
  expect(metric).toBe('test/elbo');
  expect(best).toHaveLength(1);
  expect(best[0]?.metrics).toHaveProperty(['test/elbo', 'mean'], -35.1);
});
