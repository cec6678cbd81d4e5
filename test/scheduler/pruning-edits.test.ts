/** Pruning under another spec than before, and trials that are revived. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasLearner } from '../../src/sweep-file/expansion/expand.ts';
import { learnedSearch, type LearnedSearch } from '../../src/sweep-file/expansion/learned-search.ts';
import { isSettled } from '../../src/trial/state.ts';
import { by, expectAttemptsAccounted, GRID, HYPERBAND, TPE, trialsOf, verdictsIn } from './pruned-toys.ts';
import { live, proposalsIn, specOf, start, type Life, type Toy } from './spec-run.ts';
import { ToyWorld } from './support.ts';

test('a revived trial goes on to its last epoch, over a kill, and changes no verdict', async () => {
  using world = new ToyWorld();
  await live(world, specOf(GRID));
  const verdicts = verdictsIn(world);
  const { id } = trialsOf(world, 9)[0]!;
  const killed = start(world, specOf(GRID), { revive: [id] });
  await killed.play(() => killed.executor.trained.length === 2);
  killed.kill();
  const last = await live(world, specOf(GRID));
  expect(trialsOf(world, 9)).toMatchObject([
    { state: 'completed', epochs: 6 },
    { state: 'pruned', epochs: 1 },
  ]);
  const trained = [...killed.executor.trained, ...last.executor.trained];
  expect(trained.map((one) => one.split(' ')[1])).toEqual(['2', '3', '4', '5', '6']);
  expect(verdictsIn(world)).toEqual(verdicts);
});

test('without `prune` what was pruned trains on; with another eta it is judged anew, by what it has', async () => {
  using world = new ToyWorld();
  await live(world, specOf(GRID));
  const other = await live(world, specOf(GRID, ['prune.eta=2']));
  // Rungs after 1, 2 and 4: four of nine go on, then two, then one. Of these, 4 has only the first, 2 and 3 have three.
  expect(other.executor.trained.map((one) => one.split(' ')[1])).toEqual(['2', '2', '4', '4']);
  const whole = await live(world, specOf(GRID, ['prune=null']));
  expect(world.snapshot().trials.every(({ state, epochs }) => state === 'completed' && epochs === 6)).toBe(true);
  expect(whole.executor.trained).toHaveLength(18 * 6 - 36 - 4);
});

test('a revived trial that takes part in another halving is judged by what it has at the rung', async () => {
  using world = new ToyWorld();
  using whole = new ToyWorld();
  await live(world, specOf(GRID));
  start(world, specOf(GRID), { revive: trialsOf(world, 4).map(({ id }) => id) }).kill();
  await live(world, specOf(GRID, ['prune.eta=2']));
  await live(whole, specOf(GRID, ['prune.eta=2']));
  const atTwo = (one: ToyWorld) => verdictsIn(one).filter(({ epoch }) => epoch === 2);
  expect(atTwo(world)).toEqual(atTwo(whole));
  expect(atTwo(world)).toHaveLength(4);
  expect(trialsOf(world, 4)).toMatchObject([{ state: 'completed' }, { state: 'completed' }]);
});

test('whatever is edited, revived and killed in between: no epoch is trained twice, no verdict taken back, and the file as it was ends as it does', async () => {
  const edits = [
    [],
    ['prune=null'],
    ['prune.eta=2'],
    ['prune.min_epochs=2'],
    ['prune={ method: median }', 'lookahead=3'],
  ];
  const ends = [[], [], ['budget.epochs=50'], ['budget.epochs=60'], ['until.reached=-140']];
  const life = fc.record({
    edit: fc.constantFrom(...edits),
    end: fc.constantFrom(...ends),
    steps: fc.nat(80),
    slots: fc.integer({ min: 1, max: 5 }),
    revived: fc.option(fc.nat(50)),
  });
  const fate: Life['fate'] = ({ config, seed }) =>
    config.parameters['beta'] === 3 && seed === 1
      ? { epochs: 2, outcome: { kind: 'diverged', message: 'not finite' } }
      : undefined;
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (history) => {
      using world = new ToyWorld();
      const trained: string[] = [];
      let verdicts: unknown[] = [];
      const last = { edit: [], end: [], steps: Infinity, slots: 2, revived: null };
      for (const { edit, end, steps, slots, revived } of [...history, last]) {
        const pruned = trained.length === 0 ? [] : world.snapshot().trials.filter(({ state }) => state === 'pruned');
        const revive = revived === null || pruned.length === 0 ? [] : [pruned[revived % pruned.length]!.id];
        const coordinator = start(world, specOf(GRID, [...edit, ...end]), { slots, fate, revive });
        let left = steps;
        await coordinator.play(() => left-- <= 0);
        coordinator.kill();
        trained.push(...coordinator.executor.trained);
        const now = verdictsIn(world);
        expect(now).toEqual(expect.arrayContaining(verdicts));
        verdicts = now;
      }
      expect(new Set(trained).size).toBe(trained.length);
      expectAttemptsAccounted(world);
      const { trials } = world.snapshot();
      expect(trials.map(({ state }) => state).filter((state) => !isSettled(state))).toEqual([]);
      expect(trained).toHaveLength(trials.reduce((sum, { epochs }) => sum + epochs, 0));
    }),
    { numRuns: 3 },
  );
});

test('values that the file gains are a cohort of their own', async () => {
  using world = new ToyWorld();
  await live(world, specOf(GRID));
  const before = verdictsIn(world);
  const more = await live(world, specOf(GRID, ['beta=1,2,3,4,5,6,7,8,9,0.5,10,11']));
  expect(more.eventsOf('judged')).toMatchObject([
    { cohort: 1, epoch: 1, configurations: 3, pruned: 2 },
    { cohort: 1, epoch: 3, configurations: 1, pruned: 0 },
  ]);
  expect(verdictsIn(world)).toEqual(expect.arrayContaining(before));
  expect(trialsOf(world, 0.5)).toMatchObject([{ state: 'completed' }, { state: 'completed' }]);
});

test('brackets stay as they are when the file gains values over a kill: these are shared out anew', async () => {
  using world = new ToyWorld();
  const killed = start(world, specOf(HYPERBAND));
  await killed.play(() => killed.eventsOf('judged').length === 1);
  killed.kill();
  const before = verdictsIn(world).filter(({ rung }) => rung === -1);
  expect(before).toHaveLength(9);
  await live(world, specOf(HYPERBAND, ['beta=1,2,3,4,5,6,7,8,9,0.5,10,11']));
  const after = verdictsIn(world).filter(({ rung }) => rung === -1);
  expect(after).toEqual(expect.arrayContaining(before));
  expect(after).toHaveLength(12);
  expect(after.filter(({ cohort }) => cohort >= 3)).toHaveLength(3);
});

function searchOf(spec: Toy): LearnedSearch {
  if (!hasLearner(spec)) throw new Error('it learns nothing');
  return learnedSearch(spec, 'toy-data');
}

describe('issue 16: pruning that comes to a search whose trials are completed', () => {
  const PLAIN = by(TPE, 'null');

  /** Another lookahead is another search, which begins at the same points. */
  test.each(['halving', 'hyperband', 'asha', 'median'])(
    '%s: it proposes and judges as one that began so, after any kills, and trains none of them again',
    async (method) => {
      const spec = specOf(by(TPE, `{ method: ${method} }`));
      using fresh = new ToyWorld();
      await live(fresh, spec);
      const expected = [proposalsIn(fresh, searchOf(spec)), verdictsIn(fresh)];
      const lives = fc.array(fc.record({ steps: fc.nat(12), slots: fc.integer({ min: 1, max: 5 }) }), { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(fc.constantFrom('lookahead: 4', 'lookahead: 5'), lives, async (lookahead, history) => {
          using world = new ToyWorld();
          await live(world, specOf(PLAIN.replace('lookahead: 4', lookahead)));
          const before = new Set(world.snapshot().trials.map(({ id }) => id));
          for (const { steps, slots } of history) {
            const coordinator = start(world, spec, { slots });
            let left = steps;
            await coordinator.play(() => left-- <= 0);
            coordinator.kill();
            expect(coordinator.executor.jobs.filter(({ trial }) => before.has(trial))).toEqual([]);
          }
          await live(world, spec);
          expect([proposalsIn(world, searchOf(spec)), verdictsIn(world)]).toEqual(expected);
          expect((await live(world, spec)).executor.trained).toEqual([]);
        }),
        { numRuns: 3 },
      );
    },
  );
});
