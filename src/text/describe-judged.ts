import { count, formatCount } from './format-number.ts';

/** Where a configuration is judged: a cohort, from 0, which may be one of several brackets, from 1. */
interface Place {
  readonly cohort: number;
  readonly bracket: { readonly place: number; readonly among: number } | null;
}

/** `bracket 2, after epoch 3: 1 of 5 configurations goes on`. */
export function describeJudged(
  rung: Place & { readonly epoch: number; readonly configurations: number; readonly pruned: number },
): string {
  const { epoch, configurations, pruned } = rung;
  const left = configurations - pruned;
  const goOn = left === 1 || configurations === 1 ? 'goes on' : 'go on';
  return `${placeText(rung)}after epoch ${epoch}: ${formatCount(left)} of ${count(configurations, 'configuration')} ${goOn}`;
}

/**
 * `cohort 2, `, from the second on; of several brackets `bracket 2, `. Those of a plan are its first cohorts in their order; of
 * later ones, as a search that learns has them in turn, both are said: `cohort 5 (bracket 2), `.
 */
export function placeText({ cohort, bracket }: Place): string {
  if (bracket === null) return cohort === 0 ? '' : `cohort ${cohort + 1}, `;
  return cohort + 1 === bracket.place
    ? `bracket ${bracket.place}, `
    : `cohort ${cohort + 1} (bracket ${bracket.place}), `;
}
