/** The logic of workers/trial.ts: what a trial thread does with a task from its device process. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Engine, EngineChoice } from '../engine/engine.ts';
import type {
  DeviceKind,
  EngineModule,
  ThreadReport,
  ThreadTask,
  TrialModule,
  WorkerModules,
} from './device-protocol.ts';
import { engineLabel } from './device-protocol.ts';
import { enterWindow } from './event-window.ts';
import { failureOf } from './failure.ts';
import type { StopReason, TrialCommand, TrialOutcome } from './protocol.ts';

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

/** Runs one job. Whatever happens in it is told as an outcome on the task's port, which is closed afterwards. */
export async function runJob(task: ThreadTask): Promise<void> {
  const report = (message: ThreadReport): void => {
    task.port.postMessage(message);
  };
  try {
    report({ type: 'outcome', outcome: await attempt(task, report) });
  } catch (error) {
    report({ type: 'outcome', outcome: { kind: 'failed', failure: failureOf(error) } });
  } finally {
    task.port.close();
  }
}

async function attempt(task: ThreadTask, report: (message: ThreadReport) => void): Promise<TrialOutcome> {
  const { runTrial } = await importTrial(task.modules);
  return runTrial(task.job, {
    engine: await engineOfThread(task.modules, task.engine),
    emit: (event) => {
      enterWindow(task.inFlight);
      report({ type: 'event', event });
    },
    stopRequested: stopReader(task.port),
  });
}

/** Reads commands without waiting for the event loop, which a training loop may never yield to. */
function stopReader(port: MessagePort): () => StopReason | undefined {
  let reason: StopReason | undefined;
  return () => {
    if (reason === undefined) {
      const received = receiveMessageOnPort(port) as { message: TrialCommand } | undefined;
      reason = received?.message.reason;
    }
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
