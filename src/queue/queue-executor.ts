import type { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Attempt, DeviceStatus, Executor } from '../executor/executor.ts';
import { failureOf } from '../executor/failure.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { LateEnd } from '../trial/late-end.ts';
import type { StopReason } from '../trial/outcome.ts';
import { Hearing } from './hearing.ts';
import { runBox } from './keys.ts';
import { KnownAgents, statusOf } from './known-agents.ts';
import type { Lease } from './leases.ts';
import { Lookout, type LookoutOptions } from './lookout.ts';
import { Mailbox } from './mailbox.ts';
import { readToRun, type RunEntry, type ToRun } from './messages.ts';
import { OpenAttempts } from './open-attempts.ts';
import { Outbox } from './outbox.ts';
import { RemoteAttempt } from './remote-attempt.ts';

/** How long a run that ends waits for Redis. */
const LEAVE_MS = 2_000;

export interface QueueExecutorOptions extends Omit<LookoutOptions, 'agents'> {
  /** Beside `redis`, for what waits for reports. Both are closed with the executor. */
  readonly reader: Redis;
  /** Called when an execution is over, after its last event: what it may still send is refused. */
  readonly onOver?: (execution: string) => void;
  /** How an attempt ended that had been given up before: it counts for nothing. */
  readonly onLate?: (end: LateEnd) => void;
  readonly onClosed?: () => Promise<void>;
}

/**
 * Runs trials on agents that other machines have started. Each device of an agent is a device here, so that placement,
 * suspects and capacity are what they are on one machine. A job goes to its device's agent, and each attempt has an
 * *execution*, a name that is never used again: reports and files of one that was given up count for nothing, however
 * late they come. Made by `startQueueExecutor`.
 */
export class QueueExecutor implements Executor {
  onCapacityChange: (() => void) | undefined;
  readonly #options: QueueExecutorOptions;
  readonly #agents: KnownAgents;
  readonly #lookout: Lookout;
  readonly #reports: Mailbox<ToRun>;
  readonly #attempts = new OpenAttempts();
  readonly #hearing: Hearing;
  readonly #outbox: Outbox;
  #started = 0;
  readonly #closing = new AbortController();
  #loop: Promise<void> | undefined;
  #watch: NodeJS.Timeout | undefined;
  #end: Executor['end'];

