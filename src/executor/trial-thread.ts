/** The logic of workers/trial.ts: what a trial thread does for its device process. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { EngineChoice } from '../engine/choice.ts';
import type { Engine } from '../engine/engine.ts';
import type {
  DeviceKind,
  EngineModule,
  LoadedImages,
  ThreadJob,
  TrialModule,
  WorkerModules,
} from './device-protocol.ts';
import { engineLabel } from './device-protocol.ts';
import { enterWindow } from './event-window.ts';
import { failureOf } from './failure.ts';
import type { News } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { StopReason, TrialOutcome } from '../trial/outcome.ts';

/**
 * Engines to try on the device, best first; a GPU's process can always fall back on computing on the CPU. Loads every
 * module a trial needs, so that one which can't be loaded is found before the first trial.
 */
export async function listEngines(task: {
  modules: WorkerModules;
  kind: DeviceKind;
}): Promise<readonly EngineChoice[]> {
  await importTrial(task.modules);
  const { engineCandidates } = await importEngine(task.modules);
  return task.kind === 'cpu' ? engineCandidates('cpu') : [...engineCandidates('gpu'), ...engineCandidates('cpu')];
}

export async function probeEngine(task: { modules: WorkerModules; choice: EngineChoice }): Promise<void> {
  await (await importEngine(task.modules)).probeEngine(task.choice);
}

/** The images that a job trains on, for all threads of the process. */
export async function loadImages(task: { modules: WorkerModules; job: TrialJob }): Promise<LoadedImages> {
  try {
    return { images: await (await importTrial(task.modules)).loadImages(task.job) };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

/** Runs one job. Whatever happens in it is told as an outcome on its port, which is closed afterwards. */
export async function runJob(given: ThreadJob): Promise<void> {
  const tell = (news: News): void => given.port.postMessage(news);
  try {
    tell({ outcome: await attempt(given, tell) });
  } catch (error) {
    tell({ outcome: { kind: 'failed', failure: failureOf(error) } });
  } finally {
    given.port.close();
  }
}

async function attempt(
  { job, images, modules, engine, port, unsent }: ThreadJob,
  tell: (news: News) => void,
): Promise<TrialOutcome> {
  const { runTrial } = await importTrial(modules);
  return runTrial(job, {
    engine: await engineOfThread(modules, engine),
    images,
    emit: (event) => {
      enterWindow(unsent);
      tell({ event });
    },
    stopRequested: stopReader(port),
  });
}

/** Reads a stop without waiting for the event loop, which a training loop may never yield to. */
function stopReader(port: MessagePort): () => StopReason | undefined {
  let reason: StopReason | undefined;
  return () => {
    reason ??= (receiveMessageOnPort(port) as { message: StopReason } | undefined)?.message;
    return reason;
  };
}

/** An engine is loaded once per thread: it keeps what it compiled for trials of the same shape. */
const engines = new Map<string, Promise<Engine>>();

function engineOfThread(modules: WorkerModules, choice: EngineChoice): Promise<Engine> {
  const key = engineLabel(choice);
  const known = engines.get(key);
  if (known !== undefined) return known;
  const loading = importEngine(modules).then((module) => module.loadEngine(choice));
  engines.set(key, loading);
  // A failed load may be tried again by the next trial.
  loading.catch(() => engines.delete(key));
  return loading;
}

async function importEngine(modules: WorkerModules): Promise<EngineModule> {
  return (await import(modules.engine)) as EngineModule;
}

async function importTrial(modules: WorkerModules): Promise<TrialModule> {
  return (await import(modules.trial)) as TrialModule;
}
