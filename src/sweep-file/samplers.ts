import type { Named } from '../model/named.ts';
import type { Parameters } from '../model/parameter.ts';
import { randomConfigurations } from './random-search.ts';
import type { Shortage } from './draw.ts';
import { sobolConfigurations } from './sobol-search.ts';
import type { SweepSpec } from './spec.ts';

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

export const SAMPLER_NAMES: readonly SamplerName[] = SAMPLERS.map(({ name }) => name);

/** All of them, in a sentence. */
export const DRAWING_SEARCH = `${SAMPLER_NAMES.join(' or ')} search`;

export function samplerOf(name: SamplerName): Sampler {
  return SAMPLERS.find((sampler) => sampler.name === name)!;
}
