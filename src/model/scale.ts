import { isConditional } from './condition.ts';
import { likelihoodFamily } from './likelihoods/index.ts';
import type { OwnLikelihood } from './own-likelihood.ts';
import { valueOf, type Parameters } from './parameter.ts';
import { likelihood } from './parameters.ts';

/** What of a configuration says which model it is. */
export interface Modelled {
  readonly parameters: Parameters;
  readonly ownLikelihood?: OwnLikelihood;
}

/**
 * The scale that a configuration's ELBO is on: values of two scales are never compared. Likelihoods have one with their
 * family. With `condition: label` the ELBO bounds log p(x|label), which knows of x what its label tells: up to the label's
 * entropy, on average, more than log p(x), whatever the model.
 */
export function scaleOf({ parameters, ownLikelihood }: Modelled): string {
  const family = ownLikelihood?.family ?? likelihoodFamily(valueOf(parameters, likelihood));
  return isConditional(parameters) ? `${family} given the label` : family;
}
