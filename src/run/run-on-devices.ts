import os from 'node:os';
import type { DatasetSource } from '../data/source.ts';
import { SweepError } from '../errors.ts';
import { discoverDevices, type Device } from '../executor/devices.ts';
import type { Executor } from '../executor/executor.ts';
import { startLocalExecutor, type ExecutorLog } from '../executor/local-executor.ts';
import { shortage } from '../executor/shortage.ts';
import { lateEndKeeper } from '../scheduler/late-ends.ts';
import type { Emit } from '../scheduler/events.ts';
import type { LateEnd } from '../trial/late-end.ts';
import { startHeartbeat } from '../scheduler/heartbeat.ts';
import { count } from '../text/format-number.ts';
import { Scheduler, type ScheduleOptions, type ScheduleResult } from '../scheduler/scheduler.ts';
import type { RunOptions } from '../sweep.ts';

/** What a run is to those who run it elsewhere. */
export interface RunPlace {
  readonly sweep: string;
  /** When the sweep was first saved: with its name, what tells it from all others. */
  readonly sweepCreatedAt: Date;
  readonly dataset: DatasetSource;
  /** There are no more at a time. */
  readonly jobs: number;
  /** An attempt that had been given up has told how it ended. */
  readonly onLate: (end: LateEnd) => void;
}

/** Called only if there is something to run. Rejects, leaving nothing behind, when `signal` is aborted. */
export type StartExecutor = (emit: Emit, signal: AbortSignal, place: RunPlace) => Promise<Executor>;

/** The part of a run that needs devices, which are started for it and ended after it. */
export async function runOnDevices(
  startExecutor: StartExecutor,
  { stop, stopNow }: RunOptions,
  schedule: Omit<ScheduleOptions, 'executor'> & Omit<RunPlace, 'onLate'>,
): Promise<ScheduleResult> {
  const stopped = AbortSignal.any([stop, stopNow].filter((signal) => signal !== undefined));
  const isStopped = (): boolean => stopped.aborted;
  if (isStopped()) return { interrupted: true };
  let executor: Executor;
  const { clock, store, trouble } = schedule;
  const stopHeartbeat = startHeartbeat(clock, () => {
    try {
      store.heartbeat(clock.now());
    } catch (error) {
      // What will not pass is met by the next write, which ends the run.
      trouble.meets(error);
    }
  });
  try {
    schedule.emit({ type: 'preparing', step: 'devices' });
    executor = await startExecutor(schedule.emit, stopped, { ...schedule, onLate: lateEndKeeper(schedule) });
  } catch (error) {
    if (isStopped()) return { interrupted: true };
    throw error;
  } finally {
    stopHeartbeat();
  }
  try {
    const scheduler = new Scheduler({ ...schedule, executor });
    stop?.addEventListener('abort', () => scheduler.stop());
    stopNow?.addEventListener('abort', () => scheduler.stopNow());
    if (isStopped()) scheduler.stop();
    return await scheduler.run();
  } finally {
    await executor[Symbol.asyncDispose]();
  }
}

/** One process for each device asked for. */
export async function findLocalDevices({ device, slots }: RunOptions): Promise<StartExecutor> {
  const request = { request: device, ...(slots !== undefined && { slots }) };
  const { devices, fallback, notes } = await discoverDevices(request);
  const lacking = shortage(devices.map((one) => one.slots));
  if (lacking !== undefined) throw new SweepError('DEVICE_UNAVAILABLE', `Nothing can train here: ${lacking}.`);
  return (emit, signal, { jobs }) => {
    // A thread that never has a job costs as much memory as one that has.
    const needed = (one: Device): Device => ({ ...one, slots: Math.min(one.slots, jobs) });
    const used = devices.map(needed);
    for (const message of [...notes, ...used.flatMap(crowdNotes)])
      emit({ type: 'log', trial: null, level: 'warn', message });
    const onLog = (entry: ExecutorLog): void => emit({ type: 'log', trial: null, ...entry });
    return startLocalExecutor({ devices: used, fallback: fallback && needed(fallback), onLog, signal });
  };
}

function crowdNotes({ kind, slots }: Device): string[] {
  const cores = os.availableParallelism();
  if (kind !== 'cpu' || slots <= cores) return [];
  return [`${slots} trials at a time share ${count(cores, 'core')}: each takes as much longer`];
}
