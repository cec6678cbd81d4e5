import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { messageOf } from '../errors.ts';
import type { Executor } from '../executor/executor.ts';
import { Assignment } from './assignment.ts';
import { Assignments } from './assignments.ts';
import { agentBox } from './keys.ts';
import { KnownRuns } from './known-runs.ts';
import { Mailbox } from './mailbox.ts';
import { readToAgent, type JobMessage, type ToAgent } from './messages.ts';
import type { PrepareJob } from './prepare-job.ts';
import { Presence } from './presence.ts';

/** What has not stopped and been carried by then is left. */
const DRAIN_MS = 60_000;
/** The same where nothing runs, and only Redis is to be told. */
const LEAVE_MS = 5_000;
/** Redis has no room, or starts: it is asked again. */
const RETRY_MS = 1_000;

export interface AgentOptions {
  /** For commands, and for what waits for messages. The caller closes both. */
  readonly redis: Redis;
  readonly reader: Redis;
  /** Wanted; a number is added where another agent has it. */
  readonly name: string;
  readonly version: string;
  readonly executor: Executor;
  readonly prepare: PrepareJob;
  readonly workFolder: string;
  readonly onLog: (message: string) => void;
  /** By default `cpu` or `gpu`. */
  readonly deviceClass?: string | undefined;
  /** When its time is over, if that is known. */
  readonly endsAt?: Date;
  readonly beatMs?: number;
  readonly leaseMs?: number;
  readonly progressEveryMs?: number;
}

/**
 * Offers this machine's devices to sweeps anywhere. It trains nothing itself: it takes jobs, hands them to the executor,
 * and carries what they tell and write. While it holds its lease, coordinators count on it; once it can't renew it, it
 * stops what it runs, since others will.
 */
export class Agent {
  readonly #options: AgentOptions;
  readonly #presence: Presence;
  readonly #runs: KnownRuns;
  readonly #assignments: Assignments;
  readonly #mailbox: Mailbox<ToAgent>;
  /** Of what it ran. */
  longestEpochMs = 0;
  #isClosed = false;
  #isDraining = false;
  #drainTimer: NodeJS.Timeout | undefined;
  readonly #left = Promise.withResolvers<undefined>();
  #hasLeft = false;
  /** What Redis said last instead of an answer. */
  #trouble = '';

  constructor(options: AgentOptions) {
    const { redis, reader, version, executor, onLog, progressEveryMs } = options;
    const id = randomUUID();
    this.#options = options;
    this.#presence = new Presence({ ...options, id });
    this.#runs = new KnownRuns(redis, version, progressEveryMs);
    this.#assignments = new Assignments(executor, (message) => this.log(message));
    this.#mailbox = new Mailbox(reader, agentBox(id), readToAgent, (count) =>
      onLog(`${count} messages in Redis are none that a coordinator sends: left out`),
    );
  }

  get isIdle(): boolean {
    return this.#assignments.isIdle;
  }

  /** Since it had nothing to do. */
  get idleSince(): number {
    return this.#assignments.idleSince;
  }

  /**
   * Until it was drained, and what it ran has stopped and was told. `onNamed` hears by which name it is known. Rejects
   * where Redis doesn't let it take one.
   */
  async run(onNamed: (name: string) => void = () => undefined): Promise<void> {
    this.#options.executor.onCapacityChange = () => {
      this.#presence.change();
      this.#assignments.fill();
    };
    const watch = setInterval(() => this.#fence(), this.#presence.fenceMs / 5);
    try {
      await Promise.race([this.#work(onNamed), this.#left.promise]);
    } finally {
      clearInterval(watch);
      clearTimeout(this.#drainTimer);
      this.#assignments.abandon();
    }
  }

  /** It takes nothing new. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Takes nothing new; what runs goes on. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#presence.change();
  }

  /** Takes nothing new, and stops what runs, which is saved and goes on elsewhere. */
  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.close();
    this.#assignments.drain();
    this.#drainTimer = setTimeout(() => this.quit(), this.isIdle ? LEAVE_MS : DRAIN_MS);
  }

  /** Ends at once: without saving, and without Redis, which may be gone. Its executor's owner disposes of that. */
  quit(): void {
    if (this.#hasLeft) return;
    this.drain();
    this.#hasLeft = true;
    this.#assignments.abandon();
    this.#presence.release().catch(() => undefined);
    this.#left.resolve(undefined);
  }

  /** For its own user, and for those of the sweeps that it trains for. */
  log(message: string): void {
    this.#options.onLog(message);
    this.#runs.log(this.#presence.name ?? this.#options.name, message);
  }

  #isOver(): boolean {
    return this.#hasLeft;
  }

  async #work(onNamed: (name: string) => void): Promise<void> {
    while (!this.#isOver() && (!this.#isDraining || !this.isIdle)) {
      try {
        if (this.#presence.isDue) await this.#beat(onNamed);
        // One after another: a stop finds the job that came before it.
        const messages = await this.#mailbox.take(Math.min(this.#presence.beatMs, 1_000));
        const errors: unknown[] = [];
        // A job that can't be taken now is begun elsewhere; what comes behind it is heard.
        for (const message of messages) await this.#take(message).catch((error: unknown) => errors.push(error));
        if (errors.length > 0) throw errors[0];
        this.#trouble = '';
      } catch (error) {
        if (this.#presence.name === undefined || this.#isOver()) throw error;
        // The fence counts how long it goes on.
        this.#presence.change();
        const trouble = messageOf(error);
        if (trouble !== this.#trouble) this.#options.onLog(`Redis refuses, and is asked again: ${trouble}`);
        this.#trouble = trouble;
        await delay(RETRY_MS);
      }
    }
    await this.#presence.release();
    await this.#mailbox.remove();
  }

  async #beat(onNamed: (name: string) => void): Promise<void> {
    const before = this.#presence.name;
    await this.#presence.hold(this.#assignments.executions, this.#isClosed);
    const { name } = this.#presence;
    if (name !== before) onNamed(name!);
    for (const run of await this.#runs.forgetOver()) this.#assignments.abandon(({ message }) => message.run === run);
  }

  async #take(message: ToAgent): Promise<void> {
    switch (message.type) {
      case 'job':
        await this.#assign(message);
        break;
      case 'stop':
        this.#assignments.stop(message.execution, message.reason);
        break;
      case 'drain':
        this.drain();
        break;
    }
  }

  async #assign(message: JobMessage): Promise<void> {
    // Posted again over a new connection.
    if (this.#assignments.has(message.execution)) return;
    const run = await this.#runs.find(message);
    if (run === undefined) return;
    const { executor, prepare, workFolder } = this.#options;
    const assignment = new Assignment(message, {
      ...{ executor, prepare, workFolder, ...run },
      onTrouble: (reason) => this.log(`files of trial ${message.trial}: ${reason}; tried again`),
      onBitClass: (bitClass) => this.#presence.learnBitClass(message.device, bitClass),
      onEpoch: (seconds) => {
        this.longestEpochMs = Math.max(this.longestEpochMs, 1000 * seconds);
        // One that was alone lets others beside it.
        this.#assignments.fill();
      },
    });
    if (this.#isClosed) assignment.drain();
    this.#assignments.add(assignment);
  }

  #fence(): void {
    if (!this.#presence.isFenced || this.#assignments.executions.length === 0) return;
    const seconds = Math.round(this.#presence.fenceMs / 1000);
    this.log(
      `Redis did not answer for ${seconds} s, or this process was stopped: what runs here ends, since others will go on with it`,
    );
    this.#assignments.supersede();
  }
}
