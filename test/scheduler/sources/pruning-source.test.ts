import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TRIAL_FILES } from '../../../src/files/trial-files.ts';
import { openReadModel } from '../../../src/store/sqlite-read-model.ts';
import type { TrialId } from '../../../src/trial/trial.ts';
import {
  ASHA,
  by,
  calm,
  expectAttemptsAccounted,
  GRID,
  HYPERBAND,
  MEDIAN,
  outcome,
  TPE,
  trialsOf,
  verdictsIn,
} from '../pruned-toys.ts';
import { live, specOf, start, type Life } from '../spec-run.ts';
import { ToyWorld } from '../support.ts';

test('what is pruned keeps its checkpoint, to be revived from; a diverged trial loses its own', async () => {
  using world = new ToyWorld();
  const fate: Life['fate'] = ({ config, seed }) =>
    config.parameters['beta'] === 9 && seed === 1
      ? { epochs: 0, outcome: { kind: 'diverged', message: 'not finite' } }
      : undefined;
  const coordinator = start(world, specOf(GRID), { fate });
  const { jobs } = coordinator.executor;
  let written = 0;
  await coordinator.play(() => {
    for (const { directory } of jobs.slice(written)) {
      mkdirSync(directory, { recursive: true });
      writeFileSync(path.join(directory, TRIAL_FILES.checkpoint), 'weights');
    }
    written = jobs.length;
    return false;
  });
  const kept = Map.groupBy(world.snapshot().trials, ({ id }) =>
    existsSync(path.join(world.layout.trial('toy', id), TRIAL_FILES.checkpoint)),
  );
  const states = (which: boolean) => new Set((kept.get(which) ?? []).map(({ state }) => state));
  // A completed one's is there for more epochs.
  expect(states(true)).toEqual(new Set(['pruned', 'completed']));
  expect(states(false)).toEqual(new Set(['diverged']));
});

test('a third goes on from each rung, from its checkpoint: no epoch is trained twice', async () => {
  using world = new ToyWorld();
  const coordinator = start(world, specOf(GRID));
  await coordinator.finish();
  const { trials } = world.snapshot();
  const byBeta = Object.fromEntries(
    trials.map(({ config, epochs, state }) => [String(config.parameters['beta']), [epochs, state]]),
  );
  // Rungs after epochs 1 and 3; the toy's ELBO is best for the smallest beta.
  expect(byBeta).toEqual({
    1: [6, 'completed'],
    ...{ 2: [3, 'pruned'], 3: [3, 'pruned'] },
    ...Object.fromEntries([4, 5, 6, 7, 8, 9].map((beta) => [beta, [1, 'pruned']])),
  });
  // 18 + 6 × 2 + 2 × 3
  expect(coordinator.eventsOf('epoch')).toHaveLength(36);
  expect(
    coordinator
      .eventsOf('started')
      .map(({ resumedEpochs }) => resumedEpochs)
      .toSorted(),
  ).toEqual([...Array<number>(18).fill(0), ...Array<number>(6).fill(1), ...[3, 3]]);
  expect(coordinator.eventsOf('judged')).toMatchObject([
    { cohort: 0, rung: 0, epoch: 1, configurations: 9, pruned: 6 },
    { cohort: 0, rung: 1, epoch: 3, configurations: 3, pruned: 2 },
  ]);
  const worst = trials.find(({ config }) => config.parameters['beta'] === 9)!;
  expect(worst).toMatchObject({ cause: 'pruned after epoch 1: place 9 of 9', pausedAt: null });
  using model = openReadModel(world.layout);
  expect(model.verdicts('toy', worst.configId)).toMatchObject([
    { rung: 0, epoch: 1, metric: 'val/elbo', verdict: 'pruned', place: 9, among: 9, value: -(119 + 0.5 + 88 + 1) + 1 },
  ]);
});

describe.each([
  ['a grid', GRID],
  ['a search that learns', TPE],
  ['brackets of a grid', HYPERBAND],
  ['brackets of a search', by(TPE, '{ method: hyperband }')],
  ['cohorts that are compared with those before', ASHA],
  ['cohorts of a search, compared with those before', by(TPE, '{ method: asha, eta: 2 }')],
  ['the median', MEDIAN],
])('%s', (_, text) => {
  const fate: Life['fate'] = ({ config, seed }) => {
    const isOff = Number(config.parameters['beta']) < 1.2 && Number(config.parameters['beta']) > 0.9 && seed === 0;
    return isOff ? { epochs: 2, outcome: { kind: 'diverged', message: 'not finite' } } : undefined;
  };

  test('comes to the same with one, three and seven slots, to the last bit', async () => {
    const one = await calm(text, 1, fate);
    expect(one).toMatchObject([expect.arrayContaining([expect.arrayContaining(['pruned'])]), expect.anything()]);
    for (const slots of [3, 7]) expect(await calm(text, slots, fate)).toEqual(one);
  });

  test('any history of kills, with other numbers of slots, trains no epoch twice and ends as a calm one does', async () => {
    const expected = await calm(text, 2, fate);
    const lives = fc.array(fc.record({ steps: fc.nat(40), slots: fc.integer({ min: 1, max: 5 }) }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lives, async (history) => {
        using world = new ToyWorld();
        const trained: string[] = [];
        for (const { steps, slots } of [...history, { steps: Infinity, slots: 2 }]) {
          const coordinator = start(world, specOf(text), { slots, fate });
          let left = steps;
          await coordinator.play(() => left-- <= 0);
          coordinator.kill();
          trained.push(...coordinator.executor.trained);
        }
        expect(outcome(world)).toEqual(expected);
        expect(new Set(trained).size).toBe(trained.length);
        expectAttemptsAccounted(world);
      }),
      { numRuns: 2 },
    );
  });
});

