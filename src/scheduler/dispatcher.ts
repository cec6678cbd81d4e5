import { SweepError } from '../errors.ts';
import type { Execution, Executor } from '../executor/executor.ts';
import type { TrialEvent, TrialJob, TrialOutcome } from '../executor/protocol.ts';
import type { Clock } from './clock.ts';

/** One piece of work for the executor. Its methods are called in this order; none is called again after `end`, except `begin`. */
export interface Task {
  /** A slot is free: records the attempt and says what to run. */
  begin(): TrialJob;
  /** The job is on its way to `device`. */
  dispatched(device: string): void;
  event(event: TrialEvent): void;
  /** Returns in how many milliseconds the task wants to be tried again; undefined when it is over. */
  end(outcome: TrialOutcome): number | undefined;
}

interface Flight {
  readonly task: Task;
  execution?: Execution;
}

/**
 * Keeps the executor's slots filled with tasks until all are over. It waits for events only and does a constant
 * amount of work for each, so ten thousand queued trials cost no more than ten.
 */
export class Dispatcher {
  readonly #executor: Executor;
  readonly #clock: Clock;
  /** Taken from `#next` on; a task that wants another try goes to the end. */
  readonly #queue: Task[];
  #next = 0;
  readonly #flights = new Set<Flight>();
  readonly #waiting = new Set<() => void>();
  readonly #finished = Promise.withResolvers<undefined>();
  #phase: 'running' | 'stopping' | 'closed' = 'running';

  constructor(executor: Executor, clock: Clock, tasks: readonly Task[]) {
    this.#executor = executor;
    this.#clock = clock;
    this.#queue = [...tasks];
  }

  /** Jobs in flight. */
  get running(): number {
    return this.#flights.size;
  }

  /** Tasks that are not over. */
  get unfinished(): number {
    return this.#queue.length - this.#next + this.#waiting.size + this.#flights.size;
  }

  /**
   * Resolves when every task is over or a stop has gone through (then `unfinished` tells what is left).
   * Rejects with DEVICES_LOST when work is left and nothing can run it, and with whatever a task or the executor throws.
   */
  run(): Promise<void> {
    this.refill();
    return this.#finished.promise;
  }

  /** Fills free slots. To be called when the executor's capacity has changed; otherwise it happens by itself. */
  refill(): void {
    this.#guard(() => {
      while (
        this.#phase === 'running' &&
        this.#next < this.#queue.length &&
        this.#flights.size < this.#executor.capacity
      ) {
        this.#launch(this.#queue[this.#next++]!);
      }
      if (this.#phase === 'closed' || this.#flights.size > 0) return;
      if (this.#phase === 'stopping' || this.unfinished === 0) this.#close();
      else if (this.#executor.capacity === 0) throw devicesLost(this.#executor, this.unfinished);
    });
  }

  /** Drain: nothing new starts, and what runs is asked to stop at its next chunk of steps. */
  stop(): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'stopping';
    for (const flight of this.#flights) flight.execution?.stop('interrupted');
    this.refill();
  }

  /** Gives up what runs without waiting for it. The executor's owner must dispose of it, or the jobs go on unheard. */
  stopNow(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'stopping';
    this.#guard(() => {
      this.#abandon();
      this.#close();
    });
  }

  /** Ends the run with `error`. Attempts are closed as far as that still works; the next run recovers the others. */
  fail(error: unknown): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#finished.reject(error);
    try {
      this.#abandon();
    } catch {
      // The same trouble again, most likely; `error` says what it was.
    }
    this.#forgetRetries();
  }

  #launch(task: Task): void {
    const flight: Flight = { task };
    const job = task.begin();
    this.#flights.add(flight);
    const execution = this.#executor.run(job, (event) => {
      if (this.#flights.has(flight)) this.#guard(() => task.event(event));
    });
    flight.execution = execution;
    task.dispatched(execution.device);
    void execution.outcome.then((outcome) => {
      // A flight that was given up has been accounted for.
      if (!this.#flights.delete(flight)) return;
      this.#guard(() => this.#land(task, outcome));
      this.refill();
    });
  }

  #land(task: Task, outcome: TrialOutcome): void {
    const retryInMs = task.end(outcome);
    if (retryInMs === undefined) return;
    if (this.#phase !== 'running') {
      this.#queue.push(task);
      return;
    }
    const cancel = this.#clock.setTimer(retryInMs, () => {
      this.#waiting.delete(cancel);
      this.#queue.push(task);
      this.refill();
    });
    this.#waiting.add(cancel);
  }

  #abandon(): void {
    for (const flight of this.#flights) {
      this.#flights.delete(flight);
      this.#land(flight.task, { kind: 'stopped', reason: 'interrupted', epoch: 0 });
    }
  }

  #close(): void {
    this.#phase = 'closed';
    this.#forgetRetries();
    this.#finished.resolve(undefined);
  }

  #forgetRetries(): void {
    for (const cancel of this.#waiting) cancel();
  }

  /** No exception may reach the executor that called: it ends the run instead. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }
}

function devicesLost(executor: Executor, unfinished: number): SweepError {
  const labels = executor.devices.map((device) => device.label).join(', ');
  return new SweepError(
    'DEVICES_LOST',
    `No device can run trials any more (${labels}): each failed several times in a row; the sweep's log says why. ` +
      `${unfinished} jobs are left undone. Check with \`sweep doctor\`, then run the sweep again to go on.`,
  );
}
