/** Sweeps that share trials, run by several coordinators at the same time on one database. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TRIAL_FILES } from '../../src/files/trial-files.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import type { SweepPlan } from '../../src/store/store.ts';
import type { ToyOptions } from '../support/toy-executor.ts';
import { toyPlan } from '../support/toy-sweep.ts';
import { ToyWorld, type ToyCoordinator } from './support.ts';

const ONE_SLOT: ToyOptions = { devices: { cpu: 1 } };

function plans(...names: readonly string[]): SweepPlan[] {
  return names.map((name) => toyPlan({ name, seeds: 1 }));
}

function trained(...coordinators: readonly ToyCoordinator[]): string[] {
  const jobs = coordinators.flatMap(({ executor }) => executor.jobs);
  return jobs.filter(({ kind }) => kind === 'train').map(({ trial }) => trial);
}

const idsOf = ({ trials }: SweepPlan): string[] => trials.map(({ id }) => id);
const hasFlight =
  ({ executor }: ToyCoordinator) =>
  (): boolean =>
    executor.flights.length > 0;

/** Starts `plan` and plays until its first trial is under way. */
async function startAtWork(world: ToyWorld, plan: SweepPlan, toys = ONE_SLOT): Promise<ToyCoordinator> {
  const coordinator = world.start(plan, toys);
  await coordinator.play(hasFlight(coordinator));
  return coordinator;
}

