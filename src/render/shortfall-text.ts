/** What is said of trials that did worse than a constant image. */
import type { TrialDetail } from '../analysis/show.ts';
import { hasHardlyLearnt, type Fall, type Shortfall } from '../analysis/shortfall.ts';
import { formatNumber } from '../text/format-number.ts';
import { describeLostWeights } from '../analysis/lost-weights.ts';
import { quantityOf } from '../metrics/index.ts';
import { clippingAdvice } from '../trial/clipping-advice.ts';
import type { TrainSettings } from '../trial/trial.ts';

/** `val/elbo -3.23e10, a constant image has -206.60`. */
export function describeShortfall({ metric, elbo, constant }: Shortfall): string {
  const { decimals } = quantityOf(metric);
  return `${metric} ${formatNumber(elbo, decimals)}, a constant image has ${formatNumber(constant, decimals)}`;
}

/** What usually helps. */
export function shortfallAdvice(shortfall: Shortfall, train: Pick<TrainSettings, 'clipNorm'>): string {
  if (hasHardlyLearnt(shortfall)) return 'usually more epochs, a smaller beta or another learning_rate help';
  return `usually the learning_rate is too large: try a third of it, or ${clippingAdvice(train)}`;
}

/** `best epoch 3 of 25, at the last val/elbo -9.20e34, a constant image has -206.60`. */
export function describeFall({ bestEpoch, epochs, last }: Fall): string {
  return `best epoch ${bestEpoch} of ${epochs}, at the last ${describeShortfall(last)}`;
}

export const FALL_ADVICE = 'the best epoch counts; usually a smaller learning_rate gets further';

/** What a trial's figures say against it, and what is gone of it. */
export function trialWarnings(detail: TrialDetail): string[] {
  const { trial, shortfall, fall } = detail;
  return [
    shortfall !== null &&
      `worse than a constant image: ${describeShortfall(shortfall)}; ${shortfallAdvice(shortfall, trial.config.train)}`,
    fall !== null && `got worse than a constant image after the best epoch: ${describeFall(fall)}; ${FALL_ADVICE}`,
    ...remainingWarnings(detail),
  ].filter((warning) => warning !== false);
}

/** Those of them that no verdict tells. */
export function remainingWarnings({ lostWeights }: TrialDetail): string[] {
  return lostWeights === null ? [] : [`completed, but ${describeLostWeights(lostWeights)}`];
}
