/** What is said of trials that did worse than a constant image. */
import type { TrialDetail } from '../../analysis/trial/show.ts';
import { hasHardlyLearnt, isEarly, optimizerSteps, type Fall, type Shortfall } from '../../analysis/trial/shortfall.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import { count, formatNumber } from '../../text/format-number.ts';
import { describeLostWeights } from '../../analysis/trial/lost-weights.ts';
import { quantityOf } from '../../metrics/index.ts';
import { sampleNoun, type SampleNoun } from '../../text/sample-noun.ts';
import { clippingAdvice } from '../../trial/clipping-advice.ts';

/** `val/elbo -3.23e10, a constant image has -206.60`. */
export function describeShortfall({ metric, elbo, constant }: Shortfall, noun: SampleNoun): string {
  const { decimals } = quantityOf(metric);
  return `${metric} ${formatNumber(elbo, decimals)}, a constant ${noun} has ${formatNumber(constant, decimals)}`;
}

/** What of a trial decides how its failure is told. */
export interface TrainedHow {
  readonly clipNorm: number | null;
  /** See `optimizerSteps`. */
  readonly steps: number | null;
}

export function trainedHow(trial: TrialRecord): TrainedHow {
  return { clipNorm: trial.config.train.clipNorm, steps: optimizerSteps(trial) };
}

/** What usually helps. */
export function shortfallAdvice(shortfall: Shortfall, { clipNorm, steps }: TrainedHow): string {
  if (hasHardlyLearnt(shortfall)) return 'usually more epochs, a smaller beta or another learning_rate help';
  if (isEarly(shortfall, steps)) return `it has had ${count(steps!, 'step')}: usually more epochs help`;
  return `usually the learning_rate is too large: try a third of it, or ${clippingAdvice({ clipNorm })}`;
}

/** `best epoch 3 of 25, at the last val/elbo -9.20e34, a constant image has -206.60`. */
export function describeFall({ bestEpoch, epochs, last }: Fall, noun: SampleNoun): string {
  return `best epoch ${bestEpoch} of ${epochs}, at the last ${describeShortfall(last, noun)}`;
}

export const FALL_ADVICE = 'the best epoch counts; usually a smaller learning_rate gets further';

/** What a trial's figures say against it, and what is gone of it. */
export function trialWarnings(detail: TrialDetail): string[] {
  const { trial, shortfall, fall } = detail;
  const noun = sampleNoun(trial.config.dataset.own);
  return [
    shortfall !== null &&
      `worse than a constant ${noun}: ${describeShortfall(shortfall, noun)}; ${shortfallAdvice(shortfall, trainedHow(trial))}`,
    fall !== null &&
      `got worse than a constant ${noun} after the best epoch: ${describeFall(fall, noun)}; ${FALL_ADVICE}`,
    ...remainingWarnings(detail),
  ].filter((warning) => warning !== false);
}

/** Those of them that no verdict tells. */
export function remainingWarnings({ lostWeights }: TrialDetail): string[] {
  return lostWeights === null ? [] : [`completed, but ${describeLostWeights(lostWeights)}`];
}
