import { SweepError, messageOf } from '../errors.ts';
import { engineLabel, type EngineRejection, type WorkerModules } from './device-protocol.ts';
import type { Device } from './devices.ts';
import type { Attempt, DeviceStatus, Executor } from './executor.ts';
import { LocalDevice, type LocalDeviceOptions } from './local-device.ts';
import { WORKER_MODULES } from './modules.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { TrialId } from '../trial/trial.ts';
import { startDevice, type StartedDevice, type StartDeviceOptions } from './start-device.ts';
import { systemTimer, type SetTimer } from './timer.ts';

const START_TIMEOUT_MS = 120_000;
const STALL_TIMEOUT_MS = 120_000;
const FIRST_STEP_TIMEOUT_MS = 600_000;
const STOP_GRACE_MS = 30_000;

export interface ExecutorLog {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Label of the device it is about. */
  readonly device: string;
  readonly message: string;
}

export interface LocalExecutorOptions {
  readonly devices: readonly Device[];
  /** Used instead, with a note that says why, when no GPU engine works on any of `devices`. */
  readonly fallback?: Device | null;
  readonly onLog: (entry: ExecutorLog) => void;
  /** A job without an event for so long, or for some times its longest silence so far, costs its process. */
  readonly stallTimeoutMs?: number;
  /** Instead, until the job has told of its first step: how long a step takes isn't known before. */
  readonly firstStepTimeoutMs?: number;
  /** A job that goes on for so long after a stop was asked for costs its process; more where its steps take long. */
  readonly stopGraceMs?: number;
  /** For the start of a process, with all engines that are tried in it. */
  readonly startTimeoutMs?: number;
  /** What device processes inherit; by default this process's own environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly modules?: Partial<WorkerModules>;
  readonly setTimer?: SetTimer;
  /** Calls the start off; it then rejects once the processes are gone. Nothing to a started executor. */
  readonly signal?: AbortSignal;
}

/**
 * Starts one process per device and waits until each can take trials. A device that can't is left out with a warning;
 * one without a working GPU engine too, if there is a fallback, else it computes on the CPU with a warning.
 * Throws DEVICE_UNAVAILABLE with all reasons when no device is left.
 */
export async function startLocalExecutor(options: LocalExecutorOptions): Promise<LocalExecutor> {
  const { devices, fallback = null, onLog, signal } = options;
  const tried = await Promise.all(devices.map((device) => tryDevice(device, options)));
  const kept = tried.filter(
    ({ started, trouble }) => started !== null && (trouble === null || fallback === null) && signal?.aborted !== true,
  );
  const dropped = tried.filter((one) => !kept.includes(one));
  await Promise.all(dropped.map(async ({ started }) => started?.process.close('the device is not used')));
  signal?.throwIfAborted();

  if (kept.length === 0 && fallback === null) {
    const reasons = dropped.map(({ device, trouble }) => `  ${device.label} (${device.name}): ${trouble ?? ''}`);
    throw new SweepError('DEVICE_UNAVAILABLE', `No device can train:\n${reasons.join('\n')}\n${SEE_DOCTOR}`);
  }
  for (const [trouble, alike] of Map.groupBy(tried, (one) => one.trouble)) {
    if (trouble === null) continue;
    const labels = alike.map(({ device }) => device.label).join(', ');
    const fate = kept.includes(alike[0]!) ? 'will compute on the CPU' : "can't be used";
    const message = `${labels} ${fate}: ${trouble}. ${SEE_DOCTOR}`;
    onLog({ level: 'warn', device: alike[0]!.device.label, message });
  }
  const working = kept.filter(({ trouble }) => trouble === null);
  for (const [drawback, alike] of Map.groupBy(working, ({ started }) => lesserEngine(started!))) {
    if (drawback === undefined) continue;
    const labels = alike.map(({ device }) => device.label).join(', ');
    const message = `${labels}: ${drawback}. ${SEE_DOCTOR}`;
    onLog({ level: 'warn', device: alike[0]!.device.label, message });
  }
  if (kept.length === 0) return startLocalExecutor({ ...options, devices: [fallback!], fallback: null });
  return new LocalExecutor(
    kept.map(({ device, started }) => ({ device, started: started! })),
    options,
  );
}

const SEE_DOCTOR = 'Run "sweep doctor" for more.';

