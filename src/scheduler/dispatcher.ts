import { SweepError } from '../errors.ts';
import type { Attempt, Executor } from '../executor/executor.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { TrialOutcome } from '../trial/outcome.ts';
import type { Holder } from '../store/store.ts';
import type { Clock } from './clock.ts';
import { Placement } from './placement.ts';
import { STORAGE_RETRY_MS } from './storage-trouble.ts';
import type { Held, RecordTogether, Task } from './task.ts';
import { TaskQueue } from './task-queue.ts';

interface Flight {
  readonly task: Task;
  readonly job: TrialJob;
  readonly device: string;
  attempt?: Attempt;
}

type News =
  { readonly flight: Flight; readonly event: TrialEvent } | { readonly flight: Flight; readonly outcome: TrialOutcome };

/** Tasks that a turn asks for a job, at most: it must stay short where another sweep has done thousands of them. */
const ASKED_IN_A_TURN = 20;

const GIVEN_UP: TrialOutcome = { kind: 'stopped', reason: 'interrupted' };

/**
 * Keeps the executor's slots filled with tasks until all are over. It waits for events only and does a constant
 * amount of work for each, so ten thousand queued trials cost no more than ten.
 *
 * It works in turns. A turn takes all news that have arrived, and lets the tasks record them together with the begin of
 * the jobs that fill the freed slots: one commit, however much came in. Only then it acts: hands the jobs over, and lets
 * the tasks tell what was recorded.
 *
 * A turn that can't record for now changes nothing: its news wait for the next try, while devices work on.
 *
 * Suspects come last, each on a device without any other job: what kills its device does so when the others are done.
 *
 * A task that has no job to give, because another sweep is at it, is laid aside for a while, and others go first.
 */
export class Dispatcher {
  readonly #executor: Executor;
  readonly #clock: Clock;
  readonly #recordTogether: RecordTogether;
  readonly #onHeld: (holders: readonly Holder[]) => void;
  readonly #queue: TaskQueue;
  readonly #flights = new Set<Flight>();
  /** For the next turn. */
  #news: News[] = [];
  #isTurnScheduled = false;
  readonly #waitsFor: (error: unknown) => boolean;
  /** Cancels the timer of the next try while nothing can be recorded. */
  #blocked: (() => void) | undefined;
  /** Cancels the end of a time in which nothing new starts. */
  #held: (() => void) | undefined;
  readonly #finished = Promise.withResolvers<undefined>();
  #phase: 'running' | 'stopping' | 'closed' = 'running';

  /**
   * `waitsFor` says whether recording is to be tried again after an error.
   * `onHeld` hears after every turn who has the tasks that free slots wait for: one holder for each of these tasks.
   */
  constructor(
    executor: Executor,
    clock: Clock,
    tasks: readonly Task[],
    recordTogether: RecordTogether,
    onHeld: (holders: readonly Holder[]) => void = () => undefined,
    waitsFor: (error: unknown) => boolean = () => false,
  ) {
    this.#waitsFor = waitsFor;
    this.#executor = executor;
    this.#clock = clock;
    this.#queue = new TaskQueue(clock, tasks, () => this.#scheduleTurn());
    this.#recordTogether = recordTogether;
    this.#onHeld = onHeld;
  }

  /** Jobs in flight. */
  get running(): number {
    return this.#flights.size;
  }

  /** Waits for the storage. */
  get isPaused(): boolean {
    return this.#blocked !== undefined || this.#held !== undefined;
  }

