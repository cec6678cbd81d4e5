import type { Likelihood } from '../likelihood.ts';
import { bernoulli } from './bernoulli.ts';
import { continuousBernoulli } from './continuous-bernoulli.ts';
import { negativeBinomial, poisson } from './counts.ts';
import { discretizedLogistic } from './discretized-logistic.ts';
import { gaussian, gaussianLearned, gaussianOptimal } from './gaussian.ts';

/** The first is the default. */
export const LIKELIHOODS: readonly Likelihood[] = [
  bernoulli,
  continuousBernoulli,
  gaussian,
  gaussianLearned,
  gaussianOptimal,
  discretizedLogistic,
  poisson,
  negativeBinomial,
];

/** What the likelihood of this name shares a scale with: values of two families are never compared. */
export function likelihoodFamily(name: string, among = LIKELIHOODS): string {
  return among.find((one) => one.name === name)?.family ?? name;
}
