import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { messageOf } from '../errors.ts';
import type { Executor } from '../executor/executor.ts';
import { Assignment } from './assignment.ts';
import { agentBox, AGENTS, RUNS } from './keys.ts';
import { LEASE_MS, LeaseTable, type Lease } from './leases.ts';
import { Mailbox } from './mailbox.ts';
import {
  PROTOCOL,
  readAgentRecord,
  readRunRecord,
  readToAgent,
  type AgentRecord,
  type JobMessage,
  type RunRecord,
  type ToAgent,
} from './messages.ts';
import type { PrepareJob } from './prepare-job.ts';
import { PROGRESS_EVERY_MS, ReportSender } from './report-sender.ts';

const BEAT_MS = 3_000;
/** The part of its lease after which an agent that can't renew it stops what it runs, before others begin it. */
const FENCED_AFTER = 0.75;
/** A run that Redis has lost is taken again by its coordinator within a beat. */
const MISSED_BEATS = 3;
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
  readonly beatMs?: number;
  readonly leaseMs?: number;
  readonly progressEveryMs?: number;
}

interface Run {
  readonly record: RunRecord;
  readonly sender: ReportSender;
  /** Beats in a row that did not find it. */
  missed: number;
}

/**
 * Offers this machine's devices to sweeps anywhere. It trains nothing itself: it takes jobs, hands them to the executor,
 * and carries what they tell and write. While it holds its lease, coordinators count on it; once it can't renew it, it
 * stops what it runs, since others will.
 */
export class Agent {
  readonly #options: AgentOptions;
  readonly #id = randomUUID();
  readonly #leases: LeaseTable<AgentRecord>;
  readonly #runs: LeaseTable<RunRecord>;
  readonly #mailbox: Mailbox<ToAgent>;
  readonly #assignments = new Map<string, Assignment>();
  readonly #waiting: Assignment[] = [];
  /** Runs whose jobs are here, by their ids. */
  readonly #knownRuns = new Map<string, Run>();
  /** By device, as the last trial that began there told. */
  readonly #bitClasses = new Map<string, string>();
  readonly #startedAt = new Date().toISOString();
  readonly startedMs = performance.now();
  #name: string | undefined;
  #heldAt = performance.now();
  #isDraining = false;
  #drainTimer: NodeJS.Timeout | undefined;
  #isBeatDue = true;
  readonly #left = Promise.withResolvers<undefined>();
  #hasLeft = false;
  /** What Redis said last instead of an answer. */
  #trouble = '';
  /** Since it had nothing to do. */
  idleSince = performance.now();

