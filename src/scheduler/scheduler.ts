import type { Executor } from '../executor/executor.ts';
import type { Holder } from '../store/store.ts';
import type { TrialPlan } from '../trial/trial.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Emit } from './events.ts';
import type { Task } from './task.ts';
import { testTask, type TestTarget } from './test-task.ts';
import { trainTask, type RunContext } from './train-task.ts';

/** How often readers are shown that the coordinator lives. */
export const HEARTBEAT_MS = 5_000;

export interface ScheduleOptions extends RunContext {
  readonly executor: Executor;
  /** The sweep's plan, which the store has saved: what is queued there is trained as it is here. */
  readonly trials: readonly TrialPlan[];
  /** Asked once all training is done: the trials to evaluate on the test split. */
  readonly selectForTest: () => readonly TestTarget[];
}

export interface ScheduleResult {
  /** A stop left work undone; running the sweep again goes on with it. */
  readonly interrupted: boolean;
}

/**
 * Takes a sweep's queued trials to their ends, then evaluates the selected ones on the test split. The only part of the
 * program that changes a trial's state while the sweep runs. One schedule per object: run it once.
 */
export class Scheduler {
  readonly #options: ScheduleOptions;
  #dispatcher: Dispatcher | undefined;
  #stop: 'drain' | 'now' | undefined;
  #isOver = false;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /**
   * Resolves when all is done, or when a stop has gone through.
   * Rejects with DEVICES_LOST when no device is left (unfinished trials stay queued), and with whatever the store or an
   * observer throws. The caller owns the executor and the store, and disposes of them in that order.
   */
  async run(): Promise<ScheduleResult> {
    const { executor, store, trials, emit, selectForTest } = this.#options;
    executor.onCapacityChange = () => {
      this.#guard(() => emitDevices(executor, emit));
      this.#dispatcher?.refill();
    };
    emitDevices(executor, emit);
    const stopHeartbeat = this.#startHeartbeat();
    try {
      const plans = new Map(trials.map((trial) => [trial.id, trial]));
      const untrained = await this.#dispatch(store.queued().map((id) => trainTask(this.#options, plans.get(id)!)));
      if (untrained > 0) return { interrupted: true };

      const targets = selectForTest();
      if (targets.length > 0) emit({ type: 'test_phase', trials: targets.length });
      const untested = await this.#dispatch(targets.map((target) => testTask(this.#options, target)));
      return { interrupted: untested > 0 };
    } finally {
      this.#isOver = true;
      stopHeartbeat();
      executor.onCapacityChange = undefined;
    }
  }

  /** First Ctrl-C: nothing new starts; running trials stop within a chunk of steps and keep their last checkpoint. */
  stop(): void {
    if (this.#isOver || this.#stop !== undefined) return;
    this.#stop = 'drain';
    this.#announceStop();
    this.#dispatcher?.stop();
  }

  /** Second Ctrl-C: running attempts are given up at once; their trials go on from the last checkpoint next time. */
  stopNow(): void {
    if (this.#isOver || this.#stop === 'now') return;
    this.#stop = 'now';
    this.#announceStop();
    this.#dispatcher?.stopNow();
  }

  /** Returns how many tasks were left undone. */
  async #dispatch(tasks: readonly Task[]): Promise<number> {
    if (this.#stop !== undefined) return tasks.length;
    const { executor, clock, store } = this.#options;
    const dispatcher = new Dispatcher(
      executor,
      clock,
      tasks,
      (write) => store.transaction(write),
      waitTeller(this.#options.emit),
    );
    this.#dispatcher = dispatcher;
    await dispatcher.run();
    return dispatcher.unfinished;
  }

  #announceStop(): void {
    this.#options.emit({ type: 'stopping', running: this.#dispatcher?.running ?? 0, now: this.#stop === 'now' });
  }

  #startHeartbeat(): () => void {
    const { clock, store } = this.#options;
    const beat = (): void => {
      cancel = clock.setTimer(HEARTBEAT_MS, beat);
      this.#guard(() => store.heartbeat(clock.now()));
    };
    let cancel = clock.setTimer(HEARTBEAT_MS, beat);
    return () => cancel();
  }

  /** Called from timers and the executor, which no exception may reach: what can't be recorded or shown ends the run. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#dispatcher?.fail(error);
    }
  }
}

function emitDevices({ capacity, devices }: Executor, emit: Emit): void {
  emit({ type: 'devices', capacity, devices: devices.map((device) => ({ ...device })) });
}

/** Tells of a wait for other sweeps when it begins, changes and ends. */
function waitTeller(emit: Emit): (holders: readonly Holder[]) => void {
  let told = '';
  return (holders) => {
    if (holders.length === 0 && told === '') return;
    const bySweep = new Map(holders.map((holder) => [holder.sweep, holder]));
    const sweeps = [...bySweep.values()].sort((a, b) => (a.sweep < b.sweep ? -1 : 1));
    const wait = { trials: holders.length, sweeps };
    const text = holders.length === 0 ? '' : JSON.stringify(wait);
    if (text === told) return;
    told = text;
    emit({ type: 'waiting', ...wait });
  };
}
