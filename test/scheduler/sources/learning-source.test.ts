import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LearningSource } from '../../../src/scheduler/sources/learning-source.ts';
import type { Observer } from '../../../src/scheduler/events.ts';
import { queuedRecord } from '../../../src/run/queued-record.ts';
import type { RecordedProposal } from '../../../src/store/proposals.ts';
import { openReadModel } from '../../../src/store/sqlite-read-model.ts';
import type { SweepPlan } from '../../../src/store/store.ts';
import { expandSpec, hasLearner } from '../../../src/sweep-file/expansion/expand.ts';
import { learnedSearch, type LearnedSearch } from '../../../src/sweep-file/expansion/learned-search.ts';
import { readSpec } from '../../../src/sweep-file/parse.ts';
import type { TrialJob } from '../../../src/trial/job.ts';
import type { Fate } from '../../support/toy-executor.ts';
import { toyPlan } from '../../support/toy-sweep.ts';
import { ToyWorld, type ToyCoordinator } from '../support.ts';

function searchOf(overrides: readonly string[] = []): LearnedSearch {
  const text = `
name: toy
dataset: { name: sprites-mini, train: 64, validation: 32 }
parameters: { beta: { min: 0.1, max: 10, scale: log }, hidden: [[4], [8]], latent_dim: [2, 4] }
search: tpe
trials: 16
lookahead: 3
seeds: 2
train: { epochs: 1 }
`;
  const { spec } = readSpec(text, { file: 'toy.yaml', overrides });
  if (!hasLearner(spec)) throw new Error('no learner');
  return learnedSearch(spec, 'toy-data');
}

/** The most configurations that were in training at a time. */
class Most {
  value = 0;
  note(coordinator: ToyCoordinator): void {
    const open = new Set(coordinator.executor.flights.map(({ job }) => JSON.stringify(job.config)));
    this.value = Math.max(this.value, open.size);
  }
}

function start(
  world: ToyWorld,
  search: LearnedSearch,
  slots: number,
  name = 'toy',
  observe?: Observer,
): ToyCoordinator {
  const recorded = proposalsIn(world, search, name);
  const trials = recorded.flatMap(({ parameters }) => search.trialsOf(parameters));
  const plan: SweepPlan = { ...toyPlan({ name, betas: [] }), trials, plannedTrials: search.proposals * 2 };
  const coordinator: ToyCoordinator = world.start(plan, { devices: { cpu: slots }, fate }, observe, (queued) => {
    const { trials: planned, outside } = world.snapshot(name);
    const { store, clock, events } = coordinator;
    return new LearningSource(
      {
        ...{ search, store, clock, recorded, known: [...planned, ...outside] },
        emit: (happening) => void events.push({ at: clock.now(), ...happening }),
        recordOf: (trial) => queuedRecord(trial, name),
      },
      queued,
    );
  });
  return coordinator;
}

function proposalsIn(world: ToyWorld, search: LearnedSearch, name = 'toy'): RecordedProposal[] {
  try {
    using model = openReadModel(world.layout);
    return model.proposals(name, search.key);
  } catch {
    return [];
  }
}

/** Results of their own: a few diverge. */
function fate({ config, seed }: TrialJob): Fate | undefined {
  const isOff = Number(config.parameters['beta']) > 6 && seed === 1;
  return isOff ? { epochs: 0, outcome: { kind: 'diverged', message: 'not finite' } } : undefined;
}

async function calm(slots: number, overrides: readonly string[] = []): Promise<RecordedProposal[]> {
  using world = new ToyWorld();
  const search = searchOf(overrides);
  await start(world, search, slots).finish();
  if (overrides.length === 0) checkOrigins(world);
  return proposalsIn(world, search);
}

/** Of each trial it is on record who proposed it, from which results. */
function checkOrigins(world: ToyWorld): void {
  using model = openReadModel(world.layout);
  const origins = world.snapshot().trials.map(({ id }) => model.origin('toy', id)!);
  expect(origins.map(({ position }) => position)).toEqual(origins.map((_, i) => Math.floor(i / 2)));
  expect(origins.map(({ seen }) => seen)).toEqual(origins.map((_, i) => Math.max(0, Math.floor(i / 2) - 2)));
  expect(origins.map(({ sampler }) => sampler)).toEqual(origins.map((_, i) => (i < 20 ? 'even' : 'tpe')));
  const results = proposalsIn(world, searchOf()).slice(0, 13);
  const values = results.flatMap(({ result }) => result!.value ?? []);
  expect(origins.at(-1)).toMatchObject({ least: Math.min(...values), most: Math.max(...values) });
}