  constructor(options: AgentOptions) {
    const { redis, reader } = options;
    this.#options = options;
    this.#leases = new LeaseTable(redis, AGENTS, readAgentRecord);
    this.#runs = new LeaseTable(redis, RUNS, readRunRecord);
    this.#mailbox = new Mailbox(reader, agentBox(this.#id), readToAgent, (count) =>
      options.onLog(`${count} messages in Redis are none that a coordinator sends: left out`),
    );
  }

  get isIdle(): boolean {
    return this.#assignments.size === 0;
  }

  /**
   * Until it was drained, and what it ran has stopped and was told. `onNamed` hears by which name it is known. Rejects
   * where Redis doesn't let it take one.
   */
  async run(onNamed: (name: string) => void = () => undefined): Promise<void> {
    const { executor, beatMs = BEAT_MS, leaseMs = LEASE_MS } = this.#options;
    executor.onCapacityChange = () => {
      this.#isBeatDue = true;
      this.#fill();
    };
    const fenceMs = leaseMs * FENCED_AFTER;
    const watch = setInterval(() => this.#fence(fenceMs), fenceMs / 5);
    try {
      await Promise.race([this.#work(beatMs, onNamed), this.#left.promise]);
    } finally {
      clearInterval(watch);
      clearTimeout(this.#drainTimer);
      this.#abandon(() => true);
    }
  }

  /** Takes nothing new, and stops what runs, which is saved and goes on elsewhere. */
  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#isBeatDue = true;
    for (const assignment of this.#assignments.values()) assignment.stop('interrupted');
    this.#runAtOnce(() => true);
    this.#drainTimer = setTimeout(() => this.quit(), this.isIdle ? LEAVE_MS : DRAIN_MS);
  }

  /** Ends without saving, and without Redis, which may be away. Its executor's owner disposes of that. */
  quit(): void {
    this.drain();
    this.#abandon(() => true);
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    if (this.#name !== undefined) this.#leases.release(this.#name, this.#id).catch(() => undefined);
    this.#left.resolve(undefined);
  }

  /** Its Redis is gone for good: ends at once, without a word, waiting for no answer. */
  leave(): void {
    this.#hasLeft = true;
    this.#abandon(() => true);
    this.#left.resolve(undefined);
  }

  #isOver(): boolean {
    return this.#hasLeft;
  }

  async #work(beatMs: number, onNamed: (name: string) => void): Promise<void> {
    while (!this.#isOver() && (!this.#isDraining || !this.isIdle)) {
      try {
        if (this.#isBeatDue || performance.now() - this.#heldAt >= beatMs) await this.#beat(onNamed);
        // One after another: a stop finds the job that came before it.
        for (const message of await this.#mailbox.take(Math.min(beatMs, 1_000))) await this.#take(message);
        this.#trouble = '';
      } catch (error) {
        if (this.#name === undefined || this.#isOver()) throw error;
        // The fence counts how long it goes on.
        this.#isBeatDue = true;
        const trouble = messageOf(error);
        if (trouble !== this.#trouble) this.#options.onLog(`Redis refuses, and is asked again: ${trouble}`);
        this.#trouble = trouble;
        await delay(RETRY_MS);
      }
    }
    await this.#leases.release(this.#name!, this.#id);
    await this.#mailbox.remove();
  }

  async #take(message: ToAgent): Promise<void> {
    switch (message.type) {
      case 'job':
        await this.#assign(message);
        break;
      case 'stop':
        this.#stop(message);
        break;
      case 'drain':
        this.drain();
        break;
    }
  }

  /** One that waits for a slot needs none to stop. */
  #stop({ execution, reason }: Extract<ToAgent, { type: 'stop' }>): void {
    const assignment = this.#assignments.get(execution);
    assignment?.stop(reason);
    this.#runAtOnce((waiting) => waiting === assignment);
  }

  async #assign(message: JobMessage): Promise<void> {
    // Posted again over a new connection.
    if (this.#assignments.has(message.execution)) return;
    const run = this.#knownRuns.get(message.run) ?? (await this.#findRun(message));
    if (run === undefined || this.#assignments.has(message.execution)) return;
    const { executor, prepare, workFolder, onLog } = this.#options;
    const onTrouble = (reason: string): void => onLog(`files of trial ${message.trial}: ${reason}; tried again`);
    const { sender, record } = run;
    const assignment = new Assignment(message, {
      executor,
      prepare,
      workFolder,
      onTrouble,
      onBitClass: (bitClass) => this.#learnBitClass(message.device, bitClass),
      sender,
      files: record.files,
    });
    this.#assignments.set(message.execution, assignment);
    if (this.#isDraining) assignment.stop('interrupted');
    this.#waiting.push(assignment);
    this.#fill();
  }

  #learnBitClass(device: string, bitClass: string): void {
    if (this.#bitClasses.get(device) === bitClass) return;
    this.#bitClasses.set(device, bitClass);
    this.#isBeatDue = true;
  }

  /** Jobs of all runs in the order in which they came: so runs that ask for the same devices take turns. */
  #fill(): void {
    const devices = new Map(this.#options.executor.devices.map((device) => [device.label, device]));
    for (const assignment of [...this.#waiting]) {
      const { device: label } = assignment.message;
      const device = devices.get(label);
      // On a device that is gone it is lost at once.
      if (device?.healthy === true && this.#running(label) >= device.slots) continue;
      this.#waiting.splice(this.#waiting.indexOf(assignment), 1);
      void this.#run(assignment);
    }
  }

  #running(label: string): number {
    let running = 0;
    for (const assignment of this.#assignments.values()) {
      if (assignment.message.device === label && !this.#waiting.includes(assignment)) running++;
    }
    return running;
  }

  async #run(assignment: Assignment): Promise<void> {
    try {
      await assignment.run();
    } catch (error) {
      this.#options.onLog(`trial ${assignment.message.trial}: ${String(error)}`);
    }
    this.#assignments.delete(assignment.message.execution);
    this.idleSince = performance.now();
    this.#fill();
  }

  /** Undefined where it is over, or of another version: then its coordinator finds that the job isn't here. */
  async #findRun({ uid, run }: JobMessage): Promise<Run | undefined> {
    const lease = (await this.#runs.all()).get(uid);
    if (lease?.holder !== run || lease.value.protocol !== PROTOCOL || lease.value.version !== this.#options.version) {
      return undefined;
    }
    const { redis, progressEveryMs = PROGRESS_EVERY_MS } = this.#options;
    const found = this.#knownRuns.get(run) ?? {
      record: lease.value,
      sender: new ReportSender(redis, run, progressEveryMs),
      missed: 0,
    };
    this.#knownRuns.set(run, found);
    return found;
  }

  async #beat(onNamed: (name: string) => void): Promise<void> {
    this.#isBeatDue = false;
    const begun = performance.now();
    const before = this.#name;
    await this.#hold();
    if (this.#name !== before) onNamed(this.#name!);
    this.#heldAt = begun;
    if (this.#knownRuns.size > 0) this.#leaveOldRuns(await this.#runs.all());
  }

  async #hold(): Promise<void> {
    const { name, leaseMs = LEASE_MS } = this.#options;
    for (let number = 1; ; number++) {
      const wanted = this.#name ?? (number === 1 ? name : `${name}-${number}`);
      const held = await this.#leases.hold(wanted, this.#id, leaseMs, this.#record());
      if (held === undefined) {
        this.#name = wanted;
        return;
      }
      // Taken by another one while this one was stopped.
      this.#name = undefined;
    }
  }

  #record(): AgentRecord {
    const { version, executor } = this.#options;
    return {
      protocol: PROTOCOL,
      version,
      host: os.hostname(),
      pid: process.pid,
      startedAt: this.#startedAt,
      devices: executor.devices.map(({ label, slots, healthy, engine, trouble }) => ({
        label,
        slots,
        healthy,
        engine,
        trouble,
        bitClass: this.#bitClasses.get(label),
      })),
      executions: [...this.#assignments].flatMap(([execution, { isAbandoned }]) => (isAbandoned ? [] : [execution])),
      draining: this.#isDraining,
    };
  }

  /** A run that another took the place of, or that nobody has renewed: the next one begins its jobs anew. */
  #leaveOldRuns(live: ReadonlyMap<string, Lease<RunRecord>>): void {
    const alive = new Set([...live.values()].map(({ holder }) => holder));
    for (const [runId, run] of this.#knownRuns) {
      run.missed = alive.has(runId) ? 0 : run.missed + 1;
      if (run.missed < MISSED_BEATS) continue;
      this.#knownRuns.delete(runId);
      this.#abandon(({ message }) => message.run === runId);
    }
  }

  #fence(fenceMs: number): void {
    if (performance.now() - this.#heldAt < fenceMs) return;
    if (![...this.#assignments.values()].some(({ isAbandoned }) => !isAbandoned)) return;
    const seconds = Math.round(fenceMs / 1000);
    this.#options.onLog(
      `Redis did not answer for ${seconds} s, or this process was stopped: what runs here ends, since others will go on with it`,
    );
    this.#abandon(() => true);
  }

  #abandon(which: (assignment: Assignment) => boolean): void {
    for (const assignment of this.#assignments.values()) if (which(assignment)) assignment.abandon();
    this.#runAtOnce(({ isAbandoned }) => isAbandoned);
  }

  /** Those that wait and need no slot: what there is to do for them is to say so. */
  #runAtOnce(which: (assignment: Assignment) => boolean): void {
    for (const assignment of this.#waiting.filter(which)) {
      this.#waiting.splice(this.#waiting.indexOf(assignment), 1);
      void this.#run(assignment);
    }
  }
}
