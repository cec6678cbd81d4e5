import type { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Attempt, DeviceStatus, Executor } from '../executor/executor.ts';
import { TrialFiles } from '../files/trial-files.ts';
import { failureOf } from '../executor/failure.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { LateEnd } from '../trial/late-end.ts';
import type { StopReason } from '../trial/outcome.ts';
import { jobMessage } from './job-message.ts';
import { agentBox, runBox } from './keys.ts';
import { KnownAgents, statusOf, type RemoteDevice } from './known-agents.ts';
import type { Lease } from './leases.ts';
import { Lookout, type LookoutOptions } from './lookout.ts';
import { Mailbox, post } from './mailbox.ts';
import { readToRun, type Report, type RunRecord, type Telling, type ToAgent, type ToRun } from './messages.ts';
import { OpenAttempts } from './open-attempts.ts';
import { RemoteAttempt } from './remote-attempt.ts';
import { SupersededAttempts } from './superseded-attempts.ts';

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
  readonly #superseded = new SupersededAttempts();
  #started = 0;
  readonly #closing = new AbortController();
  #loop: Promise<void> | undefined;
  #watch: NodeJS.Timeout | undefined;
  #end: Executor['end'];

  constructor(options: QueueExecutorOptions) {
    const { reader, runId, record, onLog } = options;
    this.#options = options;
    this.#agents = new KnownAgents(record.version, (message) => onLog({ level: 'warn', message }));
    this.#lookout = new Lookout({ ...options, agents: this.#agents });
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
    this.#giveUp(attempt);
  }

  /** Takes the run's lease, and looks for agents. Returns the lease of another coordinator, if one has it. */
  async start(): Promise<Lease<RunRecord | undefined> | undefined> {
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
    const device = this.#freeDevice(label);
    if (device === undefined) throw new Error('run() was called while no slot is free');
    const { agent } = device;
    const execution = `${this.#options.runId}-${++this.#started}`;
    const onStop = (reason: StopReason): void => this.#tell(agent.id, { type: 'stop', execution, reason });
    const attempt = new RemoteAttempt({ job, execution, device: device.label, agent, onEvent, onStop });
    this.#attempts.add(attempt);
    void attempt.outcome.then(() => {
      this.#attempts.delete(attempt);
      this.#options.onOver?.(execution);
    });
    void this.#send(attempt, device);
    return attempt;
  }

  async #send(attempt: RemoteAttempt, device: RemoteDevice): Promise<void> {
    const { job, agent, execution } = attempt.options;
    try {
      // Of a coordinator that was killed.
      if (job.kind === 'train') new TrialFiles(job.directory).deleteTemporary();
    } catch (error) {
      attempt.fail(failureOf(error));
      return;
    }
    try {
      const { redis, uid, runId } = this.#options;
      await post(redis, agentBox(agent.id), jobMessage(job, { uid, run: runId, execution, device: device.place }));
    } catch (error) {
      attempt.lose(`Redis did not take its job: ${messageOf(error)}`);
    }
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

  /** The one of this label, or the one with the smallest share of busy slots. */
  #freeDevice(label: string | undefined): RemoteDevice | undefined {
    const share = (one: RemoteDevice): number =>
      one.healthy && this.#end === undefined ? this.#attempts.on(one.label) / one.slots : 1;
    const wanted = label === undefined ? this.#agents.devices : [this.#agents.device(label)];
    let least: RemoteDevice | undefined;
    for (const one of wanted) if (one !== undefined && share(one) < (least ? share(least) : 1)) least = one;
    return least;
  }

  #tell(agentId: string, message: ToAgent): void {
    post(this.#options.redis, agentBox(agentId), message).catch((error: unknown) =>
      this.#options.onLog({ level: 'warn', message: `Redis did not take a message: ${messageOf(error)}` }),
    );
  }

  async #work(): Promise<void> {
    const { lookMs } = this.#lookout;
    let lookedAt = performance.now();
    while (!this.#isClosed()) {
      try {
        for (const message of await this.#reports.take(lookMs)) this.#take(message);
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

  #take(message: ToRun): void {
    if ('agent' in message)
      this.#options.onLog({ level: 'warn', message: `agent ${message.agent}: ${message.message}` });
    else for (const report of message) this.#hear(report);
  }

  #hear(report: Report): void {
    const attempt = this.#attempts.find(report.execution);
    if (attempt === undefined) {
      this.#hearLate(report);
      return;
    }
    const { id } = attempt.options.agent;
    const outcome = attempt.hear(report);
    if (outcome?.kind === 'lost' && outcome.culprit === 'other') {
      this.#giveUp(attempt);
      if (report.news.some((item) => 'outcome' in item && item.outcome.kind === 'superseded')) this.#hearLate(report);
    } else if (outcome !== undefined) this.#agents.ended(id);
    if (report.news.some(isProgress)) this.#agents.began(id);
    if (attempt.fault !== undefined && this.#agents.blame(id, attempt.fault)) this.onCapacityChange?.();
  }

  #hearLate(report: Report): void {
    const late = this.#superseded.hear(report);
    if (late !== undefined) this.#options.onLate?.(late);
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
      this.#giveUp(attempt);
      if (state === 'gone') attempt.leave(cause);
      else attempt.lose(cause);
    }
  }

  /** What was asked to stop meanwhile stops unheard: without its run, or without Redis. */
  #missRedis(): void {
    if (!this.#lookout.missesRedis()) return;
    for (const attempt of this.#attempts) if (attempt.isStopping) attempt.lose('Redis does not answer');
  }

  /** Its agent, if it still runs it, need not go on. */
  #giveUp(attempt: RemoteAttempt): void {
    const { agent, execution } = attempt.options;
    this.#superseded.add(attempt);
    this.#tell(agent.id, { type: 'stop', execution, reason: 'interrupted' });
  }
}

/** Its machine can train, and keep what comes of it. */
function isProgress(item: Telling): boolean {
  return 'event' in item ? item.event.type === 'epoch' : item.outcome.kind === 'tested';
}
