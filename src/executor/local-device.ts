import { messageOf } from '../errors.ts';
import { DeviceHealth } from './device-health.ts';
import { engineLabel, HEARTBEAT_INTERVAL_MS } from './device-protocol.ts';
import type { DeviceProcess, ProcessEnd } from './device-process.ts';
import type { Device } from './devices.ts';
import type { DeviceStatus } from './executor.ts';
import { LocalExecution } from './local-execution.ts';
import type { EngineChoice } from '../engine/engine.ts';
import type { StopReason, TrialEvent, TrialJob, TrialOutcome } from './protocol.ts';
import type { TrialId } from '../trial/trial.ts';
import { startDevice, type StartDeviceOptions, type StartedDevice } from './start-device.ts';
import type { SetTimer } from './timer.ts';

type LostOutcome = Extract<TrialOutcome, { kind: 'lost' }>;

/** The watchdog looks so many times within the time a job may be quiet. */
const TICKS_PER_STALL = 8;
/** A job may be quiet for so many times its longest silence: steps differ, and the machine may get busier. */
const QUIET_GROWTH = 3;
/** A main thread that misses so many heartbeats on top of that is frozen. */
const MISSED_HEARTBEATS = 5;

export interface LocalDeviceOptions extends Omit<StartDeviceOptions, 'engine' | 'signal'> {
  readonly stallTimeoutMs: number;
  readonly firstStepTimeoutMs: number;
  readonly stopGraceMs: number;
  readonly setTimer: SetTimer;
  readonly lostTrials: Set<TrialId>;
  readonly onWarning: (message: string) => void;
  readonly onUnhealthy: () => void;
}

/** Keeps one device's process alive: watches it, replaces it when it dies, and gives the device up when that is in vain. */
export class LocalDevice implements AsyncDisposable {
  readonly device: Device;
  readonly #options: LocalDeviceOptions;
  readonly #engine: EngineChoice;
  readonly #health: DeviceHealth;
  /** Not yet settled: all of them in the process, or, while there is none, waiting for the next. */
  readonly #executions = new Set<LocalExecution>();
  readonly #closing = new AbortController();
  #process: DeviceProcess | undefined;
  #starting: Promise<void> | undefined;
  #cancelStart: (() => void) | undefined;
  #cancelTick: (() => void) | undefined;
  /** Why it was given up. */
  #trouble: string | undefined;

  /** A replaced process uses the engine of the first: results must not depend on crashes. */
  constructor(device: Device, { process, engine }: StartedDevice, options: LocalDeviceOptions) {
    this.device = device;
    this.#options = options;
    this.#health = new DeviceHealth(options.lostTrials);
    this.#engine = engine;
    this.#adopt(process);
    this.#scheduleTick();
  }

