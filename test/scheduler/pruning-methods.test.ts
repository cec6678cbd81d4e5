/** What each way to prune is. */
import { expect, test } from 'vitest';
import { ASHA, byBeta, HYPERBAND, MEDIAN, verdictsIn } from './pruned-toys.ts';
import { live, specOf } from './spec-run.ts';
import { ToyWorld } from './support.ts';

test('brackets begin at later rungs, one trains all, and it is on record who is where', async () => {
  using world = new ToyWorld();
  const coordinator = await live(world, specOf(HYPERBAND));
  const told = coordinator
    .eventsOf('judged')
    .map(({ bracket, epoch }) => `${bracket!.place}/${bracket!.among} ${epoch}`);
  expect(told.toSorted()).toEqual(['1/3 1', '1/3 3', '2/3 3']);
  // Weights 9, 5 and 3 of rungs after 1 and 3: of nine 5, 3 and 1.
  const verdicts = verdictsIn(world);
  const dealt = verdicts.filter(({ rung }) => rung === -1);
  expect(dealt.map(({ place, among, epoch }) => `${place}/${among} ${epoch}`).toSorted()).toEqual([
    ...Array<string>(5).fill('1/3 1'),
    ...Array<string>(3).fill('2/3 3'),
    '3/3 6',
  ]);
  const judged = verdicts.filter(({ rung }) => rung >= 0);
  expect(Object.groupBy(judged, ({ cohort, epoch }) => `${cohort} after ${epoch}`)).toMatchObject({
    '0 after 1': { length: 5 },
    '0 after 3': { length: 1 },
    '1 after 3': { length: 3 },
  });
  const ends = Object.values(byBeta(world)).map(([epochs]) => epochs);
  expect(ends.toSorted()).toEqual([1, 1, 1, 1, 3, 3, 6, 6, 6]);
});

test('small cohorts are compared with those before that got as far', async () => {
  using world = new ToyWorld();
  const coordinator = await live(world, specOf(ASHA));
  // Cohorts of 6 1 3 2, 8 5 4 9, 7 0.5 12 11 and 10 14.
  expect(coordinator.eventsOf('judged')).toEqual(
    expect.arrayContaining(
      [
        // The first of four, none of the first two of eight, one of the first four of twelve, none of fourteen.
        { cohort: 0, epoch: 1, configurations: 4, pruned: 3 },
        { cohort: 0, epoch: 3, configurations: 1, pruned: 0 },
        { cohort: 1, epoch: 1, configurations: 4, pruned: 4 },
        { cohort: 2, epoch: 1, configurations: 4, pruned: 3 },
        { cohort: 2, epoch: 3, configurations: 1, pruned: 0 },
        { cohort: 3, epoch: 1, configurations: 2, pruned: 2 },
      ].map((event) => expect.objectContaining(event) as unknown),
    ),
  );
  expect(verdictsIn(world).filter(({ cohort, rung }) => cohort === 2 && rung === 0)).toMatchObject(
    [5, 9, 1, 12].map(() => ({ among: 12 })),
  );
});

test('who is no worse than the median of all so far goes on, and the rungs double', async () => {
  using world = new ToyWorld();
  await live(world, specOf(MEDIAN));
  // After epoch 1 of 6 1 3 2: 1 and 2. Of 8 5 4 9: 4. Of 7 0.5 12 11: 0.5.
  expect(Object.entries(byBeta(world)).filter(([, [epochs]]) => epochs > 1)).toEqual(
    expect.arrayContaining([1, 2, 4, 0.5].map((beta) => [String(beta), [6, 'completed']])),
  );
  const epochs = new Set(verdictsIn(world).map(({ epoch }) => epoch));
  expect(epochs).toEqual(new Set([1, 2, 4]));
});
