import { spawnSync } from 'node:child_process';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { epochRecord, hexId, sweepPlan, trialPlan } from './plans.ts';
import { AT, completeTrial, openTestStore, temporaryLayout } from './support.ts';

function recordedSweep() {
  const layout = temporaryLayout();
  const store = openTestStore(layout);
  store.savePlan(sweepPlan(3), AT);
  completeTrial(store, hexId(0), [-95.25, -90.1, -92.7], AT);
  const attempt = store.beginAttempt(hexId(1), AT);
  store.attemptStarted(hexId(1), attempt, {
    device: 'gpu:0',
    engine: { engine: 'eager', provider: 'cuda' },
    bitClass: 'toy',
  });
  store.recordEpochs(hexId(1), attempt, [epochRecord(1, -99.9)]);
  store.endAttempt(hexId(1), attempt, { endedAt: AT, state: 'diverged', cause: 'the loss is NaN' });
  const db = new Database(layout.database, { readonly: true });
  onTestFinished(() => void db.close());
  return { store, file: layout.database, query: (sql: string) => db.prepare<[], Record<string, unknown>>(sql).all() };
}

const columns = (view: string): string => `SELECT group_concat(name) AS names FROM pragma_table_info('${view}')`;

describe('v_trials', () => {
  const hasShell = spawnSync('sqlite3', ['--version']).status === 0;
  test.skipIf(!hasShell)('is read by the SQLite that the system has, which may be older', () => {
    const { status, stdout, stderr } = spawnSync(
      'sqlite3',
      [recordedSweep().file, 'SELECT count(*) FROM v_trials; SELECT count(*) > 0 FROM v_metrics;'],
      { encoding: 'utf8' },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '3\n1\n', stderr: '' });
  });

  test('has exactly the documented columns', () => {
    expect(recordedSweep().query(columns('v_trials'))[0]!['names']).toBe(
      'sweep,trial,config_id,seed,state,cause,params,elbo,reconstruction,kl,best_epoch,epochs,seconds,device,attempts,in_plan,' +
        'dataset,binarization,train_images,validation_images,batch_size,clip_norm,planned_epochs,numerics_version,bit_class',
    );
  });

  test('shows each trial with its metrics at the best epoch', () => {
    const [completed, diverged, queued] = recordedSweep().query('SELECT * FROM v_trials ORDER BY trial');
    expect(completed).toMatchObject({
      sweep: 'beta',
      trial: hexId(0),
      config_id: trialPlan(0).configId,
      seed: 0,
      state: 'completed',
      cause: null,
      elbo: -90.1,
      best_epoch: 2,
      epochs: 3,
      seconds: 1.5,
      device: 'cpu',
      attempts: 1,
      bit_class: 'toy',
    });
    expect(diverged).toMatchObject({ state: 'diverged', cause: 'the loss is NaN', elbo: -99.9, device: 'gpu:0' });
    expect(queued).toMatchObject({
      state: 'queued',
      elbo: null,
      best_epoch: null,
      epochs: 0,
      device: null,
      attempts: 0,
      bit_class: null,
    });
  });

  test('spells parameters as the user does', () => {
    const { query } = recordedSweep();
    expect(JSON.parse(query('SELECT params FROM v_trials')[0]!['params'] as string)).toEqual({
      architecture: 'mlp',
      hidden: [64],
      activation: 'relu',
      init: 'he',
      latent_dim: 10,
      beta: 1,
      learning_rate: 1e-3,
      likelihood: 'bernoulli',
    });
    expect(query(`SELECT trial FROM v_trials WHERE params ->> 'beta' = 2`)).toEqual([{ trial: hexId(1) }]);
  });

  test('keeps elbo + reconstruction + kl = 0', () => {
    const sums = recordedSweep().query('SELECT elbo + reconstruction + kl AS sum FROM v_trials WHERE elbo IS NOT NULL');
    expect(sums).toHaveLength(2);
    for (const { sum } of sums) expect(Math.abs(sum as number)).toBeLessThan(1e-12);
  });

  test('leaves the three metrics empty without a validation split', () => {
    const { store, query } = recordedSweep();
    const attempt = store.beginAttempt(hexId(2), AT);
    const metrics = { 'train/elbo': -90 };
    store.recordEpochs(hexId(2), attempt, [{ epoch: 1, step: 10, seconds: 1, metrics }]);
    const summary = { bestEpoch: 1, epochs: 1, metrics, klPerDimension: [], trainableWeights: 1 };
    store.endAttempt(hexId(2), attempt, { endedAt: AT, state: 'completed', cause: null, summary });
    store.recordTest(hexId(2), { 'test/elbo': -91 });
    expect(query(`SELECT elbo, reconstruction, kl, best_epoch FROM v_trials WHERE trial = '${hexId(2)}'`)).toEqual([
      { elbo: null, reconstruction: null, kl: null, best_epoch: 1 },
    ]);
  });
});

describe('v_metrics', () => {
  test('has exactly the documented columns', () => {
    expect(recordedSweep().query(columns('v_metrics'))[0]!['names']).toBe('sweep,trial,attempt,epoch,step,name,value');
  });

  test('shows every recorded metric', () => {
    const { query } = recordedSweep();
    expect(query('SELECT count(*) AS n FROM v_metrics')).toEqual([{ n: 16 }]);
    expect(query(`SELECT * FROM v_metrics WHERE trial = '${hexId(0)}' AND epoch = 2 AND name = 'val/elbo'`)).toEqual([
      { sweep: 'beta', trial: hexId(0), attempt: 1, epoch: 2, step: 200, name: 'val/elbo', value: -90.1 },
    ]);
  });
});

test('issue 9, line 6: the views show every trial, and v_trials which of them the plan names', () => {
  const { store, query } = recordedSweep();
  const before = query('SELECT * FROM v_metrics');
  store.savePlan(sweepPlan([trialPlan(1)]), AT);
  expect(query('SELECT trial, in_plan FROM v_trials ORDER BY trial')).toEqual([
    { trial: hexId(0), in_plan: 0 },
    { trial: hexId(1), in_plan: 1 },
    { trial: hexId(2), in_plan: 0 },
  ]);
  expect(query('SELECT * FROM v_metrics')).toEqual(before);
});
