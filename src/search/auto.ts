import type { Dimension } from './space.ts';

export type LearnerName = 'tpe' | 'bayes';

/** Above this, the cube of the results makes a Gaussian process dear, and its lead is small. */
const MAX_BAYES = 300;
/** As many columns, a category counting as one a value, a few hundred results can tell apart. */
const MAX_COLUMNS = 40;

/** What `auto` stands for, and why: said to the user. */
export function chooseLearner(
  dimensions: readonly Dimension[],
  proposals: number,
): { readonly sampler: LearnerName; readonly because: string } {
  const columns = dimensions.reduce((sum, dimension) => sum + (dimension.kind === 'ordered' ? 1 : dimension.count), 0);
  if (proposals > MAX_BAYES)
    return { sampler: 'tpe', because: `with more than ${MAX_BAYES} configurations it is as good, and far quicker` };
  if (columns > MAX_COLUMNS)
    return { sampler: 'tpe', because: `${columns} columns are too many for bayes, which knows up to ${MAX_COLUMNS}` };
  return { sampler: 'bayes', because: `it needs the fewest trials up to ${MAX_BAYES} configurations` };
}
