import type { Executor } from '../executor/executor.ts';
import type { Holder } from '../store/store.ts';
import type { Clock } from './clock.ts';
import { devicesLost } from './devices-lost.ts';
import { Inbox } from './inbox.ts';
import { Pause } from './pause.ts';
import { isOfClass, type Placement } from './placement.ts';
import { RunningAttempts } from './running-attempts.ts';
import type { Source } from './sources/source.ts';
import type { RecordTogether, Task } from './task.ts';
import { TaskQueue } from './task-queue.ts';
import { Turn } from './turn.ts';

/** Tasks that a turn asks for a job, at most: it must stay short where another sweep has done thousands of them. */
const ASKED_IN_A_TURN = 20;

/**
 * Keeps the executor's slots filled with tasks until all are over. It waits for events only and does a constant
 * amount of work for each, so ten thousand queued trials cost no more than ten.
 * It works in turns. A turn takes all news that have arrived, and lets the tasks record them together with the begin of
 * the jobs that fill the freed slots: one commit, however much came in. Only then it acts: hands the jobs over, and lets
 * the tasks tell what was recorded.
 * A turn that can't record for now changes nothing: its news wait for the next try, while devices work on.
 * Suspects come last, each on a device without any other job: what kills its device does so when the others are done.
 * A task that has no job to give, because another sweep is at it, is laid aside for a while, and others go first.
 */
export class Dispatcher {
  readonly #executor: Executor;
  readonly #clock: Clock;
  readonly #recordTogether: RecordTogether;
  readonly #onHeld: (holders: readonly Holder[]) => void;
  readonly #waitsFor: (error: unknown) => boolean;
  readonly #queue: TaskQueue;
  readonly #running: RunningAttempts;
  readonly #inbox: Inbox;
  /** Nothing new starts. */
  readonly #held = new Pause();
  readonly #finished = Promise.withResolvers<undefined>();
  #phase: 'running' | 'stopping' | 'closed' = 'running';

  /**
   * `waitsFor` says whether recording is to be tried again after an error.
   * `onHeld` hears after every turn who has the tasks that free slots wait for: one holder for each of these tasks.
   */
  constructor(
    executor: Executor,
    clock: Clock,
    source: Source<Task>,
    recordTogether: RecordTogether,
    onHeld: (holders: readonly Holder[]) => void = () => undefined,
    waitsFor: (error: unknown) => boolean = () => false,
  ) {
    this.#executor = executor;
    this.#clock = clock;
    this.#recordTogether = recordTogether;
    this.#onHeld = onHeld;
    this.#waitsFor = waitsFor;
    this.#inbox = new Inbox(clock, () => this.#turn());
    this.#queue = new TaskQueue(clock, source, () => this.#inbox.scheduleTurn());
    this.#running = new RunningAttempts(executor, (news) => this.#inbox.add(news));
  }

  get running(): number {
    return this.#running.size;
  }

  get isPaused(): boolean {
    return this.#inbox.isBlocked || this.#held.isOn;
  }

  /** Starts nothing new for a while. */
  hold(): void {
    if (this.#phase === 'running') this.#held.begin(this.#clock, () => this.#inbox.scheduleTurn());
  }

  /** Tasks that are not over. */
  get unfinished(): number {
    return this.#queue.size + this.#running.size;
  }

  /** Classes that tasks wait for and no device has. */
  get unserved(): ReadonlyMap<string, number> {
    const healthy = this.#executor.devices.filter((device) => device.healthy);
    const isServed = (wanted: string | undefined): boolean =>
      healthy.some(({ deviceClass }) => isOfClass(deviceClass, wanted));
    return new Map(
      [...this.#queue.waitingByClass].flatMap(([wanted, count]) =>
        wanted === undefined || count === 0 || isServed(wanted) ? [] : [[wanted, count]],
      ),
    );
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
    this.#inbox.scheduleTurn();
  }

  /** Drain: nothing new starts, and what runs is asked to stop at its next chunk of steps. */
  stop(): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'stopping';
    this.#running.stop();
    this.#inbox.unblock();
  }

