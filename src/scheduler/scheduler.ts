import type { Executor } from '../executor/executor.ts';
import type { Holder } from '../store/store.ts';
import type { TrialPlan } from '../trial/trial.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Emit } from './events.ts';
import { decisionTask } from './decision-task.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { StorageTrouble } from './storage-trouble.ts';
import { fromList, type Source, type TrialSource } from './sources/source.ts';
import type { Task } from './task.ts';
import { testTask, type TestTarget } from './test-task.ts';
import type { RunContext } from './run-context.ts';
import { trainTask } from './train-task.ts';

export interface ScheduleOptions extends Omit<RunContext, 'waitsFor' | 'pauseAt' | 'onPaused' | 'admit'> {
  /** What a run waits for instead of ending. */
  readonly trouble: StorageTrouble;
  readonly executor: Executor;
  /** The sweep's plan, which the store has saved: what is queued there is trained as it is here. */
  readonly trials: readonly TrialPlan[];
  /** Gives the trials that are queued, in its order; by default in theirs. */
  readonly sourceOf?: (queued: readonly TrialPlan[]) => TrialSource;
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
    const { executor, store, trials, emit, sourceOf, selectForTest } = this.#options;
    executor.onCapacityChange = () => {
      this.#guard(() => emitDevices(executor, emit));
      this.#dispatcher?.refill();
    };
    emitDevices(executor, emit);
    const stopHeartbeat = this.#startHeartbeat();
    try {
      const plans = new Map(trials.map((trial) => [trial.id, trial]));
      const queued = store.queued().map((id) => plans.get(id)!);
      const source: TrialSource = sourceOf?.(queued) ?? fromList(queued);
      const context: RunContext = {
        ...this.#options,
        emit: (happening) => {
          emit(happening);
          if (happening.type === 'started') source.started?.(happening.trial);
          if (happening.type !== 'finished' || source.tell === undefined) return;
          source.tell(happening);
          this.#dispatcher?.refill();
        },
        waitsFor: (error) => this.#holdsFor(error),
        admit: (trial) => source.admit?.(trial),
        pauseAt: (trial) => source.pauseAt?.(trial),
        onPaused: (trial, epoch) => {
          source.paused?.(trial, epoch);
          this.#dispatcher?.refill();
        },
      };
      const stalled = new Map(store.stalledAttempts());
      const untrained = await this.#dispatch({
        get left() {
          return source.left;
        },
        next: () => {
          const given = source.next();
          if (given === undefined) return undefined;
          if ('record' in given) return decisionTask(given);
          const before = stalled.get(given.id);
          // Where it is given again, it has got on.
          stalled.delete(given.id);
          return trainTask(context, given, before);
        },
      });
      if (untrained > 0) return { interrupted: true };

      const targets = selectForTest();
      if (targets.length > 0) emit({ type: 'test_phase', trials: targets.length });
      const untested = await this.#dispatch(
        fromList(
          targets.map((target) => testTask(context, { ...target, deviceClass: plans.get(target.trial)?.deviceClass })),
        ),
      );
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
  async #dispatch(source: Source<Task>): Promise<number> {
    if (this.#stop !== undefined) return source.left;
    const { executor, clock, store, trouble } = this.#options;
    const dispatcher = new Dispatcher(
      executor,
      clock,
      source,
      (write) => {
        store.transaction(write);
        if (this.#dispatcher?.isPaused !== true) trouble.hasPassed();
      },
      waitTeller(this.#options.emit),
      (error) => trouble.meets(error),
    );
    this.#dispatcher = dispatcher;
    await dispatcher.run();
    return dispatcher.unfinished;
  }

  #announceStop(): void {
    this.#options.emit({ type: 'stopping', running: this.#dispatcher?.running ?? 0, now: this.#stop === 'now' });
  }

  /** Readers judge by the lock while the heartbeat can't be recorded. */
  #startHeartbeat(): () => void {
    const { clock, store, trouble, emit } = this.#options;
    const tellUnserved = unservedTeller(emit);
    return startHeartbeat(clock, () => {
      if (this.#dispatcher?.isPaused === true) return;
      this.#guard(() => tellUnserved(this.#dispatcher?.unserved ?? new Map()));
      this.#guard(() => {
        try {
          store.heartbeat(clock.now());
          trouble.hasPassed();
        } catch (error) {
          if (!trouble.meets(error)) throw error;
        }
      });
    });
  }

  /** A device can't write its checkpoint for now: the others would fare no better. */
  #holdsFor(error: unknown): boolean {
    const mayPass = this.#options.trouble.meets(error);
    if (mayPass) this.#dispatcher?.hold();
    return mayPass;
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

/** Says once of each class that trials wait for it in vain, until there is one. */
function unservedTeller(emit: Emit): (unserved: ReadonlyMap<string, number>) => void {
  let told: ReadonlyMap<string, number> = new Map();
  return (unserved) => {
    for (const [deviceClass, count] of unserved) {
      if (told.has(deviceClass)) continue;
      const trials = count === 1 ? '1 trial waits' : `${count} trials wait`;
      const message = `${trials} for a device of class ${deviceClass}, and there is none: start \`sweep agent --class ${deviceClass}\` where one is`;
      emit({ type: 'log', trial: null, level: 'warn', message });
    }
    told = unserved;
  };
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
