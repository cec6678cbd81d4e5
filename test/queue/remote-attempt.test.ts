import { describe, expect, test } from 'vitest';
import { RemoteAttempt } from '../../src/queue/remote-attempt.ts';
import type { News } from '../../src/trial/event.ts';
import type { TrialJob } from '../../src/trial/job.ts';
import type { EpochRecord } from '../../src/trial/trial.ts';
import { toyJob, toyTestJob } from '../fixtures/executor-toy.ts';

/** How it ends once all this was told; undefined where it goes on. */
function told(news: readonly News[], job: TrialJob = toyJob('finish')): unknown {
  const attempt = new RemoteAttempt({
    ...{ job, execution: 'r-1', device: 'a/cpu', agent: { name: 'a', id: '1' } },
    onEvent: () => undefined,
    onStop: () => undefined,
  });
  return attempt.hear({ execution: 'r-1', number: 0, news });
}

const record = (epoch: number): EpochRecord => ({ epoch, step: epoch, metrics: { 'val/elbo': -1 }, seconds: 1 });
const epoch = (number: number): News => ({ event: { type: 'epoch', record: record(number) } });
const started = (...epochs: number[]): News => ({
  event: {
    type: 'started',
    engine: { engine: 'compiled', provider: 'cpu' },
    bitClass: 'toy',
    history: epochs.map(record),
  },
});
const completed = (epochs: number, bestEpoch: number): News => ({
  outcome: {
    kind: 'completed',
    summary: { epochs, bestEpoch, metrics: {}, klPerDimension: [], trainableWeights: 1 },
  },
});
const tested = (name: string): News => ({ outcome: { kind: 'tested', metrics: { [name]: -1 } } });

test('what a trial tells is taken', () => {
  expect(told([started(), epoch(1), epoch(2), completed(2, 1)])).toMatchObject({ kind: 'completed' });
  expect(told([started(1), epoch(2), completed(2, 2)])).toMatchObject({ kind: 'completed' });
  expect(told([tested('test/elbo')], toyTestJob())).toMatchObject({ kind: 'tested' });
});

describe('what can’t be true costs the attempt, and no run', () => {
  test.each<[string, readonly News[], TrialJob?]>([
    ['an epoch twice', [started(), epoch(1), epoch(1)]],
    ['an epoch too many', [started(1, 2), epoch(3)]],
    ['an epoch that was left out', [started(), epoch(2)]],
    ['a history with a gap', [started(2)]],
    ['two beginnings', [started(), started()]],
    ['an end before all epochs were told', [started(1), completed(2, 2)]],
    ['a best epoch that was not', [started(1, 2), completed(2, 3)]],
    ['a test of a trial that trains', [started(), tested('test/elbo')]],
    ['a test of other metrics', [tested('val/elbo')], toyTestJob()],
    ['training where a test was asked for', [started()], toyTestJob()],
  ])('%s', (_what, news, job) => {
    expect(told(news, job)).toEqual({
      kind: 'lost',
      cause: `agent a tells what can't be true of it`,
      culprit: 'other',
    });
  });
});

test('a full disk of an agent is none of the coordinator’s, nor the trial’s', () => {
  const failure = { kind: 'storage', message: 'ENOSPC: no space left on device, write', code: 'ENOSPC' } as const;
  expect(told([started(), { outcome: { kind: 'failed', failure } }])).toEqual({
    kind: 'lost',
    cause: 'its machine: ENOSPC: no space left on device, write',
    culprit: 'other',
  });
});

test('an agent that ends costs an attempt that it had begun, and none that it had not', () => {
  const declined: News = { outcome: { kind: 'declined' } };
  const stopped: News = { outcome: { kind: 'stopped', reason: 'interrupted' } };
  const placed: News = { event: { type: 'placed', device: 'cpu' } };
  for (const end of [declined, stopped]) expect(told([placed, end])).toEqual({ kind: 'declined' });
  expect(told([declined])).toEqual({ kind: 'declined' });
  for (const end of [declined, stopped])
    expect(told([started(), end])).toEqual({ kind: 'lost', cause: 'agent a ended', culprit: 'other' });
});