test('one, two, four or seven slots propose the same, to the last bit, and what they saw is on record', async () => {
  const proposals = await calm(1);
  expect(proposals).toHaveLength(16);
  for (const slots of [2, 4, 7]) expect(await calm(slots)).toEqual(proposals);
  // The last three were seen by nobody; one with a seed that diverged has no value.
  expect(proposals.map(({ result }) => result !== undefined)).toEqual(proposals.map((_, i) => i < 13));
  for (const { parameters, result } of proposals.slice(0, 13)) {
    if (Number(parameters['beta']) > 6) expect(result!.value).toBeNull();
    else expect(result!.value).toBeCloseTo(-(108.5 + 11 * Number(parameters['beta'])), 9);
  }
  // It has learnt: a small beta is best here.
  const betas = proposals.map(({ parameters }) => Number(parameters['beta']));
  expect(Math.min(...betas.slice(13))).toBeLessThan(1);
});

test('the key of a search is what it was, so that proposals on record are gone on with by a later version', () => {
  expect(searchOf().key).toBe('cf9226d5b2590856');
});

test('no more configurations are open than `lookahead`, however many slots there are', async () => {
  using world = new ToyWorld();
  const coordinator = start(world, searchOf(), 20);
  const most = new Most();
  await coordinator.play(() => (most.note(coordinator), false));
  expect(most.value).toBe(3);
  expect(coordinator.eventsOf('proposed')).toHaveLength(16);
});

test.each([
  ['by one objective', [], 6],
  ['by several', ['objectives=kl,recon'], 2],
])(
  'any history of kills and stops, with other numbers of slots, proposes what a calm run does, %s',
  async (_name, overrides, numRuns) => {
    const expected = await calm(2, overrides);
    const lives = fc.array(fc.record({ steps: fc.nat(25), slots: fc.integer({ min: 1, max: 5 }) }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lives, async (history) => {
        using world = new ToyWorld();
        for (const { steps, slots } of history) {
          const coordinator = start(world, searchOf(overrides), slots);
          let left = steps;
          await coordinator.play(() => left-- <= 0);
          coordinator.kill();
        }
        await start(world, searchOf(overrides), 2).finish();
        expect(proposalsIn(world, searchOf(overrides))).toEqual(expected);
        expect(world.snapshot().trials).toHaveLength(32);
      }),
      { numRuns },
    );
  },
);

test('that a search finds no other is recorded like all else: a locked database is waited for', async () => {
  using world = new ToyWorld();
  const search = searchOf(['beta=1,4']);
  let isLocked = false;
  const coordinator = start(world, search, 2, 'toy', ({ type }) => {
    if (type !== 'finished' || isLocked) return;
    // Held while the search hears of the end.
    const lock = new Database(world.layout.database);
    lock.exec('BEGIN IMMEDIATE');
    isLocked = true;
    setImmediate(() => {
      lock.close();
      isLocked = false;
    });
  });
  expect(await coordinator.finish()).toEqual({ interrupted: false });
  expect(world.snapshot().trials).toHaveLength(16);
  expect(coordinator.eventsOf('log').map(({ message }) => message)).toEqual([
    'the search ends after 8 configurations: it finds no other',
  ]);
});

test('towards several objectives all of them are on record, and a search by one is another', async () => {
  const traded = await calm(3, ['objectives=kl,recon']);
  for (const { parameters, result } of traded.slice(0, 13)) {
    expect(result!.traded!.map(({ value }) => value === null)).toEqual(
      Number(parameters['beta']) > 6 ? [true, true] : [false, false],
    );
  }
  const [rate, distortion] = traded[0]!.result!.traded!;
  expect(-(rate!.value! + distortion!.value!)).toBeCloseTo(traded[0]!.result!.value!, 9);
  expect(searchOf(['objectives=kl,recon']).key).not.toBe(searchOf().key);
});

test('more trials go on where the search ended; a second sweep takes the results over and proposes the same', async () => {
  using world = new ToyWorld();
  const first = start(world, searchOf(['trials=13']), 4);
  await first.finish();
  first.kill();
  await start(world, searchOf(), 4).finish();
  const proposals = proposalsIn(world, searchOf());
  expect(proposals).toEqual(await calm(1));

  const other = start(world, searchOf(), 4, 'other');
  await other.finish();
  expect(proposalsIn(world, searchOf(), 'other')).toEqual(proposals);
  expect(
    other.executor.jobs
      .filter(({ kind }) => kind === 'train')
      .every(({ config }) => Number(config.parameters['beta']) > 6),
  ).toBe(true);
});

test('what a plan names before any result are the first proposals, whatever the seeds come to', () => {
  const { spec } = readSpec(
    'name: a\ndataset: sprites-mini\nparameters: { beta: [1, 2, 4, 8], latent_dim: [2, 4, 8] }\nsearch: auto\ntrials: 12\nlookahead: 4\nseeds: 2\ntry: [{ beta: 4, latent_dim: 8 }]\n',
    { file: 'a.yaml', overrides: [] },
  );
  const trials = expandSpec({ ...spec, dataset: { ...spec.dataset, binarization: 'grey' } }, 'x');
  expect(trials).toHaveLength(8);
  expect(trials[0]!.config.parameters).toMatchObject({ beta: 4, latent_dim: 8 });
  expect(new Set(trials.map(({ configId }) => configId)).size).toBe(4);
});
