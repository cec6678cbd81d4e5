/** Keys that other programs' files have, and a spec has not. */
import { SAMPLER_NAMES } from './expansion/samplers.ts';
import { nearest } from './suggest.ts';

/** What to write in place of such a key at the top of a spec; undefined for a key that none of them has. */
export function otherKeyHint(key: string, value: unknown): string | undefined {
  const name = key.toLowerCase().replaceAll('-', '_');
  if (LEFT_OUT.has(name)) return 'no part of a spec; leave it out';
  if (STOPPING.has(name))
    return 'write `prune: { method: halving }`; `patience` in `parameters` ends a trial that gets no better';
  if (SEARCHES.has(name)) {
    if (value === 'grid') return 'write `search: grid`';
    const sampler = typeof value === 'string' ? nearest(value, SAMPLER_NAMES) : undefined;
    return sampler === undefined
      ? 'write `search: random` and `trials: N`, or `search: grid`'
      : `write \`search: ${sampler}\` and \`trials: N\``;
  }
  if (name === 'directions') return 'write `objectives: [val/kl, val/reconstruction]`: each has its own direction';
  if (name === 'direction' || name === 'mode') return objectiveOf('val/elbo', value);
  if (name === 'metric' && typeof value === 'object' && value !== null) {
    const { name: metric, goal } = value as { readonly name?: unknown; readonly goal?: unknown };
    return objectiveOf(metric, goal);
  }
  return undefined;
}

/** W&B, Optuna and its command line, Ray Tune, Hydra. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'program',
  'project',
  'entity',
  'command',
  'description',
  'defaults',
  'hydra',
]);
const STOPPING: ReadonlySet<string> = new Set(['early_terminate', 'early_stopping', 'pruner', 'scheduler']);
const SEARCHES: ReadonlySet<string> = new Set(['method', 'sampler', 'search_alg', 'algorithm', 'strategy']);

function objectiveOf(metric: unknown, goal: unknown): string {
  const name = typeof metric === 'string' && metric.startsWith('val/') ? metric : 'val/elbo';
  const end = typeof goal === 'string' && goal.toLowerCase().startsWith('min') ? 'minimize' : 'maximize';
  return `write \`objective: { metric: ${name}, goal: ${name === 'val/elbo' ? 'maximize' : end} }\``;
}
