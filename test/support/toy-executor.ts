import { valueOf } from '../../src/model/parameter.ts';
import { beta } from '../../src/model/parameters.ts';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Attempt, DeviceStatus, Executor } from '../../src/executor/executor.ts';
import type { TrialEvent } from '../../src/trial/event.ts';
import type { TrialJob } from '../../src/trial/job.ts';
import type { StopReason, TrialOutcome } from '../../src/trial/outcome.ts';
import { TRIAL_FILES } from '../../src/files/trial-files.ts';
import type { EpochRecord } from '../../src/trial/trial.ts';
import { encodeTensors } from '../../src/training/safetensors.ts';
import { toyEpoch, toySummary } from './toy-sweep.ts';

/** Epochs by trial folder: what checkpoints would hold. It outlives executors, as a disk does. */
export type ToyDisk = Map<string, readonly EpochRecord[]>;

/** How a job ends instead of completing, once `epochs` epochs are done. */
export interface Fate {
  readonly epochs: number;
  readonly outcome: TrialOutcome;
}

export interface ToyOptions {
  /** Slots by device label. */
  readonly devices?: Readonly<Record<string, number>>;
  /** Of devices that have one. */
  readonly classes?: Readonly<Record<string, string>>;
  readonly disk?: ToyDisk;
  readonly fate?: (job: TrialJob) => Fate | undefined;
}

/** An executor whose jobs advance only when a test steps them: every interleaving can be played, and played again. */
export class ToyExecutor implements Executor {
  onCapacityChange: (() => void) | undefined;
  /** Jobs in flight, oldest first. */
  readonly flights: ToyFlight[] = [];
  /** Every epoch that was trained and saved, `folder epoch`, in order. */
  readonly trained: string[] = [];
  /** Every job ever given, in order. */
  readonly jobs: TrialJob[] = [];
  disposed = false;
  readonly #devices: { label: string; slots: number; healthy: boolean; deviceClass?: string }[];
  readonly #disk: ToyDisk;
  readonly #fate: (job: TrialJob) => Fate | undefined;

  constructor({ devices = { cpu: 2 }, classes = {}, disk = new Map(), fate = () => undefined }: ToyOptions = {}) {
    this.#devices = Object.entries(devices).map(([label, slots]) => {
      const deviceClass = classes[label];
      return { label, slots, healthy: true, ...(deviceClass !== undefined && { deviceClass }) };
    });
    this.#disk = disk;
    this.#fate = fate;
  }

  get capacity(): number {
    return this.#devices.reduce((sum, { slots, healthy }) => sum + (healthy ? slots : 0), 0);
  }

  get devices(): readonly DeviceStatus[] {
    return this.#devices.map((device) => ({ ...device, busy: this.#busy(device.label), pid: null }));
  }

  run(job: TrialJob, onEvent: (event: TrialEvent) => void, label?: string): Attempt {
    if (this.flights.length >= this.capacity) throw new Error('the toy executor was given more jobs than it has slots');
    const open = this.devices.filter((device) => device.healthy && device.label === (label ?? device.label));
    const [device] = open.sort((a, b) => a.busy / a.slots - b.busy / b.slots);
    const fate = this.#fate(job);
    if (fate?.outcome.kind === 'declined') return { outcome: Promise.resolve(fate.outcome), stop: () => undefined };
    const flight = new ToyFlight(job, device!.label, onEvent, this.#disk, this.trained, fate, () => {
      const index = this.flights.indexOf(flight);
      if (index >= 0) this.flights.splice(index, 1);
    });
    this.jobs.push(job);
    this.flights.push(flight);
    onEvent({ type: 'placed', device: device!.label });
    return flight;
  }

  /** The device breaks for good: its jobs are lost and its slots are gone. */
  breakDevice(label: string): void {
    this.#devices.find((device) => device.label === label)!.healthy = false;
    for (const flight of this.flights.filter(({ device }) => device === label)) {
      flight.finish({ kind: 'lost', cause: `${label} is gone`, culprit: 'other' });
    }
    this.onCapacityChange?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }

  #busy(label: string): number {
    return this.flights.filter(({ device }) => device === label).length;
  }
}