describe('two sweeps over the same trials at the same time', () => {
  test('train each trial once, and both end with all results', async () => {
    using world = new ToyWorld();
    const [a, b] = plans('a', 'b').map((plan) => world.start(plan, ONE_SLOT)) as [ToyCoordinator, ToyCoordinator];
    expect(await Promise.all([a.finish(), b.finish()])).toEqual([{ interrupted: false }, { interrupted: false }]);
    expect(trained(a, b).toSorted()).toEqual(idsOf(toyPlan({ seeds: 1 })).toSorted());
    expect(trained(a).length).toBeGreaterThan(0);
    expect(trained(b).length).toBeGreaterThan(0);
    expect(world.finalTable('a')).toEqual(world.finalTable('b'));

    const { trials } = world.snapshot('b');
    expect(trials.every(({ state }) => state === 'completed')).toBe(true);
    const taken = trials.filter(({ reusedFrom }) => reusedFrom !== null);
    expect(taken.map(({ id }) => id)).toEqual(idsOf(toyPlan({ seeds: 1 })).filter((id) => !trained(b).includes(id)));
    const told = b.eventsOf('finished').filter(({ reusedFrom }) => reusedFrom === 'a');
    expect(told.map(({ trial }) => trial).toSorted()).toEqual(taken.map(({ id }) => id).toSorted());
    for (const { trial, state, attempt, cause, summary } of told) {
      expect({ state, attempt, cause }).toEqual({ state: 'completed', attempt: 0, cause: null });
      expect(summary).toEqual(a.eventsOf('finished').find((event) => event.trial === trial)!.summary);
    }
    expect([a.clock.pendingTimers, b.clock.pendingTimers]).toEqual([0, 0]);
  });

  test('lay aside what the other one trains: other trials go first, and its result is taken over when it is there', async () => {
    using world = new ToyWorld();
    const [first, second] = plans('a', 'b') as [SweepPlan, SweepPlan];
    const a = await startAtWork(world, first);
    const b = world.start(second, ONE_SLOT);
    await b.play(() => b.eventsOf('waiting').length > 0);
    const [held, ...others] = idsOf(second);
    expect(trained(b)).toEqual(others);
    expect(b.eventsOf('waiting')).toMatchObject([{ trials: 1, sweeps: [{ sweep: 'a', pid: process.pid }] }]);
    expect(world.snapshot('b').trials[0]).toMatchObject({ id: held, state: 'queued', attempts: 0 });

    await a.finish();
    await b.finish();
    expect(trained(a)).toEqual([held]);
    expect(a.eventsOf('finished').filter(({ reusedFrom }) => reusedFrom === 'b')).toHaveLength(2);
    expect(world.snapshot('b').trials[0]).toMatchObject({ id: held, state: 'completed', reusedFrom: 'a' });
    expect(b.eventsOf('waiting').at(-1)).toMatchObject({ trials: 0, sweeps: [] });
  });

  test('ask once a second while they wait, and say so when it begins, changes and ends, not in between', async () => {
    using world = new ToyWorld();
    const a = await startAtWork(world, toyPlan({ name: 'a', seeds: 1 }), { devices: { cpu: 3 } });
    const b = world.start(toyPlan({ name: 'b', seeds: 1 }), { devices: { cpu: 3 } });
    await b.play(() => b.eventsOf('waiting').length > 0);
    let asked = 0;
    const claim = b.store.claim.bind(b.store);
    b.store.claim = (...args) => {
      asked++;
      return claim(...args);
    };
    for (let ms = 0; ms < 10_000; ms += 100) {
      b.clock.advance(100);
      await setImmediate();
    }
    expect(asked).toBe(3 * 10);
    expect(b.eventsOf('waiting').map(({ trials }) => trials)).toEqual([3]);

    await a.play(() => a.eventsOf('finished').length === 1);
    await b.play(() => b.eventsOf('finished').length === 1);
    await Promise.all([a.finish(), b.finish()]);
    const waits = b.eventsOf('waiting').map(({ trials }) => trials);
    expect(waits[0]).toBe(3);
    expect(waits.at(-1)).toBe(0);
    expect(new Set(waits).size).toBe(waits.length);
  });

  test('go on when the other one dies: the trial is begun here, and the dead one takes it over when resumed', async () => {
    using world = new ToyWorld();
    const [first, second] = plans('a', 'b') as [SweepPlan, SweepPlan];
    const a = await startAtWork(world, first);
    await a.play(() => a.eventsOf('epoch').length === 1);
    const b = world.start(second, ONE_SLOT);
    await b.play(() => b.eventsOf('waiting').length > 0);
    a.kill();
    await b.finish();
    expect(trained(b)).toEqual([...idsOf(second).slice(1), idsOf(second)[0]]);
    expect(b.eventsOf('waiting').at(-1)).toMatchObject({ trials: 0 });

    const resumed = world.start(first, ONE_SLOT);
    await resumed.finish();
    expect(trained(resumed)).toEqual([]);
    expect(world.finalTable('a')).toEqual(world.finalTable('b'));
    using readModel = openReadModel(world.layout);
    expect(readModel.attempts('a', idsOf(first)[0]!)).toMatchObject([{ outcome: 'lost' }]);
  });

  test('wait for a coordinator that is stopped, and say after a minute that it gives no sign of life', async () => {
    using world = new ToyWorld();
    const a = await startAtWork(world, toyPlan({ name: 'a', betas: [1], seeds: 1 }));
    const b = world.start(toyPlan({ name: 'b', betas: [1], seeds: 1 }));
    await b.play(() => b.clock.monotonicMs() > 300_000);
    expect(trained(b)).toEqual([]);
    expect(b.eventsOf('waiting').map(({ sweeps }) => sweeps[0]!.silent)).toEqual([false, true]);

    await a.finish();
    await b.finish();
    expect(world.snapshot('b').trials).toMatchObject([{ state: 'completed', reusedFrom: 'a' }]);
  });

  test('do for themselves what the other one gave up, failed at, or saw diverge', async () => {
    for (const outcome of [
      { kind: 'stopped', reason: 'interrupted' },
      { kind: 'failed', failure: { kind: 'memory', message: 'none left' } },
      { kind: 'diverged', message: 'not finite' },
    ] as const) {
      using world = new ToyWorld();
      const plan = { betas: [1], seeds: 1 };
      const a = await startAtWork(world, toyPlan({ name: 'a', ...plan }));
      const b = world.start(toyPlan({ name: 'b', ...plan }));
      await b.play(() => b.eventsOf('waiting').length > 0);
      a.scheduler.stop();
      a.executor.flights[0]!.finish(outcome);
      await a.run;
      await b.finish();
      expect(trained(b)).toHaveLength(1);
      expect(world.snapshot('b').trials).toMatchObject([{ state: 'completed', reusedFrom: null }]);
    }
  });

  test('a stop ends the wait at once, and nothing is lost', async () => {
    for (const method of ['stop', 'stopNow'] as const) {
      using world = new ToyWorld();
      const plan = { betas: [1], seeds: 1 };
      const a = await startAtWork(world, toyPlan({ name: 'a', ...plan }));
      const b = world.start(toyPlan({ name: 'b', ...plan }));
      await b.play(() => b.eventsOf('waiting').length > 0);
      b.scheduler[method]();
      expect(await b.run).toEqual({ interrupted: true });
      expect(b.clock.pendingTimers).toBe(0);
      expect(world.snapshot('b').trials).toMatchObject([{ state: 'queued', attempts: 0 }]);
      b.kill();
      await a.finish();
      const again = world.start(toyPlan({ name: 'b', ...plan }));
      await again.finish();
      expect(trained(again)).toEqual([]);
      expect(world.snapshot('b').trials).toMatchObject([{ state: 'completed', reusedFrom: 'a' }]);
    }
  });

  test('leave no checkpoint of their own behind when a result is taken over', async () => {
    using world = new ToyWorld();
    const plan = toyPlan({ name: 'b', betas: [1], seeds: 1 });
    const checkpoint = path.join(world.layout.trial('b', idsOf(plan)[0]!), TRIAL_FILES.checkpoint);
    const dead = await startAtWork(world, plan);
    mkdirSync(path.dirname(checkpoint));
    writeFileSync(checkpoint, 'weights');
    dead.kill();
    const a = await startAtWork(world, toyPlan({ name: 'a', betas: [1], seeds: 1 }));
    const b = world.start(plan);
    await b.play(() => b.eventsOf('waiting').length > 0);
    await a.finish();
    await b.finish();
    expect(b.eventsOf('finished')).toMatchObject([{ state: 'completed', reusedFrom: 'a', attempt: 1 }]);
    expect(existsSync(checkpoint)).toBe(false);
  });

  test('take over a long list in turns, so that nothing else waits for it', async () => {
    using world = new ToyWorld();
    const many = { betas: Array.from({ length: 90 }, (_, index) => index), seeds: 1, epochs: 1 };
    const b = world.start(toyPlan({ name: 'b', ...many }), ONE_SLOT);
    await b.play(hasFlight(b));
    const a = world.start(toyPlan({ name: 'a', ...many }), { devices: { cpu: 8 } });
    await a.play(() => a.eventsOf('finished').length === 89);
    const sizes: number[] = [];
    const transaction = b.store.transaction.bind(b.store);
    b.store.transaction = (write) => {
      const before = taken();
      transaction(write);
      sizes.push(taken() - before);
    };
    const taken = (): number => world.snapshot('b').trials.filter(({ reusedFrom }) => reusedFrom !== null).length;
    await Promise.all([a.finish(), b.finish()]);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(89);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
    expect(trained(b)).toHaveLength(1);
  });
});

