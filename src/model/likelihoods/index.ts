import type { Likelihood } from '../likelihood.ts';
import { bernoulli } from './bernoulli.ts';

/** The first is the default. */
export const LIKELIHOODS: readonly Likelihood[] = [bernoulli];
