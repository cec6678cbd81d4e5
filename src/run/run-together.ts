/**
 * `--together`: the same command in many processes with one folder. One leads: it starts a Redis, coordinates, and trains
 * as an agent, too; the others are agents of it. When it is gone another one leads, and goes on from what is recorded.
 */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, SweepError } from '../errors.ts';
import { makeFolder } from '../files/make-folder.ts';
import { refuseLink } from '../files/no-links.ts';
import { ResultsLayout } from '../files/paths.ts';
import { planTrials } from '../plan-sweep.ts';
import type { OwnPlaces } from '../queue/fetch-data.ts';
import type { RedisAddress } from '../queue/redis.ts';
import { runAgent } from './run-agent.ts';
import { findLocalDevices } from './run-on-devices.ts';
import type { Observer } from '../scheduler/events.ts';
import { explaining } from '../store/store-error.ts';
import { runSweep, type RunOptions } from '../sweep.ts';
import type { RunResult } from './run-result.ts';
import { Election, type Leader } from '../together/election.ts';
import type { Leadership } from '../together/leadership.ts';
import { ownAddress } from '../together/own-address.ts';
import { PrivateRedis, redisProgram } from '../together/private-redis.ts';
import { knownTrials } from './known-trials.ts';
import { namedTrials, stillAsked, whyNotAsked, type OnDemand } from './named-trials.ts';
import { planHash } from './plan-hash.ts';

export interface TogetherOptions extends Omit<RunOptions, 'agents'> {
  readonly stop: AbortSignal;
  readonly stopNow: AbortSignal;
  /** Under which the others reach this machine; by default found out. */
  readonly host?: string | undefined;
  /** For the files that agents carry. */
  readonly port?: number | undefined;
  /** Whether who stops this process, if it leads, means all of them; by default another goes on. */
  readonly stopsAll?: (() => boolean) | undefined;
  /** After which a leader of whom nothing is heard is taken for dead; longer than two beats. */
  readonly staleMs?: number | undefined;
  /** Hears what happens while another one leads. */
  readonly onLog: (message: string) => void;
}

export interface TogetherResult {
  readonly name: string;
  readonly interrupted: boolean;
  readonly exitCode: 0 | 3;
  /** Of the run that this process led to its end. */
  readonly run?: RunResult | undefined;
}

const LOOK_MS = 500;
/** A leader that is stopped, or whose machine has died, keeps the database's lock until its file server notices. */
const LOCK_WAIT_MS = 180_000;
const LOCK_LOOK_MS = 2_000;
/** A leader that can't be reached is tried again. */
const REACH_AGAIN_MS = 5_000;
const NEVER = new AbortController().signal;

/**
 * Takes part in a sweep until it is done, whoever leads. `observe` hears of the runs that this process leads, and why what it
 * was asked for isn't done.
 * @throws what `runSweep` and `runAgent` throw
 */
export async function runTogether(options: TogetherOptions, observe: Observer): Promise<TogetherResult> {
  const planned = await planTrials(options);
  redisProgram();
  await findLocalDevices(options);
  const { name, dataset } = planned.spec;
  const images = dataset.own?.path;
  const layout = new ResultsLayout(options.resultsDir);
  const named = namedTrials(options, knownTrials(planned, layout), name, layout);
  for (const { trial, message } of whyNotAsked(named, name, layout))
    observe({ at: new Date(), type: 'log', trial, level: 'warn', message });
  // Whoever led meanwhile may have trained them.
  const asked = (): OnDemand => stillAsked(named, name, layout);
  const folder = layout.sweep(name);
  explaining(folder, () => {
    refuseLink(folder);
    makeFolder(folder);
  });
  const election = new Election(layout.together(name), undefined, options.staleMs);
  const part = new Part({ ...options, specText: planned.specText, images }, planHash(planned), asked, observe);
  while (!options.stop.aborted) {
    const leader = explaining(folder, () => election.look());
    const done = leader.beat?.done;
    if (done?.plan === part.plan && existsSync(layout.database) && Object.values(asked()).flat().length === 0)
      return { name, interrupted: false, exitCode: done.exitCode };
    if (!leader.isVacant) {
      const last = await part.follow(leader, election);
      if (last.beat?.stopped === true) break;
      continue;
    }
    const leadership = explaining(folder, () => election.claim(leader));
    const run = leadership && (await part.lead(leadership));
    if (run !== undefined) return { name, interrupted: run.interrupted, exitCode: run.exitCode, run };
  }
  return { name, interrupted: true, exitCode: 0 };
}

type PartOptions = TogetherOptions & Pick<OwnPlaces, 'images'>;

/** What this process does while it leads, and while it doesn't. */
class Part {
  readonly plan: string;
  readonly #options: PartOptions;
  readonly #asked: () => OnDemand;
  readonly #observe: Observer;

  /** `asked`: what is still to be trained on demand. */
  constructor(options: PartOptions, plan: string, asked: () => OnDemand, observe: Observer) {
    this.#options = options;
    this.plan = plan;
    this.#asked = asked;
    this.#observe = observe;
  }