  /** Gives up what runs without waiting for it. The executor's owner must dispose of it, or the jobs go on unheard. */
  stopNow(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'stopping';
    this.#running.giveUp();
    this.#inbox.unblock();
  }

  /** Ends the run with `error`. Attempts are closed as far as that still works; the next run recovers the others. */
  fail(error: unknown): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#finished.reject(error);
    this.#running.giveUp();
    try {
      this.#work();
    } catch {
      // The same trouble again, most likely; `error` says what it was.
    }
    this.#forgetTimers();
  }

  /** No exception may reach whoever called: it ends the run instead. */
  #turn(): void {
    if (this.#phase === 'closed') return;
    try {
      if (!this.#work() || this.#running.size > 0) return;
      if (this.#phase === 'stopping' || this.unfinished === 0) this.#close();
      else if (this.#executor.capacity === 0 && this.#executor.mayGrow !== true)
        throw devicesLost(this.#executor, this.unfinished);
      else if (this.#executor.capacity > 0 && this.#queue.isStuck && !this.#inbox.isTurnScheduled)
        throw new Error('the source of trials has more to come, and gives none while nothing runs');
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * Queue and attempts change with the commit: after one that failed, nothing has been heard or begun. Returns whether
   * it went through; false when it is to be tried again.
   */
  #work(): boolean {
    const news = this.#inbox.take();
    const turn = new Turn((task, retryInMs) => this.#settle(task, retryInMs));
    try {
      this.#recordTogether(() => {
        turn.hear(news, this.#running);
        const placement = this.#running.placement(turn.ended);
        turn.begin(this.#nextTasks(placement), ASKED_IN_A_TURN, placement);
      });
    } catch (error) {
      if (this.#phase === 'closed' || !this.#waitsFor(error)) throw error;
      this.#inbox.putBack(news);
      // One that is to stop doesn't wait once there is no more to come.
      if (this.#phase === 'stopping' && this.#running.isSubsetOf(this.#inbox.ended)) this.#close();
      else this.#inbox.block();
      return false;
    }

    this.#running.replace(turn.ended, turn.begun);
    this.#queue.remove(turn.asked);
    if (turn.asked.length > 0 && this.#queue.waiting > 0 && this.#running.placement().free > 0)
      this.#inbox.scheduleTurn();
    for (const { task, askAgainInMs, by } of turn.held) this.#queue.layAside(task, askAgainInMs, by);
    // First of all, so that devices work while the observers hear of it.
    for (const attempt of turn.begun) this.#running.send(attempt);
    turn.sequels.push(() => this.#tellHolders());
    turn.tell();
    return true;
  }

  /** In whose order slots are filled. What a task meets while it records may have said that nothing new starts. */
  #nextTasks(placement: Placement): Iterable<Task> {
    if (this.#phase !== 'running' || this.#held.isOn) return [];
    return this.#queue.inOrder((deviceClass) => placement.hasRoomFor(deviceClass));
  }

  #tellHolders(): void {
    if (this.#phase !== 'running') return;
    if (this.#running.placement().free === 0) this.#onHeld([]);
    // While some were not asked again, who has them isn't known.
    else if (this.#queue.waiting === 0) this.#onHeld(this.#queue.holders);
  }

  /** After the end of an attempt, or of a task that needed none, was told: its source may have learnt from it what comes next. */
  #settle(task: Task, retryInMs: number | undefined): void {
    if (retryInMs === undefined) {
      if (this.#queue.isStarved) this.#inbox.scheduleTurn();
    } else if (this.#phase === 'running') this.#queue.layAside(task, retryInMs);
    else this.#queue.add(task);
  }

  #close(): void {
    this.#phase = 'closed';
    this.#forgetTimers();
    this.#finished.resolve(undefined);
  }

  #forgetTimers(): void {
    this.#queue.forgetTimers();
    this.#inbox.close();
    this.#held.end();
  }
}
