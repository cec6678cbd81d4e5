/** The one model of what training costs: how long a plan would take and how much it would write, and how long a run still takes. */
import { definitionOf } from '../../data/definition-of.ts';
import type { DatasetDefinition } from '../../data/definition.ts';
import { splitSizes } from '../../data/split-sizes.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { ModelShape } from '../../model/architecture.ts';
import { mayGoOn } from '../../model/longer-training.ts';
import { forwardMacs, modelShape, weightCount } from '../../model/model.ts';
import { valueOf } from '../../model/parameter.ts';
import { architecture } from '../../model/parameters.ts';
import type { TrialConfig } from '../../trial/trial.ts';

export interface TimeEstimate {
  readonly lowSeconds: number;
  readonly highSeconds: number;
  /** Completed trials that it is drawn from; 0 where the speed of some architecture had to be assumed. */
  readonly measuredTrials: number;
}

/** What one core of a recent machine computes when it trains these models, and what each step costs besides. */
export const ASSUMED_GFLOPS = 50;
const STEP_OVERHEAD_SECONDS = 0.5e-3;

/** Of a run, before the first trial trains and after the last; of a trial, beside its epochs. Measured with trials of one image. */
const START_SECONDS = { low: 1.5, high: 4 };
const TRIAL_SECONDS = 0.04;

/** Ratios of the true time to the estimated one: from past trials on this machine, and without any. */
const MEASURED_RANGE = { low: 0.8, high: 1.3 };
const ASSUMED_RANGE = { low: 0.4, high: 4 };
/** The same while a run goes on: where epochs of the same size were trained in it, and where only other architectures were. */
const SAME_SIZE_RANGE = { low: 0.9, high: 1.15 };
const OTHER_ARCHITECTURE_RANGE = { low: 0.3, high: 2 };

/** Reconstructions and samples of one trial. */
const PICTURE_BYTES = 60_000;
const METRIC_ROW_BYTES = 50;
const METRICS_PER_EPOCH = 10;
/** A checkpoint holds weights, two moments and the best weights. */
const CHECKPOINT_COPIES = 4;

/** Seconds of one epoch at the assumed speed: forward and backward (three forwards) on training, forward on validation images. */
export function assumedSecondsPerEpoch(config: TrialConfig, data: DatasetDefinition): number {
  const { training, validation } = splitSizes(data, config.dataset);
  const { batchSize } = config.train;
  const flops = 2 * forwardMacs(modelOf(config, data)) * (3 * training + validation);
  const steps = Math.ceil(training / batchSize) + Math.ceil(validation / batchSize);
  return flops / (ASSUMED_GFLOPS * 1e9) + steps * STEP_OVERHEAD_SECONDS;
}

function modelOf({ parameters, dataset, ownLikelihood }: TrialConfig, data: DatasetDefinition): ModelShape {
  return modelShape(parameters, data, dataset.labels, ownLikelihood);
}

/** The seeds of a configuration share it, and a live view asks five times a second. */
const assumed = new WeakMap<TrialConfig, number>();

function assumedSeconds(config: TrialConfig): number {
  const known = assumed.get(config) ?? assumedSecondsPerEpoch(config, definitionOf(config.dataset));
  assumed.set(config, known);
  return known;
}

/** Epochs that were trained, the seconds they took, and those they would have taken at the assumed speed. */
interface Measured {
  readonly trials: number;
  readonly epochs: number;
  readonly seconds: number;
  readonly assumedSeconds: number;
  /** The epochs and seconds of each size, known by its assumed seconds an epoch. */
  readonly bySize: ReadonlyMap<number, { readonly epochs: number; readonly seconds: number }>;
}

/**
 * What is known of this machine, for each architecture: how much slower or faster than assumed it is, by the size of model
 * and data, and over all sizes.
 */
export type Speeds = ReadonlyMap<string, Measured>;

export type TimedTrial = Pick<TrialRecord, 'config' | 'epochs' | 'seconds'>;

export function speedsOf(trials: readonly TimedTrial[]): Speeds {
  return trials.reduce<Speeds>(withTrained, new Map());
}

/** The speeds with these epochs of a trial. */
export function withTrained(speeds: Speeds, { config, epochs, seconds }: TimedTrial): Speeds {
  if (epochs === 0 || seconds === 0) return speeds;
  const name = valueOf(config.parameters, architecture);
  const before = speeds.get(name) ?? NOTHING_MEASURED;
  const size = assumedSeconds(config);
  const ofSize = before.bySize.get(size) ?? NOTHING_MEASURED;
  const more = { epochs: ofSize.epochs + epochs, seconds: ofSize.seconds + seconds };
  return new Map(speeds).set(name, {
    trials: before.trials + 1,
    epochs: before.epochs + epochs,
    seconds: before.seconds + seconds,
    assumedSeconds: before.assumedSeconds + epochs * size,
    bySize: new Map(before.bySize).set(size, more),
  });
}

const NOTHING_MEASURED: Measured = { trials: 0, epochs: 0, seconds: 0, assumedSeconds: 0, bySize: new Map() };