export class ToyFlight implements Attempt {
  readonly job: TrialJob;
  readonly device: string;
  readonly outcome: Promise<TrialOutcome>;
  stopReason: StopReason | undefined;
  readonly #emit: (event: TrialEvent) => void;
  readonly #disk: ToyDisk;
  readonly #trained: string[];
  readonly #fate: Fate | undefined;
  readonly #settle: (outcome: TrialOutcome) => void;
  readonly #leave: () => void;
  #started = false;

  constructor(
    job: TrialJob,
    device: string,
    emit: (event: TrialEvent) => void,
    disk: ToyDisk,
    trained: string[],
    fate: Fate | undefined,
    leave: () => void,
  ) {
    const { promise, resolve } = Promise.withResolvers<TrialOutcome>();
    this.job = job;
    this.device = device;
    this.outcome = promise;
    this.#settle = resolve;
    this.#emit = emit;
    this.#disk = disk;
    this.#trained = trained;
    this.#fate = fate;
    this.#leave = leave;
  }

  stop(reason: StopReason): void {
    this.stopReason = reason;
  }

  /** Epochs until the job ends, as it was told or as fate has it. */
  get epochsLeft(): number {
    return Math.min(this.#fate?.epochs ?? Infinity, this.job.config.train.epochs) - this.#checkpoint.length;
  }

  /** One step of the job: its first event, one epoch, or its end. */
  step(): void {
    const epochs = this.#checkpoint;
    if (this.job.kind === 'test') {
      this.finish(this.#fate?.outcome ?? { kind: 'tested', metrics: toyTestMetrics(this.job) });
    } else if (!this.#started) {
      this.#started = true;
      this.#emit({
        type: 'started',
        engine: { engine: 'compiled', provider: 'cpu' },
        bitClass: 'toy',
        history: epochs,
      });
    } else if (this.stopReason !== undefined) {
      this.finish({ kind: 'stopped', reason: this.stopReason });
    } else if (epochs.length >= (this.job.pauseAt ?? Infinity)) {
      this.finish({ kind: 'stopped', reason: 'paused' });
    } else if (this.epochsLeft > 0) {
      this.#emit({ type: 'progress', epoch: epochs.length + 1, fraction: 0.5, imagesPerSecond: 1000 });
      this.#emit({ type: 'epoch', record: this.saveEpoch() });
    } else {
      const outcome = this.#fate?.outcome ?? { kind: 'completed', summary: toySummary(epochs) };
      if (outcome.kind === 'completed') writeWeights(this.job.directory);
      this.finish(outcome);
    }
  }

  /** Does an epoch and writes its checkpoint, without a word to the coordinator. */
  saveEpoch(): EpochRecord {
    const record = toyEpoch(this.job, this.#checkpoint.length + 1);
    this.#disk.set(this.job.directory, [...this.#checkpoint, record]);
    this.#trained.push(`${this.job.directory} ${record.epoch}`);
    return record;
  }

  emit(event: TrialEvent): void {
    this.#emit(event);
  }

  finish(outcome: TrialOutcome): void {
    this.#leave();
    this.#settle(outcome);
  }

  get #checkpoint(): readonly EpochRecord[] {
    return this.#disk.get(this.job.directory) ?? [];
  }
}

/** A file of weights, where the sweep has a folder. */
export function writeWeights(directory: string): void {
  if (!existsSync(path.dirname(directory))) return;
  mkdirSync(directory, { recursive: true });
  const tensors = { weight: { shape: [1], values: Float32Array.of(1) } };
  writeFileSync(
    path.join(directory, TRIAL_FILES.weights),
    Buffer.concat(encodeTensors({ metadata: {}, tensors }, 'crc32')),
  );
}

export function toyTestMetrics({ seed, config }: Pick<TrialJob, 'seed' | 'config'>): Record<string, number> {
  return {
    'test/elbo': -100 - valueOf(config.parameters, beta) - seed,
    'test/reconstruction': 90,
    'test/kl': 10 + seed,
  };
}
