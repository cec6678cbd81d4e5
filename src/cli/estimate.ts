/** How long a plan would take and how much it would write, before anything runs. */
import { datasetOf } from '../data/datasets/index.ts';
import type { DatasetDefinition } from '../data/definition.ts';
import { splitSizes } from '../data/split-sizes.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { forwardMacs, modelShape, weightCount } from '../model/model.ts';
import { valueOf } from '../model/parameter.ts';
import { architecture } from '../model/parameters.ts';
import type { TrialConfig } from '../trial/trial.ts';

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
  const flops = 2 * forwardMacs(modelShape(config.parameters, data)) * (3 * training + validation);
  const steps = Math.ceil(training / batchSize) + Math.ceil(validation / batchSize);
  return flops / (ASSUMED_GFLOPS * 1e9) + steps * STEP_OVERHEAD_SECONDS;
}

/**
 * Time of a run that trains these configurations, one trial each, on `slots` slots. Past trials tell, for each architecture, how
 * much slower or faster than assumed this machine is, whatever their size and data set were.
 */
export function estimateTime(
  configs: readonly TrialConfig[],
  { past, slots }: { readonly past: readonly TrialRecord[]; readonly slots: number },
): TimeEstimate {
  const byArchitecture = Map.groupBy(past, ({ config }) => valueOf(config.parameters, architecture));
  const slowdown = new Map([...byArchitecture].map(([name, trials]) => [name, measureSlowdown(trials)]));
  const total = { low: 0, high: 0 };
  const longest = { low: 0, high: 0 };
  let measuredTrials = configs.length === 0 ? 0 : Infinity;
  for (const config of configs) {
    const measured = slowdown.get(valueOf(config.parameters, architecture));
    const range = measured === undefined ? ASSUMED_RANGE : MEASURED_RANGE;
    const seconds =
      assumedSecondsPerEpoch(config, definitionOf(config)) * config.train.epochs * (measured?.factor ?? 1);
    measuredTrials = Math.min(measuredTrials, measured?.trials ?? 0);
    for (const end of ['low', 'high'] as const) {
      const whole = seconds * range[end] + TRIAL_SECONDS;
      total[end] += whole;
      longest[end] = Math.max(longest[end], whole);
    }
  }
  const secondsAt = (end: 'low' | 'high'): number =>
    configs.length === 0 ? 0 : START_SECONDS[end] + Math.max(total[end] / slots, longest[end]);
  return { lowSeconds: secondsAt('low'), highSeconds: secondsAt('high'), measuredTrials };
}

/** Bytes that the trials' results take, and the checkpoints of as many trials as run at a time. */
export function estimateBytes(configs: readonly TrialConfig[], slots: number): number {
  let bytes = 0;
  let largestModel = 0;
  for (const config of configs) {
    const model = 4 * weightCount(modelShape(config.parameters, definitionOf(config)));
    largestModel = Math.max(largestModel, model);
    bytes += model + PICTURE_BYTES + config.train.epochs * METRICS_PER_EPOCH * METRIC_ROW_BYTES;
  }
  return bytes + Math.min(slots, configs.length) * CHECKPOINT_COPIES * largestModel;
}

/** Measured over assumed seconds of completed trials; undefined without any. */
function measureSlowdown(past: readonly TrialRecord[]) {
  let trials = 0;
  let measured = 0;
  let assumed = 0;
  for (const { config, state, epochs, seconds, reusedFrom } of past) {
    // A trial taken over from another sweep counts there.
    if (state !== 'completed' || reusedFrom !== null) continue;
    if (seconds === 0) continue;
    trials++;
    measured += seconds;
    assumed += assumedSecondsPerEpoch(config, definitionOf(config)) * epochs;
  }
  return trials === 0 ? undefined : { trials, factor: measured / assumed };
}

function definitionOf({ dataset }: TrialConfig): DatasetDefinition {
  return datasetOf(dataset.name);
}
