import { expect, it } from 'vitest';
import { bestSoFar, eta, progressFraction } from '../../../src/analysis/progress/progress.ts';
import { changesBetween, watchedProgress } from '../../../src/analysis/progress/watched-sweep.ts';
import { seedsWith, snapshotOf, trialRecord, valMetrics } from '../support.ts';

const NOW = new Date('2026-11-21T10:05:00Z');
const done = seedsWith([-36, -37], { seconds: 100 });
const running = trialRecord({ seed: 2, state: 'running', epochs: 4, seconds: 40, bestEpoch: 4 });
const queued = trialRecord({ seed: 3, state: 'queued', epochs: 0, seconds: 0, bestEpoch: null });
const sweep = { state: 'running', endedAt: null } as const;
const before = snapshotOf([...done, running, queued], sweep);

it('is what the records tell of a run', () => {
  const curves = new Map([
    [running.id, new Map([['val/elbo', [-50, -45].map((value, index) => ({ epoch: index + 1, value }))]])],
  ]);
  const state = watchedProgress(before, curves, NOW);
  expect(state.counts).toMatchObject({ total: 4, completed: 2, running: 1, queued: 1 });
  expect(state.running.get(running.id)).toMatchObject({ device: 'cpu', curve: [-50, -45] });
  expect(progressFraction(state)).toBeCloseTo(24 / 40);
  expect(bestSoFar(state)).toMatchObject({ seeds: 2, mean: -36.5 });
  // 6 epochs at 10 s, then 10 on the same slot.
  expect(eta(state)?.seconds).toBeCloseTo(160);
});

it('has the latest failures, newest first, and among them what ended worse than a constant image', () => {
  const worse = { ...valMetrics(-9e7), 'val/constant_elbo': -206 };
  const failed = (seed: number) => trialRecord({ seed, state: 'failed', cause: `cause ${seed}` });
  const { failures } = watchedProgress(
    snapshotOf([failed(0), failed(1), trialRecord({ seed: 2, metrics: worse }), running], sweep),
    new Map(),
    NOW,
  );
  expect(failures).toMatchObject([{ state: 'completed', shortfall: { elbo: -9e7 } }, { cause: 'cause 1' }]);
});

it('tells who began and who ended between two looks', () => {
  const ended = { ...running, state: 'completed', metrics: valMetrics(-40), epochs: 10 } as const;
  const diverged = { ...queued, state: 'diverged', cause: 'the KL is infinite' } as const;
  const changes = changesBetween(before, snapshotOf([...done, ended, diverged], sweep), NOW);
  expect(changes).toMatchObject([
    { type: 'finished', trial: running.id, state: 'completed', summary: { metrics: valMetrics(-40) } },
    { type: 'finished', trial: queued.id, state: 'diverged', cause: 'the KL is infinite' },
  ]);
  const begun = changesBetween(before, snapshotOf([...done, running, { ...queued, state: 'running' }], sweep), NOW);
  expect(begun).toMatchObject([{ type: 'dispatched', trial: queued.id, device: 'cpu' }]);
  expect(changesBetween(before, before, NOW)).toEqual([]);
});
