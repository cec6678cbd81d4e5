import type { TrialRecord } from '../store/read-model.ts';
import type { Objective } from '../trial/trial.ts';

export type Goal = Objective['goal'];

/** How a report names and judges a metric. */
interface MetricInfo {
  /** Column header beside the ranked metric. */
  readonly label: string;
  /** What one unit of a difference is, in a sentence: "3.1 nats of ELBO". */
  readonly amount: string;
  readonly unit: string;
  /**
   * The one place that knows which end of a metric is better. Null where neither is by itself: a low KL may be a good
   * code or a collapsed one. A spec's objective may set a goal of its own for such a metric.
   */
  readonly goal: Goal | null;
  readonly decimals: number;
}

const nats = (label: string, what: string, goal: Goal | null): MetricInfo => {
  return { label, amount: `nats of ${what}`, unit: 'nats per image', goal, decimals: 2 };
};

const KNOWN: Readonly<Record<string, MetricInfo>> = {
  elbo: { ...nats('elbo', 'ELBO', 'maximize'), unit: 'nats per image at β = 1' },
  reconstruction: nats('recon', 'reconstruction', 'minimize'),
  kl: nats('KL', 'KL', null),
  objective: nats('objective', 'training objective', 'minimize'),
  active_units: { label: 'active', amount: 'active units', unit: 'latent dimensions', goal: null, decimals: 1 },
  constant_elbo: nats('constant', 'a constant image', null),
  seconds: { label: 'seconds', amount: 'seconds', unit: 'seconds', goal: 'minimize', decimals: 1 },
  trainable_weights: { label: 'weights', amount: 'weights', unit: 'weights', goal: null, decimals: 0 },
};

const SPLITS: Readonly<Record<string, string>> = {
  train: 'training images',
  val: 'held out',
  test: 'test images',
};

const FACTS = ['seconds', 'trainable_weights'];

/** Names that a metric may have. */
export const METRICS: readonly string[] = [
  ...Object.keys(SPLITS).flatMap((split) =>
    Object.keys(KNOWN).flatMap((kind) => (FACTS.includes(kind) ? [] : `${split}/${kind}`)),
  ),
  ...FACTS,
];

/** What is known of `val/elbo`, `seconds`, …; a metric nobody described is shown with two decimals. */
export function metricInfo(name: string): MetricInfo {
  const kind = name.slice(name.indexOf('/') + 1);
  return (
    (Object.hasOwn(KNOWN, kind) ? KNOWN[kind] : undefined) ?? {
      label: name,
      amount: name,
      unit: '',
      goal: null,
      decimals: 2,
    }
  );
}

/** Unit, split and epoch of a metric, e.g. "nats per image at β = 1, held out, best epoch". */
export function describeMetric(name: string): string {
  const split = name.includes('/') ? name.slice(0, name.indexOf('/')) : '';
  const images = Object.hasOwn(SPLITS, split) ? SPLITS[split] : undefined;
  return [metricInfo(name).unit, images].filter((part) => part !== undefined && part !== '').join(', ');
}

/** A trial's metric at its best epoch, or one of the two facts that are ranked like metrics: seconds, trainable_weights. */
export function measure(trial: TrialRecord, name: string): number | undefined {
  if (name === 'seconds') return trial.seconds;
  if (name === 'trainable_weights') return trial.trainableWeights ?? undefined;
  return Object.hasOwn(trial.metrics, name) ? trial.metrics[name] : undefined;
}

/** Names of everything `measure` knows about at least one of the trials: metrics in order of appearance, then facts. */
export function measuredNames(trials: readonly TrialRecord[]): string[] {
  const names = new Set(trials.flatMap((trial) => Object.keys(trial.metrics)));
  if (trials.length > 0) names.add('seconds');
  if (trials.some((trial) => trial.trainableWeights !== null)) names.add('trainable_weights');
  return [...names];
}
