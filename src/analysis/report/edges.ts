import { distinctValues, type Params } from '../parameters.ts';

/** A number of which the best configuration has the smallest or the largest value that was tried. */
export interface Edge {
  readonly parameter: string;
  readonly value: number;
  readonly end: 'smallest' | 'largest';
}

/**
 * Where a better configuration may lie beyond what was tried, of the parameters that differ. Not where theory says that none
 * does: an ELBO at β = 1 favours training at β = 1 by construction.
 */
export function edgesOf(
  best: Params,
  trials: readonly { readonly params: Params }[],
  differing: readonly string[],
  metric: string,
): Edge[] {
  return differing.flatMap((parameter): Edge[] => {
    const value = best[parameter];
    const tried = distinctValues(trials, parameter).filter((one) => typeof one === 'number');
    if (typeof value !== 'number' || tried.length < 2) return [];
    const isAtOptimum = parameter === 'beta' && value === 1 && metric.endsWith('/elbo');
    if (isAtOptimum || value === 0) return [];
    if (value === Math.max(...tried)) return [{ parameter, value, end: 'largest' }];
    return value === Math.min(...tried) ? [{ parameter, value, end: 'smallest' }] : [];
  });
}
