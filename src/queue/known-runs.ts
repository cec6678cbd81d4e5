import type { Redis } from 'ioredis';
import { runBox, RUNS } from './keys.ts';
import { LeaseTable } from './leases.ts';
import { post } from './mailbox.ts';
import { PROTOCOL, readRunEntry, type JobMessage, type RunEntry } from './messages.ts';
import { ReportSender } from './report-sender.ts';

/** A run that Redis has lost is taken again by its coordinator within a beat. */
const MISSED_BEATS = 3;

/** A run that has jobs at an agent. */
export interface KnownRun {
  /** Where its files are. */
  readonly files: RunEntry['files'];
  readonly sender: ReportSender;
}

/** The runs whose jobs an agent has. */
export class KnownRuns {
  readonly #redis: Redis;
  readonly #version: string;
  readonly #progressEveryMs: number | undefined;
  readonly #leases: LeaseTable<RunEntry>;
  /** By their ids; beside each, the beats in a row that did not find it. */
  readonly #runs = new Map<string, KnownRun & { missed: number }>();

  constructor(redis: Redis, version: string, progressEveryMs?: number) {
    this.#redis = redis;
    this.#version = version;
    this.#progressEveryMs = progressEveryMs;
    this.#leases = new LeaseTable(redis, RUNS, readRunEntry);
  }

  /** Undefined where it is over, or of another version: then its coordinator finds that the job isn't here. */
  async find({ uid, run }: JobMessage): Promise<KnownRun | undefined> {
    const known = this.#runs.get(run);
    if (known !== undefined) return known;
    const lease = (await this.#leases.all()).get(uid);
    if (lease?.holder !== run) return undefined;
    const { protocol, version, files } = lease.value;
    if (protocol !== PROTOCOL || version !== this.#version) return undefined;
    const found = { files, sender: new ReportSender(this.#redis, run, this.#progressEveryMs), missed: 0 };
    this.#runs.set(run, found);
    return found;
  }

  /** Tells all of them what the agent says of itself. Where Redis does not take it, it stays here. */
  log(agent: string, message: string): void {
    for (const run of this.#runs.keys()) post(this.#redis, runBox(run), { agent, message }).catch(() => undefined);
  }

  /** Forgets those that another took the place of, or that nobody has renewed: the next one begins their jobs anew. */
  async forgetOver(): Promise<readonly string[]> {
    if (this.#runs.size === 0) return [];
    const alive = new Set([...(await this.#leases.all()).values()].map(({ holder }) => holder));
    for (const [id, run] of this.#runs) run.missed = alive.has(id) ? 0 : run.missed + 1;
    const over = [...this.#runs].filter(([, { missed }]) => missed >= MISSED_BEATS).map(([id]) => id);
    for (const id of over) this.#runs.delete(id);
    return over;
  }
}
