/** A run that is stopped: what ends at once, what is saved, and what goes on later. */
import { describe, expect, test } from 'vitest';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { toyPlan } from '../support/toy-sweep.ts';
import { LOST, ToyWorld } from './support.ts';

describe('stopping', () => {
  test('drains: asks what runs to stop, starts nothing more, and goes on later from the checkpoints', async () => {
    using world = new ToyWorld();
    const first = world.start(toyPlan());
    await first.play(() => first.eventsOf('epoch').length === 3);
    first.scheduler.stop();
    first.scheduler.stop();
    expect(first.executor.flights.map(({ stopReason }) => stopReason)).toEqual(['interrupted', 'interrupted']);
    expect(await first.finish()).toEqual({ interrupted: true });
    expect(first.eventsOf('stopping')).toMatchObject([{ running: 2, now: false }]);
    expect(first.executor.jobs).toHaveLength(2);
    expect(world.snapshot().trials.every(({ state }) => state === 'queued')).toBe(true);
    first.kill();

    const second = world.start(toyPlan());
    expect(await second.finish()).toEqual({ interrupted: false });
    expect(second.eventsOf('started').map(({ resumedEpochs }) => resumedEpochs)).toEqual([2, 1, 0, 0, 0, 0]);
  });

  test('keeps a trial that completes while draining, and is not interrupted when that was the last work', async () => {
    using world = new ToyWorld();
    const coordinator = world.start(toyPlan({ betas: [1], seeds: 1, evaluateTest: 'all' }));
    await coordinator.play(() => coordinator.executor.flights[0]?.job.kind === 'test');
    coordinator.scheduler.stop();
    expect(await coordinator.finish()).toEqual({ interrupted: false });
    expect(world.snapshot().trials).toMatchObject([{ state: 'completed' }]);
  });

  test('gives up running attempts at once on the second request, and hears nothing of them afterwards', async () => {
    using world = new ToyWorld();
    const coordinator = world.start(toyPlan());
    await coordinator.play(() => coordinator.eventsOf('epoch').length === 2);
    coordinator.scheduler.stop();
    coordinator.scheduler.stopNow();
    expect(await coordinator.run).toEqual({ interrupted: true });
    using readModel = openReadModel(world.layout);
    for (const { trial } of coordinator.executor.jobs) {
      expect(readModel.attempts('toy', trial)).toMatchObject([
        { attempt: 1, outcome: 'requeued', cause: 'interrupted' },
      ]);
    }
    expect(world.snapshot().trials.every(({ state }) => state === 'queued')).toBe(true);

    const before = world.finalTable();
    const shown = coordinator.events.length;
    for (const flight of [...coordinator.executor.flights]) {
      flight.emit({ type: 'progress', epoch: 2, fraction: 0.5, imagesPerSecond: 1000 });
      flight.finish({ kind: 'lost', cause: 'disposed', culprit: 'other' });
    }
    await coordinator.play();
    expect(coordinator.events).toHaveLength(shown);
    expect(world.finalTable()).toEqual(before);
    expect(coordinator.clock.pendingTimers).toBe(0);
  });

  test('stops between two tries of a trial without waiting for the second', async () => {
    using world = new ToyWorld();
    const coordinator = world.start(toyPlan({ betas: [1], seeds: 1 }), { fate: () => LOST });
    await coordinator.play(() => coordinator.eventsOf('requeued').length === 1);
    coordinator.scheduler.stop();
    expect(await coordinator.run).toEqual({ interrupted: true });
    expect(coordinator.clock.pendingTimers).toBe(0);
  });

  test('starts nothing when stopped before the start', async () => {
    using world = new ToyWorld();
    const coordinator = world.start(toyPlan());
    coordinator.scheduler.stop();
    expect(await coordinator.finish()).toEqual({ interrupted: true });
    expect(coordinator.executor.jobs).toEqual([]);
  });
});
