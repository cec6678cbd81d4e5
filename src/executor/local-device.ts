import { messageOf } from '../errors.ts';
import { DeviceHealth } from './device-health.ts';
import { engineLabel, HEARTBEAT_INTERVAL_MS } from './device-protocol.ts';
import type { DeviceProcess, ProcessEnd } from './device-process.ts';
import type { Device } from './devices.ts';
import type { DeviceStatus } from './executor.ts';
import { LocalAttempt } from './local-attempt.ts';
import type { EngineChoice } from '../engine/choice.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { StopReason, TrialOutcome } from '../trial/outcome.ts';
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
  readonly #attempts = new Set<LocalAttempt>();
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
      busy: this.#attempts.size,
      healthy: this.#health.healthy,
      pid: this.#process?.pid ?? null,
      engine: engineLabel(this.#engine),
      ...(this.#trouble !== undefined && { trouble: this.#trouble }),
    };
  }

  /** While the process is being replaced, the job waits for the new one. */
  run(job: TrialJob, onEvent: (event: TrialEvent) => void): LocalAttempt {
    const hear = (event: TrialEvent): void => {
      if (event.type === 'epoch') this.#health.succeeded(job.trial);
      onEvent(event);
    };
    onEvent({ type: 'placed', device: this.device.label });
    const attempt = new LocalAttempt(job, hear, (reason) => this.#stop(attempt, reason));
    this.#attempts.add(attempt);
    void attempt.outcome.then((outcome) => this.#settled(attempt, outcome));
    this.#process?.run(attempt);
    return attempt;
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
    for (const attempt of this.#attempts) process.run(attempt);
  }

  #settled(attempt: LocalAttempt, outcome: TrialOutcome): void {
    this.#attempts.delete(attempt);
    const trained = outcome.kind !== 'lost' && outcome.kind !== 'failed';
    if (trained && this.#process !== undefined) this.#health.succeeded(attempt.job.trial);
  }

  #stop(attempt: LocalAttempt, reason: StopReason): void {
    if (this.#process === undefined) {
      attempt.settle({ kind: 'stopped', reason });
      return;
    }
    this.#process.stop(attempt, reason);
    const { stopGraceMs, stallTimeoutMs, setTimer } = this.#options;
    // The stop is read between two steps, however long those are.
    const graceMs = stopGraceMs + (QUIET_GROWTH * attempt.longestQuietTicks * stallTimeoutMs) / TICKS_PER_STALL;
    const cancel = setTimer(graceMs, () => this.#condemn(attempt, `did not stop within ${graceMs / 1000} s`));
    void attempt.outcome.then(cancel);
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
    for (const attempt of this.#process.running) {
      const allowedMs = attempt.hasStepped ? stallTimeoutMs : firstStepTimeoutMs;
      const allowed = Math.max(
        (allowedMs / stallTimeoutMs) * TICKS_PER_STALL,
        QUIET_GROWTH * attempt.longestQuietTicks,
      );
      if (++attempt.quietTicks <= allowed) continue;
      this.#condemn(attempt, `made no progress for ${(allowed * stallTimeoutMs) / TICKS_PER_STALL / 1000} s`);
    }
    const silenceMs = stallTimeoutMs + MISSED_HEARTBEATS * HEARTBEAT_INTERVAL_MS;
    if (++this.#process.quietTicks > (silenceMs / stallTimeoutMs) * TICKS_PER_STALL) {
      this.#process.kill(`the device process gave no sign of life for ${silenceMs / 1000} s`);
    }
  }

  /** A thread can't be ended during native code without ending its process, so a job that hangs costs the process. */
  #condemn(attempt: LocalAttempt, blame: string): void {
    attempt.blame ??= blame;
    this.#process?.kill(`its device process had to be ended: trial ${attempt.job.trial} ${blame}`);
  }

  #ended({ cause, running }: ProcessEnd): void {
    this.#process = undefined;
    const closing = this.#closing.signal.aborted;
    // Health first: whoever hears of a lost job may look at the capacity, or start the job again, at once.
    if (!closing) this.#health.failed(running.map((attempt) => attempt.job.trial));
    for (const attempt of running) {
      const culprit = closing ? 'other' : culpritOf(attempt, running);
      attempt.settle({ kind: 'lost', cause: attempt.blame ?? cause, culprit });
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
    for (const attempt of this.#attempts) attempt.settle({ kind: 'lost', cause, culprit: 'other' });
  }
}

/** Whom `attempt`, one of those `running` in a process that ended, was lost to. */
function culpritOf(attempt: LocalAttempt, running: readonly LocalAttempt[]): LostOutcome['culprit'] {
  // How a job ends that was asked to stop says nothing of how it would have gone on.
  if (attempt.isStopping) return 'other';
  if (attempt.blame !== undefined || running.length === 1) return 'trial';
  return running.some(({ blame }) => blame !== undefined) ? 'other' : 'unknown';
}
