import { formatNumber } from '../format-number.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { clippingAdvice } from '../trial/clipping-advice.ts';
import type { TrainSettings } from '../trial/trial.ts';
import { quantityOf } from '../metrics/index.ts';

/** An ELBO below what a decoder reaches that shows the same image for every code (see `constantElbo`). */
export interface Shortfall {
  readonly metric: 'val/elbo' | 'test/elbo';
  readonly elbo: number;
  readonly kl: number;
  /** What a constant image has on the same images. */
  readonly constant: number;
}

/** Finite figures are no success by themselves. Undefined where the trial does better, or nobody looked. */
export function shortfallOf(metrics: Readonly<Record<string, number>>): Shortfall | undefined {
  for (const split of ['val', 'test'] as const) {
    const [elbo, constant] = [metrics[`${split}/elbo`], metrics[`${split}/constant_elbo`]];
    if (elbo !== undefined && constant !== undefined && elbo < constant) {
      return { metric: `${split}/elbo`, elbo, kl: metrics[`${split}/kl`] ?? 0, constant };
    }
  }
  return undefined;
}

/**
 * After a few steps, or under a strong beta, a trial may still be below: it says little in its code and is not far off
 * (an untrained convolution, which starts at an even grey, is the farthest). Anything else went wrong.
 */
export function hasHardlyLearnt({ elbo, kl, constant }: Shortfall): boolean {
  return elbo >= 2 * constant && kl <= 0.1 * Math.abs(constant);
}

/** That a trial went wrong; undefined also where it has only hardly learnt. */
export function failureOf(metrics: Readonly<Record<string, number>>): Shortfall | undefined {
  const shortfall = shortfallOf(metrics);
  return shortfall !== undefined && hasHardlyLearnt(shortfall) ? undefined : shortfall;
}

/** `val/elbo -3.23e10, a constant image has -206.60`. */
export function describeShortfall({ metric, elbo, constant }: Shortfall): string {
  const { decimals } = quantityOf(metric);
  return `${metric} ${formatNumber(elbo, decimals)}, a constant image has ${formatNumber(constant, decimals)}`;
}

/** What usually helps. */
export function shortfallAdvice(shortfall: Shortfall, train: TrainSettings): string {
  if (hasHardlyLearnt(shortfall)) return 'usually more epochs, a smaller beta or another learning_rate help';
  return `usually the learning_rate is too large: try a third of it, or ${clippingAdvice(train)}`;
}

/** `best epoch 3 of 25, at the last val/elbo -9.20e34, a constant image has -206.60`; undefined where it did not fall so low. */
export function describeFall({ state, metrics, lastElbo, bestEpoch, epochs }: TrialRecord): string | undefined {
  if (state !== 'completed' || lastElbo === null || bestEpoch === null || bestEpoch === epochs) return undefined;
  if (shortfallOf(metrics) !== undefined) return undefined;
  const last = shortfallOf({ ...metrics, 'val/elbo': lastElbo });
  return last && `best epoch ${bestEpoch} of ${epochs}, at the last ${describeShortfall(last)}`;
}

export const FALL_ADVICE = 'the best epoch counts; usually a smaller learning_rate gets further';

/** What a completed trial's figures say against it. */
export function verdictsOn(trial: TrialRecord): string[] {
  const shortfall = trial.state === 'completed' ? shortfallOf(trial.metrics) : undefined;
  const fall = describeFall(trial);
  return [
    ...(shortfall === undefined
      ? []
      : [
          `worse than a constant image: ${describeShortfall(shortfall)}; ${shortfallAdvice(shortfall, trial.config.train)}`,
        ]),
    ...(fall === undefined ? [] : [`got worse than a constant image after the best epoch: ${fall}; ${FALL_ADVICE}`]),
  ];
}