  get status(): DeviceStatus {
    return {
      label: this.device.label,
      slots: this.device.slots,
      busy: this.#executions.size,
      healthy: this.#health.healthy,
      pid: this.#process?.pid ?? null,
      engine: engineLabel(this.#engine),
      ...(this.#trouble !== undefined && { trouble: this.#trouble }),
    };
  }

  /** While the process is being replaced, the job waits for the new one. */
  run(job: TrialJob, onEvent: (event: TrialEvent) => void): LocalExecution {
    const hear = (event: TrialEvent): void => {
      if (event.type === 'epoch') this.#health.succeeded(job.trialId);
      onEvent(event);
    };
    const execution = new LocalExecution(this.device.label, job, hear, (reason) => this.#stop(execution, reason));
    this.#executions.add(execution);
    void execution.outcome.then((outcome) => this.#settled(execution, outcome));
    this.#process?.run(execution);
    return execution;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const cause = 'the executor was closed';
    this.#closing.abort();
    this.#cancelTick?.();
    this.#cancelStart?.();
    await this.#starting;
    await this.#process?.close(cause);
    this.#loseAll(cause);
  }

  #adopt(process: DeviceProcess): void {
    this.#process = process;
    void process.ended.then((end) => this.#ended(end));
    for (const execution of this.#executions) process.run(execution);
  }

  #settled(execution: LocalExecution, outcome: TrialOutcome): void {
    this.#executions.delete(execution);
    const trained = outcome.kind !== 'lost' && outcome.kind !== 'failed';
    if (trained && this.#process !== undefined) this.#health.succeeded(execution.job.trialId);
  }

  #stop(execution: LocalExecution, reason: StopReason): void {
    if (this.#process === undefined) {
      execution.settle({ kind: 'stopped', reason, epoch: 0 });
      return;
    }
    this.#process.command(execution, { type: 'stop', reason });
    const { stopGraceMs, stallTimeoutMs, setTimer } = this.#options;
    // The stop is read between two steps, however long those are.
    const graceMs = stopGraceMs + (QUIET_GROWTH * execution.longestQuietTicks * stallTimeoutMs) / TICKS_PER_STALL;
    const cancel = setTimer(graceMs, () => this.#condemn(execution, `did not stop within ${graceMs / 1000} s`));
    void execution.outcome.then(cancel);
  }

  #scheduleTick(): void {
    const { stallTimeoutMs, setTimer } = this.#options;
    this.#cancelTick = setTimer(stallTimeoutMs / TICKS_PER_STALL, () => {
      this.#watch();
      this.#scheduleTick();
    });
  }

  /**
   * Silence is counted in ticks of our own timer, not in elapsed time: a coordinator that was suspended finds the events
   * of the meantime in its pipe, and must not blame the device for having been asleep itself.
   */
  #watch(): void {
    if (this.#process === undefined) return;
    const { stallTimeoutMs, firstStepTimeoutMs } = this.#options;
    for (const execution of this.#process.running) {
      const allowedMs = execution.hasStepped ? stallTimeoutMs : firstStepTimeoutMs;
      const allowed = Math.max(
        (allowedMs / stallTimeoutMs) * TICKS_PER_STALL,
        QUIET_GROWTH * execution.longestQuietTicks,
      );
      if (++execution.quietTicks <= allowed) continue;
      this.#condemn(execution, `made no progress for ${(allowed * stallTimeoutMs) / TICKS_PER_STALL / 1000} s`);
    }
    const silenceMs = stallTimeoutMs + MISSED_HEARTBEATS * HEARTBEAT_INTERVAL_MS;
    if (++this.#process.quietTicks > (silenceMs / stallTimeoutMs) * TICKS_PER_STALL) {
      this.#process.kill(`the device process gave no sign of life for ${silenceMs / 1000} s`);
    }
  }

  /** A thread can't be ended during native code without ending its process, so a job that hangs costs the process. */
  #condemn(execution: LocalExecution, blame: string): void {
    execution.blame ??= blame;
    this.#process?.kill(`its device process had to be ended: trial ${execution.job.trialId} ${blame}`);
  }

  #ended({ cause, running }: ProcessEnd): void {
    this.#process = undefined;
    const closing = this.#closing.signal.aborted;
    // Health first: whoever hears of a lost job may look at the capacity, or start the job again, at once.
    if (!closing) this.#health.failed(running.map((execution) => execution.job.trialId));
    for (const execution of running) {
      const culprit = closing ? 'other' : culpritOf(execution, running);
      execution.settle({ kind: 'lost', cause: execution.blame ?? cause, culprit });
    }
    if (!closing) this.#recover(cause);
  }

  #recover(cause: string): void {
    const { onWarning, onUnhealthy, setTimer } = this.#options;
    const { label } = this.device;
    if (this.#health.healthy) {
      onWarning(`${label}: ${cause}. Its process is started again.`);
      this.#cancelStart = setTimer(this.#health.backOffMs, () => {
        this.#starting = this.#start();
      });
    } else {
      this.#cancelTick?.();
      this.#trouble = cause;
      onWarning(`${label} failed too often and is no longer used. The last time: ${cause}.`);
      this.#loseAll(`${label} is no longer used: ${cause}`);
      onUnhealthy();
    }
  }

  async #start(): Promise<void> {
    try {
      const options = { ...this.#options, engine: this.#engine, signal: this.#closing.signal };
      const { process } = await startDevice(this.device, options);
      this.#adopt(process);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#health.failed([]);
      this.#recover(messageOf(error));
    }
  }

  #loseAll(cause: string): void {
    for (const execution of this.#executions) execution.settle({ kind: 'lost', cause, culprit: 'other' });
  }
}

/** Whom `execution`, one of those `running` in a process that ended, was lost to. */
function culpritOf(execution: LocalExecution, running: readonly LocalExecution[]): LostOutcome['culprit'] {
  // How a job ends that was asked to stop says nothing of how it would have gone on.
  if (execution.isStopping) return 'other';
  if (execution.blame !== undefined || running.length === 1) return 'trial';
  return running.some(({ blame }) => blame !== undefined) ? 'other' : 'unknown';
}