  /** An agent of this leader, until it leads no more or this process is stopped. Returns who leads then. */
  async follow(leader: Leader, election: Election): Promise<Leader> {
    const { onLog, stop } = this.#options;
    const over = new AbortController();
    let agent: Promise<void> | undefined;
    let last = leader;
    try {
      while (!over.signal.aborted && !last.isVacant && last.term === leader.term) {
        const redis = last.beat?.redis;
        if (agent === undefined && stop.aborted) return last;
        if (agent === undefined && redis !== undefined) {
          onLog(`${last.beat!.host} leads, as process ${last.beat!.pid}`);
          agent = this.#trainFor(redis, over.signal).finally(() => over.abort());
          // Looked at below.
          agent.catch(() => undefined);
        }
        await delay(LOOK_MS);
        last = election.look();
      }
    } finally {
      over.abort();
      await agent;
    }
    if (!stop.aborted && last.beat?.done === undefined) onLog(`${leader.beat?.host ?? 'the first'} leads no more`);
    return last;
  }

  /** Undefined where the sweep is left to another leader. */
  async lead(leadership: Leadership): Promise<RunResult | undefined> {
    const { stop, stopNow, port } = this.#options;
    const { lost } = leadership;
    const over = new AbortController();
    let redis: PrivateRedis | undefined;
    let result: RunResult | undefined;
    try {
      redis = await PrivateRedis.start((message) => this.#log('warn', message));
      const host = this.#options.host ?? (await ownAddress());
      const at = { url: `redis://${host.includes(':') ? `[${host}]` : host}:${redis.port}`, password: redis.password };
      leadership.announce(at);
      this.#options.onLog(`This process leads the others, at ${host}:${redis.port}`);
      // Stopped by its coordinator: so what it saves is taken.
      const agent = this.#train(at, over.signal, NEVER, (message) => this.#log('info', message));
      // Alone with devices that are lost, it would wait for agents for ever; so another leads.
      agent.catch(() => over.abort());
      const run = this.#run(
        { ...at, host, port, agentsCome: true },
        AbortSignal.any([stop, lost]),
        AbortSignal.any([stopNow, lost, over.signal]),
      );
      try {
        result = await run;
      } finally {
        over.abort();
        await agent;
      }
    } catch (error) {
      if (!lost.aborted) throw error;
    } finally {
      const done = result?.interrupted === false ? { plan: this.plan, exitCode: result.exitCode } : undefined;
      leadership.end({ done, stopped: stop.aborted && this.#options.stopsAll?.() === true });
      await redis?.[Symbol.asyncDispose]();
    }
    if (!lost.aborted) return result;
    this.#log('warn', 'another process has taken the lead while this one was silent: follows it');
    return undefined;
  }

  /** Waits for the lock of one that led before. */
  async #run(agents: RunOptions['agents'], stop: AbortSignal, stopNow: AbortSignal): Promise<RunResult> {
    const until = performance.now() + LOCK_WAIT_MS;
    for (let isTold = false; ; isTold = true) {
      let isPlanned = false;
      try {
        return await runSweep({ ...this.#options, ...this.#asked(), agents, stop, stopNow }, (event) => {
          isPlanned ||= event.type === 'planned';
          this.#observe(event);
        });
      } catch (error) {
        const isHeld = error instanceof SweepError && error.code === 'STORE_LOCKED' && !isPlanned;
        if (!isHeld || performance.now() > until || stop.aborted) throw error;
        if (!isTold) this.#log('warn', `waits for who led before: ${error.message}`);
        await delay(LOCK_LOOK_MS);
      }
    }
  }

  /** As an agent, until `gone`; again where its Redis can't be reached. */
  async #trainFor(redis: RedisAddress, gone: AbortSignal): Promise<void> {
    const { onLog, stop } = this.#options;
    for (let isTold = false; !gone.aborted && !stop.aborted; isTold = true) {
      try {
        await this.#train(redis, gone, stop, onLog);
        return;
      } catch (error) {
        if (!(error instanceof SweepError) || error.code !== 'REDIS') throw error;
        if (!isTold) onLog(`${messageOf(error)} Tried again; another way there is told by --address.`);
        await delay(REACH_AGAIN_MS, undefined, { signal: AbortSignal.any([gone, stop]) }).catch(() => undefined);
      }
    }
  }

  async #train(
    redis: RedisAddress,
    gone: AbortSignal,
    stop: AbortSignal,
    onLog: (message: string) => void,
  ): Promise<void> {
    const { device, slots, dataDir, images, stopNow } = this.#options;
    try {
      await runAgent({ redis, device, slots, dataDir, images, stop, stopNow, gone, onLog });
    } catch (error) {
      if (!gone.aborted && !stop.aborted) throw error;
    }
  }

  #log(level: 'info' | 'warn', message: string): void {
    this.#observe({ at: new Date(), type: 'log', trial: null, level, message });
  }
}
