/** Issue 10, line 9 and full disks: what may pass is waited for, and nothing is lost or told twice. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { HEARTBEAT_MS } from '../../src/scheduler/heartbeat.ts';
import { STORAGE_RETRY_MS } from '../../src/scheduler/storage-trouble.ts';
import { toyPlan } from '../support/toy-sweep.ts';
import { ToyWorld, type ToyCoordinator } from './support.ts';

/** Another program holds the database's write lock until it is disposed of. */
function lockOf(world: ToyWorld): Disposable {
  const db = new Database(world.layout.database);
  db.exec('BEGIN IMMEDIATE');
  return { [Symbol.dispose]: () => void db.close() };
}

const isPaused = ({ events }: ToyCoordinator): boolean => events.some(({ type }) => type === 'storage');
const toldOf = (coordinator: ToyCoordinator) => coordinator.eventsOf('storage').map(({ trouble }) => trouble);

async function undisturbed() {
  using world = new ToyWorld();
  await world.start(toyPlan()).finish();
  return world.finalTable();
}

test('issue 10, line 9: a foreign write lock pauses the run, which goes on when it is free', async () => {
  using world = new ToyWorld();
  const coordinator = world.start(toyPlan());
  await coordinator.play(() => coordinator.eventsOf('epoch').length === 2);
  const lock = lockOf(world);
  await coordinator.play(() => isPaused(coordinator));
  const told = coordinator.events.length;
  for (let i = 0; i < 10; i++) coordinator.clock.advance(HEARTBEAT_MS);
  expect(coordinator.events).toHaveLength(told);
  lock[Symbol.dispose]();
  coordinator.clock.advance(STORAGE_RETRY_MS);
  expect(await coordinator.finish()).toEqual({ interrupted: false });
  expect(toldOf(coordinator)).toEqual([expect.stringContaining('another process holds the lock'), null]);
  expect(world.finalTable()).toEqual(await undisturbed());
  expect(world.snapshot().trials.map(({ attempts }) => attempts)).toEqual(toyPlan().trials.map(() => 1));
  const epochs = coordinator.eventsOf('epoch').map(({ trial, record }) => `${trial} ${record.epoch}`);
  expect(new Set(epochs).size).toBe(epochs.length);
  expect(coordinator.clock.pendingTimers).toBe(0);
});

test('issue 10, line 9: a heartbeat that can’t be written ends nothing', async () => {
  using world = new ToyWorld();
  const coordinator = world.start(toyPlan());
  await coordinator.play(() => coordinator.eventsOf('epoch').length === 1);
  const lock = lockOf(world);
  coordinator.clock.advance(3 * HEARTBEAT_MS);
  lock[Symbol.dispose]();
  expect(await coordinator.finish()).toEqual({ interrupted: false });
});

test.each(['stop', 'stopNow'] as const)('issue 10, line 9: %s goes through while the lock is held', async (way) => {
  using world = new ToyWorld();
  const coordinator = world.start(toyPlan());
  await coordinator.play(() => coordinator.eventsOf('epoch').length === 2);
  {
    using lock = lockOf(world);
    expect(lock).toBeDefined();
    await coordinator.play(() => isPaused(coordinator));
    coordinator.scheduler[way]();
    for (const flight of [...coordinator.executor.flights]) flight.step();
    await new Promise(setImmediate);
    coordinator.clock.advance(STORAGE_RETRY_MS);
    expect(await coordinator.finish()).toEqual({ interrupted: true });
  }
  coordinator.kill();
  expect(await world.start(toyPlan()).finish()).toEqual({ interrupted: false });
  expect(world.finalTable()).toEqual(await undisturbed());
});

test('issue 10, full disks: a checkpoint for which there is no room pauses the run and fails no trial', async () => {
  using world = new ToyWorld();
  const failure = { kind: 'storage', code: 'ENOSPC', message: 'ENOSPC: no space left on device, write' } as const;
  let isFull = true;
  const fate = () => (isFull ? ({ epochs: 1, outcome: { kind: 'failed', failure } } as const) : undefined);
  const coordinator = world.start(toyPlan(), { fate });
  await coordinator.play(() => isPaused(coordinator) && coordinator.executor.flights.length === 0);
  const jobs = coordinator.executor.jobs.length;
  expect(jobs).toBe(2);
  isFull = false;
  expect(await coordinator.finish()).toEqual({ interrupted: false });
  expect(toldOf(coordinator)).toEqual([expect.stringContaining('the disk is full'), null]);
  expect(world.finalTable()).toEqual(await undisturbed());
});
