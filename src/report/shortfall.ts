import { formatNumber } from '../format-number.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { metricInfo } from './metric.ts';

/** An ELBO below what a decoder reaches that shows the same image for every code (see `constantElbo`). */
export interface Shortfall {
  readonly metric: 'val/elbo' | 'test/elbo';
  readonly elbo: number;
  /** What a constant image has on the same images. */
  readonly constant: number;
}

/** Finite figures are no success by themselves. Undefined where the trial does better, or nobody looked. */
export function shortfallOf(metrics: Readonly<Record<string, number>>): Shortfall | undefined {
  for (const split of ['val', 'test'] as const) {
    const [elbo, constant] = [metrics[`${split}/elbo`], metrics[`${split}/constant_elbo`]];
    if (elbo !== undefined && constant !== undefined && elbo < constant) {
      return { metric: `${split}/elbo`, elbo, constant };
    }
  }
  return undefined;
}

/** Below this share of the constant image's nats a trial has hardly learnt yet; beyond, something went wrong. */
const SLIGHT = 0.1;

export function isSlight({ elbo, constant }: Shortfall): boolean {
  return constant - elbo <= SLIGHT * Math.abs(constant);
}

/** `val/elbo -3.23e10, a constant image has -206.60`. */
export function describeShortfall({ metric, elbo, constant }: Shortfall): string {
  const { decimals } = metricInfo(metric);
  return `${metric} ${formatNumber(elbo, decimals)}, a constant image has ${formatNumber(constant, decimals)}`;
}

/** What usually helps. */
export function shortfallAdvice(shortfall: Shortfall): string {
  return isSlight(shortfall)
    ? 'usually it needs more epochs, or a smaller beta'
    : 'usually the learning_rate is too large: try a third of it, or clip_norm: 1';
}

/** `best epoch 3 of 25, at the last val/elbo -9.20e34, a constant image has -206.60`; undefined where the end was no worse. */
export function explosionOf({ metrics, lastElbo, bestEpoch, epochs }: TrialRecord): string | undefined {
  if (lastElbo === null || bestEpoch === null || bestEpoch === epochs || shortfallOf(metrics) !== undefined) {
    return undefined;
  }
  const last = shortfallOf({ ...metrics, 'val/elbo': lastElbo });
  if (last?.metric !== 'val/elbo' || isSlight(last)) return undefined;
  return `best epoch ${bestEpoch} of ${epochs}, at the last ${describeShortfall(last)}`;
}

/** What a completed trial's figures say against it. */
export function verdictsOn(trial: TrialRecord): string[] {
  const shortfall = trial.state === 'completed' ? shortfallOf(trial.metrics) : undefined;
  const explosion = trial.state === 'completed' ? explosionOf(trial) : undefined;
  return [
    ...(shortfall === undefined
      ? []
      : [`worse than a constant image: ${describeShortfall(shortfall)}; ${shortfallAdvice(shortfall)}`]),
    ...(explosion === undefined ? [] : [`exploded after the best epoch: ${explosion}`]),
  ];
}
