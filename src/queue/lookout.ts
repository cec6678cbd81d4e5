import type { Redis } from 'ioredis';
import { AGENTS, RUNS } from './keys.ts';
import type { KnownAgents } from './known-agents.ts';
import { LEASE_MS, LeaseTable, type Lease } from './leases.ts';
import { readAgentEntry, readRunEntry, type AgentEntry, type RunEntry } from './messages.ts';
import type { RemoteAttempt } from './remote-attempt.ts';

/** How often agents are looked at, and the run's lease renewed. */
const LOOK_MS = 1_000;
/** An agent whose lease Redis has lost takes it again within a few looks. */
const LOOKS_WITHOUT_AGENT = 6;
/** What an agent told before it left an execution out is taken between two looks. */
const LOOKS_UNLISTED = 2;
/** An agent that has not seen a job by then never will: Redis lost it. */
const LOOKS_UNSEEN = 30;

const THERE = { state: 'there', cause: '' } as const;

export interface LookoutOptions {
  readonly redis: Redis;
  /** Of the sweep. */
  readonly uid: string;
  /** New for each run. */
  readonly runId: string;
  readonly entry: RunEntry;
  /** Told who lives. */
  readonly agents: KnownAgents;
  readonly onLog: (entry: { readonly level: 'info' | 'warn'; readonly message: string }) => void;
  readonly lookMs?: number | undefined;
  readonly leaseMs?: number | undefined;
}

/** What a look at Redis came to. */
export interface Sight {
  /** Who has the run's lease instead of it. */
  readonly heldBy: Lease<RunEntry | undefined> | undefined;
  readonly hasOtherDevices: boolean;
}

/** Looks, again and again, which agents live, keeps the run's lease meanwhile, and finds the attempts that nobody has. */
export class Lookout {
  readonly lookMs: number;
  readonly #options: LookoutOptions;
  readonly #leaseMs: number;
  readonly #leases: LeaseTable<AgentEntry>;
  readonly #runs: LeaseTable<RunEntry>;
  /** Looks since Redis answered one: not time, which goes on while this process is stopped. */
  #unanswered = 0;
  #isAway = false;

  constructor(options: LookoutOptions) {
    const { redis, lookMs = LOOK_MS, leaseMs = LEASE_MS } = options;
    this.#options = options;
    this.lookMs = lookMs;
    this.#leaseMs = leaseMs;
    this.#leases = new LeaseTable(redis, AGENTS, readAgentEntry);
    this.#runs = new LeaseTable(redis, RUNS, readRunEntry);
  }

  /** Takes or renews the run's lease, also where Redis has lost it. Returns who has it instead, if another does. */
  async hold(): Promise<Lease<RunEntry | undefined> | undefined> {
    const { uid, runId, entry } = this.#options;
    return this.#runs.hold(uid, runId, this.#leaseMs, entry);
  }

  /** Ends the run's lease, where this one has it. */
  async release(holder = this.#options.runId): Promise<void> {
    await this.#runs.release(this.#options.uid, holder);
  }

  async look(): Promise<Sight> {
    const heldBy = await this.hold();
    const leases = await this.#leases.all();
    this.#unanswered = 0;
    return { heldBy, hasOtherDevices: this.#options.agents.update(leases) };
  }

  /** Counts a look that is due. Returns whether Redis is away: commands wait without a word. */
  missesRedis(): boolean {
    const isAway = ++this.#unanswered * this.lookMs > this.#leaseMs;
    if (isAway !== this.#isAway) {
      const seconds = Math.round(this.#leaseMs / 1000);
      this.#options.onLog(
        isAway
          ? { level: 'warn', message: `Redis has not answered for ${seconds} s: nothing is heard of the agents` }
          : { level: 'info', message: 'Redis answers again' },
      );
    }
    this.#isAway = isAway;
    return isAway;
  }

  /** What this look, and those before it, say of an attempt: its agent may have it, is gone, or has lost it. */
  lookFor(attempt: RemoteAttempt): { readonly state: 'there' | 'gone' | 'lost'; readonly cause: string } {
    const { agent, execution } = attempt.options;
    const executions = this.#options.agents.executionsOf(agent);
    if (executions?.has(execution) === true) {
      attempt.isListed = true;
      attempt.missing = 0;
      return THERE;
    }
    attempt.missing++;
    const allowed = executions === undefined ? LOOKS_WITHOUT_AGENT : attempt.isListed ? LOOKS_UNLISTED : LOOKS_UNSEEN;
    if (attempt.missing < allowed) return THERE;
    return executions === undefined
      ? { state: 'gone', cause: `agent ${agent.name} is gone` }
      : { state: 'lost', cause: `agent ${agent.name} does not know of it, or no longer` };
  }
}