interface TriedDevice {
  readonly device: Device;
  /** Null if it can't train at all. */
  readonly started: StartedDevice | null;
  /** Why it doesn't train as it should; null if it does. */
  readonly trouble: string | null;
}

async function tryDevice(device: Device, options: LocalExecutorOptions): Promise<TriedDevice> {
  try {
    const { signal } = options;
    const started = await startDevice(device, { ...startOptions(device, options), ...(signal && { signal }) });
    const asked = device.kind === 'cpu' || started.engine.provider !== 'cpu';
    return { device, started, trouble: asked ? null : noGpuEngine(started.rejected) };
  } catch (error) {
    return { device, started: null, trouble: messageOf(error) };
  }
}

/** A device trains with less than the best engine for it: nobody would want that unknowingly. */
function lesserEngine({ engine, rejected }: StartedDevice): string | undefined {
  if (rejected.length === 0) return undefined;
  const isReference = engine.engine === 'eager' && engine.provider === 'cpu';
  const how = isReference ? 'trains a hundred times slower than it could' : 'trains with less than its best engine';
  return `${how}, on ${engineLabel(engine)}: ${reasonsOf(rejected)}`;
}

function noGpuEngine(rejected: readonly EngineRejection[]): string {
  return `no GPU engine works${rejected.length === 0 ? '' : ` (${reasonsOf(rejected)})`}`;
}

function reasonsOf(rejected: readonly EngineRejection[]): string {
  return rejected.map(({ choice, reason }) => `${engineLabel(choice)}: ${reason}`).join('; ');
}

function startOptions(device: Device, options: LocalExecutorOptions): StartDeviceOptions {
  return {
    env: options.env ?? process.env,
    modules: { ...WORKER_MODULES, ...options.modules },
    startTimeoutMs: options.startTimeoutMs ?? START_TIMEOUT_MS,
    setTimer: options.setTimer ?? systemTimer,
    onOutput: (level, message) => options.onLog({ level, device: device.label, message }),
  };
}

/** Runs trials on the devices of this machine, one process per device. Made by `startLocalExecutor`. */
export class LocalExecutor implements Executor {
  onCapacityChange: (() => void) | undefined;
  readonly #devices: readonly LocalDevice[];
  readonly #lostTrials = new Set<TrialId>();

  constructor(started: readonly { device: Device; started: StartedDevice }[], options: LocalExecutorOptions) {
    this.#devices = started.map(
      ({ device, started }) => new LocalDevice(device, started, this.#deviceOptions(device, options)),
    );
  }

  get capacity(): number {
    return this.devices.reduce((sum, { healthy, slots }) => sum + (healthy ? slots : 0), 0);
  }

  get devices(): readonly DeviceStatus[] {
    return this.#devices.map((device) => device.status);
  }

  /** Without `label`, the first of the healthy devices with the smallest share of busy slots takes it. */
  run(job: TrialJob, onEvent: (event: TrialEvent) => void, label?: string): Attempt {
    let chosen: LocalDevice | undefined;
    let smallestShare = 1;
    for (const device of this.#devices) {
      const { healthy, busy, slots } = device.status;
      if (!healthy || busy / slots >= smallestShare || device.device.label !== (label ?? device.device.label)) continue;
      chosen = device;
      smallestShare = busy / slots;
    }
    if (chosen === undefined) throw new Error('run() was called while no slot is free');
    return chosen.run(job, onEvent);
  }

  /** Ends all device processes; jobs that are still running are lost. Leaves no process behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#devices.map((device) => device[Symbol.asyncDispose]()));
  }

  #deviceOptions(device: Device, options: LocalExecutorOptions): LocalDeviceOptions {
    return {
      ...startOptions(device, options),
      stallTimeoutMs: options.stallTimeoutMs ?? STALL_TIMEOUT_MS,
      firstStepTimeoutMs: options.firstStepTimeoutMs ?? FIRST_STEP_TIMEOUT_MS,
      stopGraceMs: options.stopGraceMs ?? STOP_GRACE_MS,
      setTimer: options.setTimer ?? systemTimer,
      lostTrials: this.#lostTrials,
      onWarning: (message) => options.onLog({ level: 'warn', device: device.label, message }),
      onUnhealthy: () => this.onCapacityChange?.(),
    };
  }
}
