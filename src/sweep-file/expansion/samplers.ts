import type { Named } from '../../model/named.ts';
import type { Parameters } from '../../model/parameter.ts';
import { randomConfigurations } from './random-search.ts';
import type { Shortage } from './draw.ts';
import { sobolConfigurations } from './sobol-search.ts';
import type { SweepSpec } from '../spec.ts';

/** A way to draw configurations: always the same ones of a spec, and with more `trials` more of them. */
interface Sampler extends Named {
  readonly description: string;
  draw(spec: SweepSpec, trials: number, searchSeed: number): Generator<Parameters, Shortage | null>;
}

/** Every search that draws. A grid, which doesn't, is the default. */
export const SAMPLERS = [
  { name: 'random', description: '`trials` configurations drawn at random', draw: randomConfigurations },
  {
    name: 'sobol',
    description: '`trials` configurations spread evenly (a Sobol sequence), best a power of two of them',
    aliases: ['qmc', 'qmcsampler', 'quasi_random', 'quasirandom'],
    draw: sobolConfigurations,
  },
] as const satisfies readonly Sampler[];

export type SamplerName = (typeof SAMPLERS)[number]['name'];

/** Every search that learns from results: learned-search.ts proposes by them. */
export const LEARNERS = [
  {
    name: 'auto',
    description: '`trials` configurations, each chosen by the results so far; says by which way it chooses',
    aliases: ['adaptive', 'autosampler', 'automatic'],
  },
  {
    name: 'bayes',
    description: 'the same by a Gaussian process, which needs the fewest trials, up to a few hundred of them',
    aliases: ['bayesian', 'bayesopt', 'bo', 'gp', 'gpsampler', 'gaussian_process'],
  },
  {
    name: 'tpe',
    description: 'the same by Parzen estimators, for any number of trials and parameters',
    aliases: ['tpesampler', 'optuna', 'hyperopt', 'parzen'],
  },
] as const satisfies readonly (Named & { readonly description: string })[];

export type LearnerName = (typeof LEARNERS)[number]['name'];

export const LEARNER_NAMES: readonly LearnerName[] = LEARNERS.map(({ name }) => name);

export const SAMPLER_NAMES: readonly SamplerName[] = SAMPLERS.map(({ name }) => name);

/** All but a grid, in a sentence: what takes `trials`. */
export const DRAWING_SEARCH = `${[...SAMPLER_NAMES, ...LEARNER_NAMES].join(', ').replace(/, (\w+)$/, ' or $1')} search`;
/** Those that learn, in a sentence: what takes `lookahead`. */
export const LEARNING_SEARCH = `${LEARNER_NAMES.join(', ').replace(/, (\w+)$/, ' or $1')} search`;

export function samplerOf(name: SamplerName): Sampler {
  return SAMPLERS.find((sampler) => sampler.name === name)!;
}
