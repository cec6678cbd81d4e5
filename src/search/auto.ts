import type { Dimension } from './space.ts';

export type SamplerChoice = 'tpe' | 'bayes';

/** From here on a Gaussian process is dear, by the cube of the results, and its lead small. */
const MAX_BAYES = 300;
/** As many columns, a category counting as one a value, a few hundred results can tell apart. */
const MAX_COLUMNS = 40;

/** What `auto` stands for: who proposes at an index, and why, for the user. */
export function chooseSampler(dimensions: readonly Dimension[]): {
  readonly at: (index: number) => SamplerChoice;
  readonly because: string;
} {
  const columns = dimensions.reduce((sum, dimension) => sum + (dimension.kind === 'ordered' ? 1 : dimension.count), 0);
  if (columns > MAX_COLUMNS) {
    return { at: () => 'tpe', because: `tpe, since bayes can't tell ${columns} columns apart` };
  }
  return {
    at: (index) => (index < MAX_BAYES ? 'bayes' : 'tpe'),
    because: `bayes, which needs the fewest trials, for the first ${MAX_BAYES} configurations, and tpe from there`,
  };
}
