/** Factories for the store's tests, and for whoever needs recorded sweeps. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { TrialSummary } from '../../src/trial/outcome.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { countStates } from '../../src/analysis/progress/count-states.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { openStore, type SqliteStore } from '../../src/store/sqlite-store.ts';
import type { ReadModel } from '../../src/store/read-model.ts';
import type { AttemptEnd } from '../../src/store/store.ts';
import { epochRecord, hexId, sweepPlan } from './plans.ts';

/** A results folder that is removed after the test. */
export function temporaryLayout(): ResultsLayout {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return new ResultsLayout(path.join(folder, 'results'));
}

/** A store that is closed after the test, if the test did not. */
export function openTestStore(layout: ResultsLayout, sweepName = 'beta'): SqliteStore {
  const store = openStore(layout, sweepName);
  onTestFinished(() => store[Symbol.dispose]());
  return store;
}

/** A read model that is closed after the test. */
export function openTestReadModel(layout: ResultsLayout, now?: () => Date): ReadModel {
  const model = openReadModel(layout, now);
  onTestFinished(() => model[Symbol.dispose]());
  return model;
}

/** Runs a queued trial to its end: one epoch for each value of `elbos`. Returns the attempt. */
export function completeTrial(store: SqliteStore, trialId: string, elbos: readonly number[], at: Date): number {
  const attempt = store.beginAttempt(trialId, at);
  store.attemptStarted(trialId, attempt, {
    device: 'cpu',
    engine: { engine: 'compiled', provider: 'cpu' },
    bitClass: 'toy',
  });
  const epochs = elbos.map((elbo, index) => epochRecord(index + 1, elbo));
  store.recordEpochs(trialId, attempt, epochs);
  store.endAttempt(trialId, attempt, { endedAt: at, state: 'completed', cause: null, summary: summaryOf(epochs) });
  return attempt;
}

/** What a trainer reports of epochs that have a `val/elbo`. */
export function summaryOf(epochs: readonly ReturnType<typeof epochRecord>[]): TrialSummary {
  const best = epochs.reduce((a, b) => (b.metrics['val/elbo']! > a.metrics['val/elbo']! ? b : a));
  return {
    bestEpoch: best.epoch,
    epochs: epochs.length,
    metrics: best.metrics,
    klPerDimension: [1.5, 0.5],
    trainableWeights: 1234,
  };
}

/** Trials of the sweep's plan by state, as readers see them. */
export function countsOf(model: ReadModel, sweep: string): ReturnType<typeof countStates> {
  return countStates(model.snapshot(sweep)!.trials);
}

export const AT = new Date('2026-11-21T10:00:00.000Z');
export const LATER = new Date('2026-11-21T11:00:00.000Z');

export function begin(store: SqliteStore, trialId: string): number {
  return store.beginAttempt(trialId, AT);
}

/** The end of an attempt of one epoch. */
export function end(state: AttemptEnd['state'], cause: string | null = 'a reason'): AttemptEnd {
  const base = { endedAt: LATER, state, cause: state === 'completed' ? null : cause };
  return state === 'completed' ? { ...base, summary: summaryOf([epochRecord(1, -90)]) } : base;
}

/** Takes trial 0 of a new sweep through one epoch to `state`. */
export function sweepWithTrialIn(state: AttemptEnd['state']): { layout: ResultsLayout; store: SqliteStore } {
  const layout = temporaryLayout();
  const store = openTestStore(layout);
  store.savePlan(sweepPlan(2), AT);
  const attempt = begin(store, hexId(0));
  store.recordEpochs(hexId(0), attempt, [epochRecord(1, -90)]);
  store.endAttempt(hexId(0), attempt, end(state));
  return { layout, store };
}
