import type { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Attempt, DeviceStatus, Executor } from '../executor/executor.ts';
import { TrialFiles } from '../files/trial-files.ts';
import { failureOf } from '../executor/failure.ts';
import type { News, TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { StopReason } from '../trial/outcome.ts';
import { agentBox, AGENTS, runBox, RUNS } from './keys.ts';
import { KnownAgents, statusOf, type RemoteDevice } from './known-agents.ts';
import { LEASE_MS, LeaseTable, type Lease } from './leases.ts';
import { Mailbox, post } from './mailbox.ts';
import {
  readAgentRecord,
  readReports,
  readRunRecord,
  type AgentRecord,
  type JobMessage,
  type Report,
  type RunRecord,
  type ToAgent,
} from './messages.ts';
import { RemoteAttempt, troubleOfMachine } from './remote-attempt.ts';

/** How long a run that ends waits for Redis. */
const LEAVE_MS = 2_000;
/** How often agents are looked at, and the run's lease renewed. */
const LOOK_MS = 1_000;
/** An agent whose lease Redis has lost takes it again within a few looks. */
const LOOKS_WITHOUT_AGENT = 6;
/** What an agent told before it left an execution out is taken between two looks. */
const LOOKS_UNLISTED = 2;
/** An agent that has not seen a job by then never will: Redis lost it. */
const LOOKS_UNSEEN = 30;

export interface QueueExecutorOptions {
  /** For commands, and for what waits for reports. Both are closed with the executor. */
  readonly redis: Redis;
  readonly reader: Redis;
  /** Of the sweep. */
  readonly uid: string;
  /** New for each run. */
  readonly runId: string;
  readonly record: RunRecord;
  /** Called when an execution is over, after its last event: what it may still send is refused. */
  readonly onOver?: (execution: string) => void;
  readonly onClosed?: () => Promise<void>;
  readonly onLog: (entry: { readonly level: 'info' | 'warn'; readonly message: string }) => void;
  /** By default a second and twenty; tests wait less. */
  readonly lookMs?: number;
  readonly leaseMs?: number;
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
  readonly #leases: LeaseTable<AgentRecord>;
  readonly #runs: LeaseTable<RunRecord>;
  readonly #reports: Mailbox<readonly Report[]>;
  readonly #attempts = new Map<string, RemoteAttempt>();
  #started = 0;
  #late = 0;
  readonly #closing = new AbortController();
  #loop: Promise<void> | undefined;
  #watch: NodeJS.Timeout | undefined;
  /** Looks since Redis answered one: not time, which goes on while this process is stopped. */
  #unanswered = 0;
  #isAway = false;
  /** Why nothing can run any more. */
  #end: string | undefined;

  constructor(options: QueueExecutorOptions) {
    const { redis, reader, runId, record, onLog } = options;
    this.#options = options;
    this.#agents = new KnownAgents(record.version, (message) => onLog({ level: 'warn', message }));
    this.#leases = new LeaseTable(redis, AGENTS, readAgentRecord);
    this.#runs = new LeaseTable(redis, RUNS, readRunRecord);
    this.#reports = new Mailbox(reader, runBox(runId), readReports, (count) =>
      onLog({ level: 'warn', message: `${count} messages in Redis are none that an agent sends: left out` }),
    );
  }

  /** Agents may come at any time. */
  get mayGrow(): boolean {
    return this.#end === undefined;
  }

  get capacity(): number {
    return this.devices.reduce((sum, { healthy, slots }) => sum + (healthy ? slots : 0), 0);
  }

  get devices(): readonly DeviceStatus[] {
    const busy = Map.groupBy(this.#attempts.values(), ({ options }) => options.device);
    return this.#agents.devices.map((device) =>
      this.#end === undefined
        ? statusOf(device, busy.get(device.label)?.length ?? 0)
        : { ...statusOf(device, 0), healthy: false, trouble: this.#end },
    );
  }

  /** Of this execution, while it may read and write its files. */
  jobOf(execution: string): TrialJob | undefined {
    return this.#attempts.get(execution)?.options.job;
  }

  /** The files of its trial here can't be used, whoever trains it. */
  fail(execution: string, error: unknown): void {
    const attempt = this.#attempts.get(execution);
    if (attempt === undefined) return;
    attempt.fail(failureOf(error));
    this.#tell(attempt.options.agent.id, { type: 'stop', execution, reason: 'interrupted' });
  }

  /** Takes the run's lease, and looks for agents. Returns the lease of another coordinator, if one has it. */
  async start(): Promise<Lease<RunRecord | undefined> | undefined> {
    const { uid, runId, record, lookMs = LOOK_MS, leaseMs = LEASE_MS } = this.#options;
    const held = await this.#runs.hold(uid, runId, leaseMs, record);
    if (held !== undefined) return held;
    await this.#look();
    this.#loop = this.#work();
    this.#watch = setInterval(() => this.#missRedis(lookMs, leaseMs), lookMs);
    return undefined;
  }

  /** Ends the lease of one that is gone. */
  async takeOver({ holder }: Lease<unknown>): Promise<void> {
    await this.#runs.release(this.#options.uid, holder);
  }

  run(job: TrialJob, onEvent: (event: TrialEvent) => void, label?: string): Attempt {
    const device = this.#freeDevice(label);
    if (device === undefined) throw new Error('run() was called while no slot is free');
    const { agent } = device;
    const execution = `${this.#options.runId}-${++this.#started}`;
    const onStop = (reason: StopReason): void => this.#tell(agent.id, { type: 'stop', execution, reason });
    const attempt = new RemoteAttempt({ job, execution, device: device.label, agent, onEvent, onStop });
    this.#attempts.set(execution, attempt);
    void attempt.outcome.then(() => {
      this.#attempts.delete(execution);
      this.#options.onOver?.(execution);
    });
    void this.#send(attempt, device);
    return attempt;
  }

  async #send(attempt: RemoteAttempt, device: RemoteDevice): Promise<void> {
    const { job, agent } = attempt.options;
    try {
      // Of a coordinator that was killed.
      if (job.kind === 'train') new TrialFiles(job.directory).deleteTemporary();
    } catch (error) {
      attempt.fail(failureOf(error));
      return;
    }
    try {
      await post(this.#options.redis, agentBox(agent.id), this.#message(attempt, device));
    } catch (error) {
      attempt.lose(`Redis did not take its job: ${messageOf(error)}`);
    }
  }

  /** Agents stop what they still run for this run, unheard. Waits for a Redis that is away no longer than a moment. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { redis, reader } = this.#options;
    this.#closing.abort();
    clearInterval(this.#watch);
    for (const attempt of [...this.#attempts.values()]) {
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
    const { redis, uid, runId } = this.#options;
    try {
      await this.#loop;
      await this.#runs.release(uid, runId);
      await redis.del(runBox(runId));
    } catch {
      // What is left there ends by itself.
    }
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #freeDevice(label: string | undefined): RemoteDevice | undefined {
    const free = new Map(this.devices.map(({ label, healthy, busy, slots }) => [label, healthy ? busy / slots : 1]));
    const open = this.#agents.devices.filter((one) => free.get(one.label)! < 1 && one.label === (label ?? one.label));
    return open.toSorted((a, b) => free.get(a.label)! - free.get(b.label)!)[0];
  }

  #message({ options: { job, execution } }: RemoteAttempt, { place }: RemoteDevice): JobMessage {
    const { uid, runId } = this.#options;
    const { kind, trial, attempt, seed, config, dataset } = job;
    const names = Object.fromEntries(
      Object.entries(dataset.files).map(([role, file]) => [role, file.slice(file.lastIndexOf('/') + 1)]),
    );
    return {
      type: 'job',
      uid,
      run: runId,
      execution,
      device: place,
      ...{ kind, trial, attempt, seed },
      config,
      dataset: { name: dataset.name, fingerprint: dataset.fingerprint, files: names },
    };
  }

  #tell(agentId: string, message: ToAgent): void {
    post(this.#options.redis, agentBox(agentId), message).catch((error: unknown) =>
      this.#options.onLog({ level: 'warn', message: `Redis did not take a message: ${messageOf(error)}` }),
    );
  }

  async #work(): Promise<void> {
    const { lookMs = LOOK_MS, onLog } = this.#options;
    let lookedAt = performance.now();
    while (!this.#isClosed()) {
      try {
        for (const report of (await this.#reports.take(lookMs)).flat()) this.#hear(report);
        if (this.#isClosed() || performance.now() - lookedAt < lookMs) continue;
        await this.#look();
        lookedAt = performance.now();
      } catch (error) {
        if (this.#isClosed()) return;
        onLog({ level: 'warn', message: `Redis: ${messageOf(error)}` });
        await delay(lookMs);
      }
    }
  }

  #hear(report: Report): void {
    const attempt = this.#attempts.get(report.execution);
    if (attempt === undefined) {
      // Of an attempt that was given up: what it did since is another's to do.
      if (this.#late++ === 0) {
        const message = 'an agent reports of an attempt that was given up: left out, as all that it says later';
        this.#options.onLog({ level: 'info', message });
      }
      return;
    }
    const { id } = attempt.options.agent;
    const outcome = attempt.hear(report);
    if (outcome?.kind === 'lost' && outcome.culprit === 'other')
      this.#tell(id, { type: 'stop', execution: report.execution, reason: 'interrupted' });
    const troubles = report.news.flatMap((item) => ('outcome' in item ? (troubleOfMachine(item.outcome) ?? []) : []));
    if (report.news.some(isProgress)) this.#agents.began(id);
    else if (troubles.some((trouble) => this.#agents.refused(id, trouble))) this.onCapacityChange?.();
  }

  async #look(): Promise<void> {
    const { uid, runId, record, leaseMs = LEASE_MS } = this.#options;
    // Held anew where Redis has lost it.
    const held = await this.#runs.hold(uid, runId, leaseMs, record);
    const leases = await this.#leases.all();
    this.#unanswered = 0;
    if (this.#isClosed()) return;
    if (held !== undefined)
      this.#end = `another coordinator has taken the sweep over${held.value ? `, on ${held.value.host}` : ''}`;
    if (this.#agents.update(leases) || held !== undefined) this.onCapacityChange?.();
    // An agent tells how an execution ended before it leaves it out: what it told must have been taken first.
    if (!this.#reports.isDrained) return;
    for (const attempt of [...this.#attempts.values()]) this.#lookFor(attempt);
  }

  /** Commands wait without a word. What was asked to stop meanwhile stops unheard: without its run, or without Redis. */
  #missRedis(lookMs: number, leaseMs: number): void {
    const isAway = ++this.#unanswered * lookMs > leaseMs;
    if (isAway !== this.#isAway) {
      const seconds = Math.round(leaseMs / 1000);
      this.#options.onLog(
        isAway
          ? { level: 'warn', message: `Redis has not answered for ${seconds} s: nothing is heard of the agents` }
          : { level: 'info', message: 'Redis answers again' },
      );
    }
    this.#isAway = isAway;
    if (!isAway) return;
    for (const attempt of this.#attempts.values()) if (attempt.isStopping) attempt.lose('Redis does not answer');
  }

  #lookFor(attempt: RemoteAttempt): void {
    const { agent, execution } = attempt.options;
    const record = this.#agents.find(agent);
    if (this.#end !== undefined) return void attempt.lose(this.#end);
    if (record?.executions.includes(execution) === true) {
      attempt.isListed = true;
      attempt.missing = 0;
      return;
    }
    attempt.missing++;
    const allowed = record === undefined ? LOOKS_WITHOUT_AGENT : attempt.isListed ? LOOKS_UNLISTED : LOOKS_UNSEEN;
    if (attempt.missing < allowed) return;
    if (record !== undefined) this.#tell(agent.id, { type: 'stop', execution, reason: 'interrupted' });
    attempt.lose(
      record === undefined ? `agent ${agent.name} is gone` : `agent ${agent.name} does not know of it, or no longer`,
    );
  }
}

/** Its machine can train, and keep what comes of it. */
function isProgress(item: News): boolean {
  return 'event' in item ? item.event.type === 'epoch' : item.outcome.kind === 'tested';
}
