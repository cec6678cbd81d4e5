/** Trouble that is no trial’s: devices are lost, the database can’t be written, an observer throws. */
import { describe, expect, test } from 'vitest';
import { toyPlan } from '../support/toy-sweep.ts';
import { LOST, ToyWorld } from './support.ts';

describe('trouble', () => {
  test('goes on with the devices that are left', async () => {
    using world = new ToyWorld();
    const coordinator = world.start(toyPlan(), { devices: { 'gpu:0': 1, 'gpu:1': 1 } });
    await coordinator.play(() => coordinator.eventsOf('epoch').length === 1);
    coordinator.executor.breakDevice('gpu:0');
    expect(await coordinator.finish()).toEqual({ interrupted: false });
    expect(coordinator.eventsOf('devices').map(({ capacity }) => capacity)).toEqual([2, 1]);
    expect(world.snapshot().trials.every(({ state }) => state === 'completed')).toBe(true);
  });

  test('ends with DEVICES_LOST when no device is left, and blames no trial', async () => {
    using world = new ToyWorld();
    const coordinator = world.start(toyPlan());
    await coordinator.play(() => coordinator.eventsOf('epoch').length === 1);
    coordinator.executor.breakDevice('cpu');
    await expect(coordinator.finish()).rejects.toMatchObject({ code: 'DEVICES_LOST' });
    expect(world.snapshot().trials.map(({ state }) => state)).toEqual(toyPlan().trials.map(() => 'queued'));
    expect(coordinator.clock.pendingTimers).toBe(0);
  });

  test('ends at once when the last device is lost while trials wait for another try', async () => {
    using world = new ToyWorld();
    const coordinator = world.start(toyPlan({ betas: [1], seeds: 1 }), { fate: () => LOST });
    await coordinator.play(() => coordinator.eventsOf('requeued').length === 1);
    coordinator.executor.breakDevice('cpu');
    await expect(coordinator.run).rejects.toMatchObject({ code: 'DEVICES_LOST' });
    expect(coordinator.clock.pendingTimers).toBe(0);
  });

  test('ends when it can’t record, without an exception in the executor', async () => {
    using world = new ToyWorld();
    const coordinator = world.start(toyPlan());
    await coordinator.play(() => coordinator.eventsOf('epoch').length === 1);
    coordinator.kill();
    await expect(coordinator.finish()).rejects.toThrow();
    const resumed = world.start(toyPlan());
    expect(await resumed.finish()).toEqual({ interrupted: false });
  });

  test('ends with the database’s error when a trial can’t write its files, and blames no trial', async () => {
    using world = new ToyWorld();
    const failure = { kind: 'storage', code: 'EROFS', message: 'EROFS: read-only file system, open' } as const;
    const broken = world.start(toyPlan(), { fate: () => ({ epochs: 1, outcome: { kind: 'failed', failure } }) });
    await expect(broken.finish()).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining('read-only file system') as string,
    });
    const { trials } = world.snapshot();
    expect(trials.map(({ state }) => state)).toEqual(toyPlan().trials.map(() => 'queued'));
    broken.kill();
    expect(await world.start(toyPlan()).finish()).toEqual({ interrupted: false });
  });

  test('closes the attempts of a run that an observer brings down', async () => {
    using world = new ToyWorld();
    const coordinator = world.start(toyPlan(), {}, (event) => {
      if (event.type === 'epoch') throw new Error('the view broke');
    });
    await expect(coordinator.finish()).rejects.toThrow('the view broke');
    expect(world.snapshot().trials.every(({ state }) => state === 'queued')).toBe(true);
  });
});