  constructor(options: QueueExecutorOptions) {
    const { reader, runId, entry, onLog, onLate } = options;
    this.#options = options;
    this.#agents = new KnownAgents(entry.version, (message) => onLog({ level: 'warn', message }));
    this.#lookout = new Lookout({ ...options, agents: this.#agents });
    this.#outbox = new Outbox(options);
    this.#hearing = new Hearing({
      attempts: this.#attempts,
      agents: this.#agents,
      onWarning: (message) => onLog({ level: 'warn', message }),
      onGivenUp: (attempt) => this.#outbox.stop(attempt.options, 'interrupted'),
      onLate: (end) => onLate?.(end),
      onOtherDevices: () => this.onCapacityChange?.(),
    });
    this.#reports = new Mailbox(reader, runBox(runId), readToRun, (count) =>
      onLog({ level: 'warn', message: `${count} messages in Redis are none that an agent sends: left out` }),
    );
  }

  get end(): Executor['end'] {
    return this.#end;
  }

  /** Agents may come at any time. */
  get mayGrow(): boolean {
    return this.#end === undefined;
  }

  get capacity(): number {
    return this.#end === undefined ? this.#agents.capacity : 0;
  }

  get devices(): readonly DeviceStatus[] {
    return this.#agents.devices.map((device) =>
      this.#end === undefined
        ? statusOf(device, this.#attempts.on(device.label))
        : { ...statusOf(device, 0), healthy: false, trouble: this.#end.cause },
    );
  }

  /** Of this execution, while it may read and write its files. */
  jobOf(execution: string): TrialJob | undefined {
    return this.#attempts.find(execution)?.options.job;
  }

  /** The files of its trial here can't be used, whoever trains it. */
  fail(execution: string, error: unknown): void {
    const attempt = this.#attempts.find(execution);
    if (attempt === undefined) return;
    attempt.fail(failureOf(error));
    this.#outbox.stop(attempt.options, 'interrupted');
  }

  /** Takes the run's lease, and looks for agents. Returns the lease of another coordinator, if one has it. */
  async start(): Promise<Lease<RunEntry | undefined> | undefined> {
    const { heldBy } = await this.#lookout.look();
    if (heldBy !== undefined || this.#isClosed()) return heldBy;
    this.#loop = this.#work();
    this.#watch = setInterval(() => this.#missRedis(), this.#lookout.lookMs);
    return undefined;
  }

  /** Ends the lease of one that is gone. */
  async takeOver({ holder }: Lease<unknown>): Promise<void> {
    await this.#lookout.release(holder);
  }

  run(job: TrialJob, onEvent: (event: TrialEvent) => void, label?: string): Attempt {
    const device = this.#end === undefined ? this.#agents.leastBusy(label, (one) => this.#attempts.on(one)) : undefined;
    if (device === undefined) throw new Error('run() was called while no slot is free');
    const { agent } = device;
    const execution = `${this.#options.runId}-${++this.#started}`;
    const onStop = (reason: StopReason): void => this.#outbox.stop({ agent, execution }, reason);
    const attempt = new RemoteAttempt({ job, execution, device: device.label, agent, onEvent, onStop });
    this.#attempts.add(attempt);
    void attempt.outcome.then(() => {
      this.#attempts.delete(attempt);
      this.#options.onOver?.(execution);
    });
    void this.#outbox.send(attempt, device.place);
    return attempt;
  }

  /** Agents stop what they still run for this run, unheard. Waits for a Redis that is away no longer than a moment. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { redis, reader } = this.#options;
    this.#closing.abort();
    clearInterval(this.#watch);
    for (const attempt of this.#attempts) {
      attempt.stop('interrupted');
      attempt.lose('the executor was closed');
    }
    reader.disconnect();
    const over = new AbortController();
    await Promise.race([this.#leave(), delay(LEAVE_MS, undefined, { signal: over.signal }).catch(() => undefined)]);
    over.abort();
    redis.disconnect();
    await this.#options.onClosed?.();
  }

  async #leave(): Promise<void> {
    const { redis, runId } = this.#options;
    try {
      await this.#loop;
      await this.#lookout.release();
      await redis.del(runBox(runId));
    } catch {
      // What is left there ends by itself.
    }
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #work(): Promise<void> {
    const { lookMs } = this.#lookout;
    let lookedAt = performance.now();
    while (!this.#isClosed()) {
      try {
        for (const message of await this.#reports.take(lookMs)) this.#hearing.take(message);
        if (this.#isClosed() || performance.now() - lookedAt < lookMs) continue;
        await this.#look();
        lookedAt = performance.now();
      } catch (error) {
        if (this.#isClosed()) return;
        this.#options.onLog({ level: 'warn', message: `Redis: ${messageOf(error)}` });
        await delay(lookMs);
      }
    }
  }

  async #look(): Promise<void> {
    const { heldBy, hasOtherDevices } = await this.#lookout.look();
    if (this.#isClosed()) return;
    if (heldBy !== undefined) {
      const cause = `another coordinator has taken the sweep over${heldBy.value ? `, on ${heldBy.value.host}` : ''}`;
      this.#end = { cause, remedy: 'Run the sweep again to go on, once that one has ended.' };
    }
    if (hasOtherDevices || heldBy !== undefined) this.onCapacityChange?.();
    // An agent tells how an execution ended before it leaves it out: what it told must have been taken first.
    if (!this.#reports.isDrained) return;
    for (const attempt of this.#attempts) {
      if (this.#end !== undefined) {
        attempt.lose(this.#end.cause);
        continue;
      }
      const { state, cause } = this.#lookout.lookFor(attempt);
      if (state === 'there') continue;
      this.#hearing.giveUp(attempt);
      if (state === 'gone') attempt.leave(cause);
      else attempt.lose(cause);
    }
  }

  /** What was asked to stop meanwhile stops unheard: without its run, or without Redis. */
  #missRedis(): void {
    if (!this.#lookout.missesRedis()) return;
    for (const attempt of this.#attempts) if (attempt.isStopping) attempt.lose('Redis does not answer');
  }
}