/** By trained epochs of the same architecture; undefined without any. */
function secondsPerEpoch(config: TrialConfig, speeds: Speeds): number | undefined {
  const measured = speeds.get(valueOf(config.parameters, architecture));
  return measured && (measured.seconds * assumedSeconds(config)) / measured.assumedSeconds;
}

/** A trial that is not finished. */
export interface OpenTrial {
  readonly config: TrialConfig;
  readonly epochsLeft: number;
  /** It has a slot already, and is not waiting for one. */
  readonly isRunning: boolean;
}

/** Seconds that are left, and between which they will probably lie. */
export interface TimeLeft {
  readonly seconds: number;
  readonly lowSeconds: number;
  readonly highSeconds: number;
}

/**
 * Until all training is done: the trials in this order, those that run first, each on the slot that is free first. An
 * epoch takes what epochs of its size took; else as long as its architecture makes it, and where none of that was trained,
 * as the slowest known one would. Null before the first epoch, and where nothing is left.
 */
export function timeLeft(open: readonly OpenTrial[], speeds: Speeds, atOnce: number): TimeLeft | null {
  if (speeds.size === 0 || atOnce === 0 || open.length === 0) return null;
  const slowest = Math.max(...[...speeds.values()].map((measured) => measured.seconds / measured.assumedSeconds));
  const ordered = [...open.filter(({ isRunning }) => isRunning), ...open.filter(({ isRunning }) => !isRunning)];
  const costs = ordered.map(({ config, epochsLeft }) => {
    const size = assumedSeconds(config);
    const ofSize = speeds.get(valueOf(config.parameters, architecture))?.bySize.get(size);
    if (ofSize !== undefined) return { seconds: (epochsLeft * ofSize.seconds) / ofSize.epochs, range: SAME_SIZE_RANGE };
    const known = secondsPerEpoch(config, speeds);
    const range = known === undefined ? OTHER_ARCHITECTURE_RANGE : MEASURED_RANGE;
    return { seconds: epochsLeft * (known ?? slowest * size), range };
  });
  return {
    seconds: makespan(
      costs.map(({ seconds }) => seconds),
      atOnce,
    ),
    lowSeconds: makespan(
      costs.map(({ seconds, range }) => seconds * range.low),
      atOnce,
    ),
    highSeconds: makespan(
      costs.map(({ seconds, range }) => seconds * range.high),
      atOnce,
    ),
  };
}

/** When the last of these ends, each started in turn where a slot is free first. */
function makespan(durations: readonly number[], slots: number): number {
  const busyUntil = Array<number>(Math.min(slots, Math.max(1, durations.length))).fill(0);
  for (const duration of durations) busyUntil[busyUntil.indexOf(Math.min(...busyUntil))]! += duration;
  return Math.max(...busyUntil);
}

/**
 * Time of a run that trains these configurations, one trial each, on `slots` slots, told from what past trials took. None
 * begins after `mostHours`.
 */
export function estimateTime(
  configs: readonly TrialConfig[],
  {
    past,
    slots,
    mostHours,
  }: {
    readonly past: readonly TrialRecord[];
    readonly slots: number;
    readonly mostHours?: number | null;
  },
): TimeEstimate {
  // A trial taken over from another sweep counts there.
  const speeds = speedsOf(past.filter(({ state, reusedFrom }) => state === 'completed' && reusedFrom === null));
  const total = { low: 0, high: 0 };
  const longest = { low: 0, high: 0 };
  let measuredTrials = configs.length === 0 ? 0 : Infinity;
  for (const config of configs) {
    const measured = secondsPerEpoch(config, speeds);
    const range = measured === undefined ? ASSUMED_RANGE : MEASURED_RANGE;
    const seconds = config.train.epochs * (measured ?? assumedSeconds(config));
    measuredTrials = Math.min(measuredTrials, speeds.get(valueOf(config.parameters, architecture))?.trials ?? 0);
    for (const end of ['low', 'high'] as const) {
      const whole = seconds * range[end] + TRIAL_SECONDS;
      total[end] += whole;
      longest[end] = Math.max(longest[end], whole);
    }
  }
  const limit = mostHours == null ? Infinity : 3600 * mostHours;
  const secondsAt = (end: 'low' | 'high'): number => {
    if (configs.length === 0 || limit === 0) return 0;
    return Math.min(START_SECONDS[end] + Math.max(total[end] / slots, longest[end]), limit + longest[end]);
  };
  return { lowSeconds: secondsAt('low'), highSeconds: secondsAt('high'), measuredTrials };
}

/** Bytes that the trials' results take, and the checkpoints of as many trials as run at a time. */
export function estimateBytes(configs: readonly TrialConfig[], slots: number): number {
  let bytes = 0;
  let largestModel = 0;
  for (const config of configs) {
    const model = 4 * weightCount(modelOf(config, definitionOf(config.dataset)));
    largestModel = Math.max(largestModel, model);
    // One that more epochs can go on from is kept.
    if (mayGoOn(config.parameters)) bytes += CHECKPOINT_COPIES * model;
    bytes += model + PICTURE_BYTES + config.train.epochs * METRICS_PER_EPOCH * METRIC_ROW_BYTES;
  }
  return bytes + Math.min(slots, configs.length) * CHECKPOINT_COPIES * largestModel;
}
