import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endedBy, live, specOf, start, type Life } from '../spec-run.ts';
import { ToyWorld } from '../support.ts';

// The toy's ELBO is best for the smallest beta.
const GRID = `
name: toy
dataset: { name: sprites-mini, train: 64, validation: 32, binarization: grey }
parameters: { beta: [6, 1, 3, 2, 8, 5, 4, 9, 7] }
seeds: { screen: 1, confirm: 3, top: 2 }
train: { epochs: 4 }
`;
const prunedBy = (method: string): string => `${GRID}prune: { method: ${method} }\n`;
const TPE = `${GRID.replace('[6, 1, 3, 2, 8, 5, 4, 9, 7]', '{ min: 0.1, max: 10, scale: log }')}search: tpe\ntrials: 9\nlookahead: 4\n`;

/** Beta and seed of the trials that confirm. */
function confirmed(world: ToyWorld): unknown[] {
  const { trials } = world.snapshot();
  return trials
    .filter(({ phase }) => phase === 'confirm')
    .map(({ config, seed, state }) => [config.parameters['beta'], seed, state]);
}

test('the best by the screening are trained with the other seeds, in one order, and nothing else is', async () => {
  using world = new ToyWorld();
  const { events, executor } = await live(world, specOf(GRID));
  expect(executor.trained).toHaveLength((9 + 4) * 4);
  const of = { configurations: 2, of: 9, foreseen: 4 };
  expect(events.filter(({ type }) => type === 'chosen')).toMatchObject([of]);
  const both = [1, 2].flatMap((seed) => [1, 2].map((beta) => [beta, seed, 'completed']));
  expect(confirmed(world)).toEqual(both);
  expect(world.snapshot().trials.map(({ seed }) => seed)).toEqual([...Array<number>(9).fill(0), 1, 1, 2, 2]);
  expect((await live(world, specOf(GRID))).executor.trained).toEqual([]);
});

test('more seeds, or more of the best, are added to what there is, and without a confirmation they leave the plan', async () => {
  using world = new ToyWorld();
  await live(world, specOf(GRID));
  const more = await live(world, specOf(GRID, ['seeds.confirm=4']));
  expect(more.executor.trained).toHaveLength(2 * 4);
  const wider = await live(world, specOf(GRID, ['seeds.top=3']));
  expect(wider.executor.trained).toHaveLength(2 * 4);
  expect(wider.eventsOf('chosen')).toEqual([]);
  await live(world, specOf(GRID, ['seeds=1']));
  expect(confirmed(world)).toEqual([]);
  expect(world.snapshot().outside).toHaveLength(8);
});

test('another value that does better is chosen, and the former choice leaves the plan', async () => {
  using world = new ToyWorld();
  await live(world, specOf(GRID));
  const other = await live(world, specOf(GRID, ['beta=1,2,3,0.5']));
  // One to screen, and two seeds of it; those of beta 1 are there.
  expect(other.executor.trained).toHaveLength(3 * 4);
  expect(new Set(confirmed(world).map((one) => (one as number[])[0]))).toEqual(new Set([1, 0.5]));
});

test('who lost a seed in the screening is not confirmed', async () => {
  using world = new ToyWorld();
  const fate: Life['fate'] = ({ config }) =>
    config.parameters['beta'] === 1 ? { epochs: 1, outcome: { kind: 'diverged', message: 'not finite' } } : undefined;
  await live(world, specOf(GRID), { fate });
  expect(confirmed(world).map((one) => (one as number[])[0])).toEqual([3, 2, 3, 2]);
});

test('of each family of likelihoods the best are', async () => {
  using world = new ToyWorld();
  await live(world, specOf(GRID.replace('beta:', 'likelihood: [bernoulli, gaussian], beta:')));
  const { trials } = world.snapshot();
  const chosen = trials.filter(({ phase, seed }) => phase === 'confirm' && seed === 1);
  expect(chosen.map(({ params }) => [params['likelihood'], params['beta']]).toSorted()).toEqual([
    ...[1, 2].map((beta) => ['bernoulli', beta]),
    ...[1, 2].map((beta) => ['gaussian', beta]),
  ]);
});

test.each([
  ['trials', 'budget: { trials: 7 }', 3, 'its budget of 7 trials is used up, but for 4 that confirm the best'],
  ['epochs', 'budget: { epochs: 29 }', 3, 'its budget of 29 epochs is used up, but for 16 that confirm the best'],
])('a budget of %s keeps room for the confirmation, over all runs', async (_, line, screened, reason) => {
  using world = new ToyWorld();
  const spec = specOf(GRID + line);
  const killed = start(world, spec);
  await killed.play(() => killed.executor.trained.length === 5);
  killed.kill();
  const last = await live(world, spec);
  const begun = world.snapshot().trials.filter(({ attempts }) => attempts > 0);
  expect(begun).toHaveLength(screened + 4);
  expect(confirmed(world).map((one) => (one as number[])[0])).toEqual([1, 3, 1, 3]);
  expect(endedBy(last)).toBe(reason);
  expect((await live(world, spec)).executor.trained).toEqual([]);
});

describe.each([
  ['a grid', GRID, 4],
  // Of nine configurations one comes to its last epoch.
  ['halving', prunedBy('halving'), 2],
  ['hyperband', prunedBy('hyperband'), 4],
  ['asha', `${prunedBy('asha')}lookahead: 3\n`, 2],
  ['the median', `${prunedBy('median')}lookahead: 3\n`, 4],
  ['patience', `${GRID}until: { patience: 3 }\nlookahead: 3\n`, 4],
  ['a search that learns', TPE, 4],
  ['a search that prunes', `${TPE}prune: { method: halving, eta: 2 }\n`, 4],
])('%s', (_, text, confirming) => {
  const fate: Life['fate'] = ({ config, seed }) =>
    seed === 2 && Number(config.parameters['beta']) < 2
      ? { epochs: 2, outcome: { kind: 'diverged', message: 'not finite' } }
      : undefined;
  const outcome = (world: ToyWorld): unknown =>
    world.snapshot().trials.map(({ id, state, epochs, phase }) => [id, state, epochs, phase]);

  test('confirms the same with any number of slots and after any kills, and trains no epoch twice', async () => {
    using calm = new ToyWorld();
    await live(calm, specOf(text), { slots: 2, fate });
    expect(confirmed(calm)).toHaveLength(confirming);
    const lives = fc.array(fc.record({ steps: fc.nat(40), slots: fc.integer({ min: 1, max: 5 }) }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lives, fc.constantFrom(1, 4), async (history, slots) => {
        using world = new ToyWorld();
        const trained: string[] = [];
        for (const { steps, slots: some } of [...history, { steps: Infinity, slots }]) {
          const coordinator = start(world, specOf(text), { slots: some, fate });
          let left = steps;
          await coordinator.play(() => left-- <= 0);
          coordinator.kill();
          trained.push(...coordinator.executor.trained);
        }
        expect(outcome(world)).toEqual(outcome(calm));
        expect(new Set(trained).size).toBe(trained.length);
      }),
      { numRuns: 4 },
    );
  });
});

test('a search whose trials had ended under another one confirms its best, too', async () => {
  using world = new ToyWorld();
  await live(world, specOf(TPE.replace(/lookahead: \d+/, 'lookahead: 9')));
  await live(world, specOf(`${TPE}prune: { method: halving, eta: 2 }\n`));
  expect(confirmed(world).length).toBeGreaterThan(0);
});