  /** Starts nothing new for a while. */
  hold(): void {
    if (this.#phase !== 'running') return;
    this.#held?.();
    this.#held = this.#clock.setTimer(STORAGE_RETRY_MS, () => {
      this.#held = undefined;
      this.#scheduleTurn();
    });
  }

  /** Tasks that are not over. */
  get unfinished(): number {
    return this.#queue.size + this.#flights.size;
  }

  /**
   * Resolves when every task is over or a stop has gone through (then `unfinished` tells what is left).
   * Rejects with DEVICES_LOST when work is left and nothing can run it, and with whatever a task or the executor throws.
   */
  run(): Promise<void> {
    this.#turn();
    return this.#finished.promise;
  }

  /** Fills free slots soon. To be called when the executor's capacity has changed; otherwise it happens by itself. */
  refill(): void {
    this.#scheduleTurn();
  }

  /** Drain: nothing new starts, and what runs is asked to stop at its next chunk of steps. */
  stop(): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'stopping';
    for (const flight of this.#flights) flight.attempt?.stop('interrupted');
    this.#unblock();
    this.#scheduleTurn();
  }

  /** Gives up what runs without waiting for it. The executor's owner must dispose of it, or the jobs go on unheard. */
  stopNow(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'stopping';
    for (const flight of this.#flights) this.#news.push({ flight, outcome: GIVEN_UP });
    this.#unblock();
    this.#scheduleTurn();
  }

  /** Ends the run with `error`. Attempts are closed as far as that still works; the next run recovers the others. */
  fail(error: unknown): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#finished.reject(error);
    for (const flight of this.#flights) this.#news.push({ flight, outcome: GIVEN_UP });
    try {
      this.#work();
    } catch {
      // The same trouble again, most likely; `error` says what it was.
    }
    this.#forgetTimers();
  }

  #hear(news: News): void {
    if (this.#phase === 'closed') return;
    // Never recorded, and out of date by the time it could be told.
    if (this.#blocked !== undefined && 'event' in news && news.event.type === 'progress') return;
    this.#news.push(news);
    this.#scheduleTurn();
  }

  /** Never at once: more may be arriving, and who asks for it may be an observer in the middle of a turn. */
  #scheduleTurn(): void {
    if (this.#isTurnScheduled || this.#blocked !== undefined) return;
    this.#isTurnScheduled = true;
    setImmediate(() => {
      this.#isTurnScheduled = false;
      this.#turn();
    });
  }

  /** No exception may reach whoever called: it ends the run instead. */
  #turn(): void {
    if (this.#phase === 'closed') return;
    try {
      if (!this.#work()) return;
      if (this.#flights.size > 0) return;
      if (this.#phase === 'stopping' || this.unfinished === 0) this.#close();
      else if (this.#executor.capacity === 0) throw devicesLost(this.#executor, this.unfinished);
    } catch (error) {
      this.fail(error);
    }
  }

  /** After a turn that couldn't record. One that is to stop doesn't wait once there is no more to come. */
  #block(): void {
    const ended = new Set(this.#news.flatMap((item) => ('outcome' in item ? [item.flight] : [])));
    if (this.#phase === 'stopping' && [...this.#flights].every((flight) => ended.has(flight))) {
      this.#close();
      return;
    }
    this.#blocked = this.#clock.setTimer(STORAGE_RETRY_MS, () => this.#unblock());
  }

  #unblock(): void {
    this.#blocked?.();
    this.#blocked = undefined;
    this.#scheduleTurn();
  }

  /**
   * Queue and flights change with the commit: after one that failed, nothing has been heard or begun. Returns whether
   * it went through; false when it is to be tried again.
   */
  #work(): boolean {
    const news = this.#news;
    this.#news = [];
    const landed = new Set<Flight>();
    const launched: Flight[] = [];
    const held: (Held & { readonly task: Task })[] = [];
    const sequels: (() => void)[] = [];
    let asked = 0;
    const record = (): void => {
      for (const item of news) {
        const { flight } = item;
        // A flight that was given up has been accounted for.
        if (!this.#flights.has(flight) || landed.has(flight)) continue;
        if ('event' in item) {
          sequels.push(flight.task.event(item.event));
        } else {
          landed.add(flight);
          const sequel = flight.task.end(item.outcome);
          sequels.push(() => this.#settle(flight.task, sequel()));
        }
      }
      const placement = this.#placement(landed);
      for (const task of this.#nextTasks()) {
        const device = placement.find(task, task.lostOn);
        if (device === undefined) break;
        asked++;
        const job = task.begin();
        if (job.kind === 'over') sequels.push(job.tell);
        else if (job.kind === 'held') held.push({ ...job, task });
        else {
          placement.put(task, device);
          launched.push({ task, job, device });
        }
      }
    };
    try {
      this.#recordTogether(record);
    } catch (error) {
      if (this.#phase === 'closed' || !this.#waitsFor(error)) throw error;
      this.#news = [...news, ...this.#news];
      this.#block();
      return false;
    }

    for (const flight of landed) this.#flights.delete(flight);
    for (const flight of launched) this.#flights.add(flight);
    this.#advance(asked);
    for (const { task, askAgainInMs, by } of held) this.#queue.layAside(task, askAgainInMs, by);
    // First of all, so that devices work while the observers hear of it.
    for (const flight of launched) this.#launch(flight);
    for (const { task, device } of launched) sequels.push(() => task.dispatched(device));
    sequels.push(() => this.#tellHolders());
    runAll(sequels);
    return true;
  }

  /** In whose order slots are filled. */
  #nextTasks(): readonly Task[] {
    if (this.#phase !== 'running' || this.#held !== undefined) return [];
    return this.#queue.first(ASKED_IN_A_TURN);
  }

  /** Where jobs could go once those that have `landed` are gone. */
  #placement(landed: ReadonlySet<Flight> = new Set()): Placement {
    const inFlight = [...this.#flights].filter((flight) => !landed.has(flight));
    return new Placement(
      this.#executor.devices,
      inFlight.map(({ device, task }) => ({ device, isSuspect: task.isSuspect })),
    );
  }

  #advance(asked: number): void {
    this.#queue.remove(asked);
    if (asked > 0 && this.#queue.waiting > 0 && this.#placement().free > 0) this.#scheduleTurn();
  }

  #tellHolders(): void {
    if (this.#phase !== 'running') return;
    if (this.#placement().free === 0) this.#onHeld([]);
    // While some were not asked again, who has them isn't known.
    else if (this.#queue.waiting === 0) this.#onHeld(this.#queue.holders);
  }

  #launch(flight: Flight): void {
    flight.attempt = this.#executor.run(flight.job, (event) => this.#hear({ flight, event }), flight.device);
    void flight.attempt.outcome.then((outcome) => this.#hear({ flight, outcome }));
  }

  #settle(task: Task, retryInMs: number | undefined): void {
    if (retryInMs === undefined) return;
    if (this.#phase === 'running') this.#queue.layAside(task, retryInMs);
    else this.#queue.add(task);
  }

  #close(): void {
    this.#phase = 'closed';
    this.#forgetTimers();
    this.#finished.resolve(undefined);
  }

  #forgetTimers(): void {
    this.#queue.forgetTimers();
    this.#blocked?.();
    this.#held?.();
  }
}

/** All of them, whatever one throws: each speaks for another trial. Then the first error. */
function runAll(actions: readonly (() => void)[]): void {
  const errors: unknown[] = [];
  for (const action of actions) {
    try {
      action();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

function devicesLost(executor: Executor, unfinished: number): SweepError {
  const troubles = executor.devices.map(({ label, trouble }) => `  ${label}: ${trouble ?? 'no longer used'}`);
  return new SweepError(
    'DEVICES_LOST',
    `No device can run trials any more: each failed several times in a row, the last time so:\n${troubles.join('\n')}\n` +
      `${unfinished} jobs are left undone. Check with \`sweep doctor\`, then run the sweep again to go on.`,
  );
}
