import os from 'node:os';
import type { Redis } from 'ioredis';
import type { Executor } from '../executor/executor.ts';
import { AGENTS } from './keys.ts';
import { LEASE_MS, LeaseTable } from './leases.ts';
import { PROTOCOL, readAgentEntry, type AgentEntry } from './messages.ts';

const BEAT_MS = 3_000;
/** The part of its lease after which an agent that can't renew it stops what it runs, before others begin it. */
const FENCED_AFTER = 0.75;

export interface PresenceOptions {
  readonly redis: Redis;
  /** New for each agent. */
  readonly id: string;
  /** Wanted; a number is added where another agent has it. */
  readonly name: string;
  readonly version: string;
  readonly executor: Executor;
  readonly deviceClass?: string | undefined;
  readonly endsAt?: Date | undefined;
  readonly beatMs?: number | undefined;
  readonly leaseMs?: number | undefined;
}

/** What coordinators know of an agent: its lease, under a name that it alone has, and what the lease says of it. */
export class Presence {
  readonly beatMs: number;
  /** Without the lease for so long, it may run nothing. */
  readonly fenceMs: number;
  readonly #options: PresenceOptions;
  readonly #leaseMs: number;
  readonly #leases: LeaseTable<AgentEntry>;
  readonly #startedAt = new Date().toISOString();
  /** By device, as the last trial that began there told. */
  readonly #bitClasses = new Map<string, string>();
  #name: string | undefined;
  #heldAt = performance.now();
  #isDue = true;

  constructor(options: PresenceOptions) {
    const { beatMs = BEAT_MS, leaseMs = LEASE_MS } = options;
    this.#options = options;
    this.beatMs = beatMs;
    this.#leaseMs = leaseMs;
    this.fenceMs = leaseMs * FENCED_AFTER;
    this.#leases = new LeaseTable(options.redis, AGENTS, readAgentEntry);
  }

  /** Undefined until it has one. */
  get name(): string | undefined {
    return this.#name;
  }

  get isDue(): boolean {
    return this.#isDue || performance.now() - this.#heldAt >= this.beatMs;
  }

  get isFenced(): boolean {
    return performance.now() - this.#heldAt >= this.fenceMs;
  }

  /** What it says of itself is no longer true. */
  change(): void {
    this.#isDue = true;
  }

  learnBitClass(device: string, bitClass: string): void {
    if (this.#bitClasses.get(device) === bitClass) return;
    this.#bitClasses.set(device, bitClass);
    this.change();
  }

  /** Takes or renews the lease. Its name is another one where it was taken while this process was stopped. */
  async hold(executions: readonly string[], draining: boolean): Promise<void> {
    this.#isDue = false;
    const begun = performance.now();
    const { id, name } = this.#options;
    for (let number = 1; ; number++) {
      const wanted = this.#name ?? (number === 1 ? name : `${name}-${number}`);
      const entry = this.#entry(executions, draining);
      const held = await this.#leases.hold(wanted, id, this.#leaseMs, entry);
      this.#name = held === undefined ? wanted : undefined;
      if (held === undefined) break;
    }
    this.#heldAt = begun;
  }

  async release(): Promise<void> {
    if (this.#name !== undefined) await this.#leases.release(this.#name, this.#options.id);
  }

  #entry(executions: readonly string[], draining: boolean): AgentEntry {
    const { version, executor, deviceClass, endsAt } = this.#options;
    const devices = executor.devices.map(({ label, slots, healthy, engine, trouble }) => ({
      ...{ label, slots, healthy, engine, trouble },
      deviceClass: deviceClass ?? /^[a-z]+/.exec(label)?.[0],
      bitClass: this.#bitClasses.get(label),
    }));
    const { pid } = process;
    return {
      ...{ protocol: PROTOCOL, version, host: os.hostname(), pid, startedAt: this.#startedAt },
      endsAt: endsAt?.toISOString(),
      ...{ devices, executions: [...executions], draining },
    };
  }
}
