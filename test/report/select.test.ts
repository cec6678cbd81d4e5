import { expect, test } from 'vitest';
import { selectedTrials } from '../../src/report/select.ts';
import { betaSweep, seedsWith, snapshotOf, trialRecord, untunedSweep } from './support.ts';

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
