/**
 * The inside of a device process: a pool of trial threads. Its main thread only passes messages, so it answers while the
 * threads compute, and it ends with the coordinator, unless it is stopped itself.
 */
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { messageOf } from '../errors.ts';
import type {
  DeviceReport,
  DeviceRequest,
  DeviceSettings,
  EngineRejection,
  LoadedImages,
  ThreadJob,
} from './device-protocol.ts';
import { engineLabel, HEARTBEAT_INTERVAL_MS, sameEngine } from './device-protocol.ts';
import { leaveWindow, openWindow } from './event-window.ts';
import { failureOf } from './failure.ts';
import { oneLine } from './output-lines.ts';
import { SharedImages } from './shared-images.ts';
import type { EngineChoice } from '../engine/choice.ts';
import type { News } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { TrialOutcome } from '../trial/outcome.ts';

/** Serves the coordinator on this process's IPC channel until told to end. */
export function hostDevice(): void {
  // Ending a thread in the middle of native code aborts the process with noise; SIGKILL ends both at once, silently.
  const endNow = (): void => void process.kill(process.pid, 'SIGKILL');
  process.on('disconnect', endNow);
  if (!process.connected) endNow();

  let host: DeviceHost | undefined;
  process.on('message', (request: DeviceRequest) => {
    if (request.type === 'start') {
      startHost(request.settings).then(
        (started) => (host = started),
        (error: unknown) => send({ type: 'unusable', reason: oneLine(messageOf(error)) }, () => process.exit(1)),
      );
    } else host?.handle(request);
  });
}

function send(report: DeviceReport, sent?: () => void): void {
  process.send?.(report, undefined, undefined, () => sent?.());
}

async function startHost(settings: DeviceSettings): Promise<DeviceHost> {
  // Starts Node's threads for files, which it can't do without: where it may not, it aborts now and not in a trial.
  await stat('/');
  const pool = new Piscina({
    filename: settings.modules.thread,
    minThreads: settings.slots,
    maxThreads: settings.slots,
    idleTimeout: Infinity,
    // Between tasks a thread must keep serving its ports; piscina's faster hand-over would block it.
    atomics: 'disabled',
  });
  // Once a thread fails outside a task (its entry doesn't load, say), piscina leaves tasks pending for ever.
  const broken = once(pool, 'error').then(([error]) => {
    throw error;
  });
  const { engine, rejected } = await Promise.race([selectEngine(pool, settings), broken]);
  broken.catch((error: unknown) => {
    process.stderr.write(`trial thread failed: ${messageOf(error)}\n`, () => process.exit(1));
  });
  setInterval(() => send({ type: 'heartbeat' }), HEARTBEAT_INTERVAL_MS);
  send({ type: 'ready', engine, rejected });
  return new DeviceHost(pool, engine, settings);
}

/** The best engine that passes its probe, in a thread: a probe may block for long. Throws with all reasons if none does. */
async function selectEngine(
  pool: Piscina,
  { kind, slots, modules, engine, ruledOut }: DeviceSettings,
): Promise<{ engine: EngineChoice; rejected: EngineRejection[] }> {
  // Every thread is asked: so all load their modules at the same time, and none while another already trains.
  const [listed = []] = await Promise.all(
    Array.from({ length: slots }, () => {
      return pool.run({ modules, kind }, { name: 'listEngines' }) as Promise<readonly EngineChoice[]>;
    }),
  );
  const rejected = [...ruledOut];
  for (const choice of engine === null ? listed : [engine]) {
    if (rejected.some((rejection) => sameEngine(rejection.choice, choice))) continue;
    send({ type: 'probing', choice });
    try {
      await pool.run({ modules, choice }, { name: 'probeEngine' });
      return { engine: choice, rejected };
    } catch (error) {
      rejected.push({ choice, reason: oneLine(messageOf(error)) });
    }
  }
  const reasons = rejected.map(({ choice, reason }) => `${engineLabel(choice)}: ${reason}`);
  throw new Error(`no engine works here: ${reasons.join('; ')}`);
}

class DeviceHost {
  readonly #pool: Piscina;
  readonly #engine: EngineChoice;
  readonly #settings: DeviceSettings;
  readonly #ports = new Map<number, MessagePort>();
  readonly #images: SharedImages;

  constructor(pool: Piscina, engine: EngineChoice, settings: DeviceSettings) {
    this.#pool = pool;
    this.#engine = engine;
    this.#settings = settings;
    const { modules } = settings;
    // In a thread, since it may take long; one is free, as its job's slot is.
    this.#images = new SharedImages(
      (job) => pool.run({ modules, job }, { name: 'loadImages' }) as Promise<LoadedImages>,
    );
  }

  handle(request: Exclude<DeviceRequest, { type: 'start' }>): void {
    switch (request.type) {
      case 'run':
        void this.#run(request.id, request.job);
        break;
      case 'stop':
        this.#ports.get(request.id)?.postMessage(request.reason);
        break;
      case 'shutdown':
        void this.#pool.destroy().finally(() => process.exit(0));
        break;
    }
  }

  async #run(id: number, job: TrialJob): Promise<void> {
    const { port1: ours, port2: theirs } = new MessageChannel();
    const unsent = openWindow();
    const forwarder = new NewsForwarder(id, unsent);
    ours.on('message', (news: News) => forwarder.add(news));
    this.#ports.set(id, ours);
    const { modules } = this.#settings;
    // The port closes behind the last message, also when the thread died, so nothing the trial said is lost.
    const closed = once(ours, 'close');
    let end: TrialOutcome = {
      kind: 'lost',
      cause: 'the trial thread ended without an outcome',
      culprit: 'trial',
    };
    try {
      const loaded = await this.#images.of(job);
      if ('failure' in loaded) {
        end = { kind: 'failed', failure: loaded.failure };
      } else {
        const { images } = loaded;
        const given: ThreadJob = { job, images, engine: this.#engine, modules, port: theirs, unsent };
        await this.#pool.run(given, { name: 'runJob', transferList: [theirs] });
      }
    } catch (error) {
      end = outcomeOfDeadThread(error);
    } finally {
      // Does nothing once a thread has it.
      theirs.close();
    }
    await closed;
    this.#ports.delete(id);
    forwarder.add({ outcome: end });
  }
}

/** What threads run never rejects; so the thread itself ended: by `process.exit`, an uncaught exception or its heap limit. */
function outcomeOfDeadThread(error: unknown): TrialOutcome {
  const exit = /^worker exited with code: (-?\d+)$/.exec(messageOf(error));
  if (exit !== null) {
    return { kind: 'lost', cause: `the trial thread exited with code ${exit[1] ?? '?'}`, culprit: 'trial' };
  }
  return { kind: 'failed', failure: failureOf(error) };
}

/**
 * Sends on what an attempt's thread tells, in one message for all that arrived in a turn of the event loop. The first
 * outcome ends it: the coordinator need not wait until the thread is back in the pool.
 */
class NewsForwarder {
  readonly #id: number;
  readonly #unsent: Int32Array;
  #news: News[] = [];
  #isOver = false;

  constructor(id: number, unsent: Int32Array) {
    this.#id = id;
    this.#unsent = unsent;
  }

  add(news: News): void {
    if (this.#isOver) return;
    this.#isOver = 'outcome' in news;
    if (this.#news.push(news) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const news = this.#news;
    this.#news = [];
    const events = news.filter((item) => 'event' in item).length;
    send({ type: 'news', id: this.#id, news }, () => leaveWindow(this.#unsent, events));
  }
}