/** What befalls one of the coordinators. */
interface Move {
  readonly who: number;
  readonly kind: 'step' | 'wait' | 'lose' | 'drain' | 'kill' | 'restart';
}

const histories = fc.array(
  fc.record<Move>({
    who: fc.nat(2),
    kind: fc.constantFrom('step', 'step', 'step', 'wait', 'lose', 'drain', 'kill', 'restart'),
  }),
  { maxLength: 60 },
);

test('whatever befalls three overlapping sweeps: no trial is trained by two at a time or completed twice, and all end whole', async () => {
  const family = [
    toyPlan({ name: 'a', betas: [1, 2, 3], seeds: 1 }),
    toyPlan({ name: 'b', betas: [1, 2, 3], seeds: 1 }),
    toyPlan({ name: 'c', betas: [3, 4, 1], seeds: 1 }),
  ];
  const tables: unknown[] = [];
  for (const plan of family) {
    using calm = new ToyWorld();
    await calm.start(plan).finish();
    tables.push(calm.finalTable(plan.name));
  }

  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      using world = new ToyWorld();
      const living = family.map((plan): ToyCoordinator | undefined => world.start(plan, ONE_SLOT));
      const restart = (who: number): void => void (living[who] ??= world.start(family[who]!, ONE_SLOT));
      const checkClaims = (): void => {
        const jobs = living.flatMap((coordinator) => coordinator?.executor.flights.map(({ job }) => job) ?? []);
        const ids = jobs.filter(({ kind }) => kind === 'train').map(({ trial }) => trial);
        expect(new Set(ids).size).toBe(ids.length);
      };
      for (const { who, kind } of history) {
        const coordinator = living[who];
        const flight = coordinator?.executor.flights[0];
        if (kind === 'step') flight?.step();
        if (kind === 'lose' && flight?.job.attempt === 1)
          flight.finish({ kind: 'lost', cause: 'signal 9', culprit: 'trial' });
        if (kind === 'wait') coordinator?.clock.advance(20_000);
        if (kind === 'restart') restart(who);
        if (kind === 'drain' && coordinator !== undefined) {
          coordinator.scheduler.stop();
          while (coordinator.executor.flights.length > 0) {
            coordinator.executor.flights[0]!.step();
            await setImmediate();
          }
          await coordinator.run;
        }
        if (kind === 'kill' || kind === 'drain') {
          coordinator?.kill();
          living[who] = undefined;
        }
        await setImmediate();
        checkClaims();
      }
      family.forEach((_, who) => restart(who));
      await Promise.all(living.map((coordinator) => coordinator!.finish()));

      expect(family.map(({ name }) => world.finalTable(name))).toEqual(tables);
      using readModel = openReadModel(world.layout);
      const ends = new Map<string, number>();
      for (const { name, trials } of family) {
        for (const { id } of trials) {
          const done = readModel.attempts(name, id).filter(({ outcome }) => outcome === 'completed').length;
          ends.set(id, (ends.get(id) ?? 0) + done);
        }
      }
      expect([...ends.values()]).toEqual([1, 1, 1, 1]);
    }),
    { numRuns: 25 },
  );
});