test('issue 16: across promotion, kills and revivals no epoch is trained twice and no attempt is lost', async () => {
  const text = ASHA;
  const verdicts = (await calm(text, 2)) as [unknown, unknown];
  const life = fc.record({
    steps: fc.integer({ min: 5, max: 50 }),
    slots: fc.integer({ min: 1, max: 5 }),
    revived: fc.array(fc.nat(50), { maxLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 2, maxLength: 6 }), async (history) => {
      using world = new ToyWorld();
      const trained: string[] = [];
      const revived = new Set<TrialId>();
      for (const { steps, slots, revived: places } of [...history, { steps: Infinity, slots: 2, revived: [3] }]) {
        const pruned = trained.length === 0 ? [] : world.snapshot().trials.filter(({ state }) => state === 'pruned');
        const revive = pruned.length === 0 ? [] : places.map((place) => pruned[place % pruned.length]!.id);
        const coordinator = start(world, specOf(text), { slots, revive });
        for (const id of revive) revived.add(id);
        let left = steps;
        await coordinator.play(() => left-- <= 0);
        coordinator.kill();
        trained.push(...coordinator.executor.trained);
      }
      const { trials } = world.snapshot();
      expect(new Set(trained).size).toBe(trained.length);
      expect(trained).toHaveLength(trials.reduce((sum, { epochs }) => sum + epochs, 0));
      expectAttemptsAccounted(world);
      expect(verdictsIn(world)).toEqual(verdicts[1]);
      for (const { id, state, epochs } of trials) {
        if (revived.has(id) || state === 'completed') expect([state, epochs]).toEqual(['completed', 6]);
        else expect(state).toBe('pruned');
      }
    }),
    { numRuns: 4 },
  );
});

test('who anneals at a rung passes it, and is compared at the next', async () => {
  using world = new ToyWorld();
  const text = GRID.replace(
    'seeds: 2',
    'when: [{ if: { beta: [8, 9] }, then: { beta_schedule: linear, beta_warmup: 2 } }]\nseeds: 1',
  );
  const coordinator = await live(world, specOf(text));
  expect(coordinator.eventsOf('judged')).toMatchObject([
    // Two of seven, and both that anneal.
    { epoch: 1, configurations: 9, pruned: 5 },
    { epoch: 3, configurations: 4, pruned: 3 },
  ]);
  expect(trialsOf(world, 9)).toMatchObject([{ state: 'pruned', epochs: 3, attempts: 1 }]);
});

test('a trial that failed counts as worst, and is tried again when the sweep is run again, over a kill', async () => {
  using world = new ToyWorld();
  const failure = { kind: 'bug', message: 'oh' } as const;
  const fate: Life['fate'] = ({ config, seed }) =>
    config.parameters['beta'] === 1 && seed === 1 ? { epochs: 0, outcome: { kind: 'failed', failure } } : undefined;
  await live(world, specOf(GRID), { fate });
  expect(trialsOf(world, 1)).toMatchObject([{ state: 'pruned' }, { state: 'failed' }]);
  await live(world, specOf(GRID), { fate });
  expect(trialsOf(world, 1)).toMatchObject([{ state: 'pruned' }, { state: 'failed', attempts: 2 }]);
  const killed = start(world, specOf(GRID));
  await killed.play(() => killed.executor.trained.length === 2);
  killed.kill();
  const last = await live(world, specOf(GRID));
  expect(killed.executor.trained.length + last.executor.trained.length).toBe(6);
  expect(trialsOf(world, 1)).toMatchObject([{ state: 'pruned' }, { state: 'completed', epochs: 6 }]);
});

test('where nobody goes on, no other rung is judged', async () => {
  using world = new ToyWorld();
  const fate: Life['fate'] = () => ({ epochs: 0, outcome: { kind: 'diverged', message: 'not finite' } });
  const first = await live(world, specOf(GRID), { fate });
  const again = await live(world, specOf(GRID));
  const judged = [first, again].flatMap((one) => one.eventsOf('judged'));
  expect(judged).toMatchObject([{ rung: 0, configurations: 9, pruned: 9 }]);
});
