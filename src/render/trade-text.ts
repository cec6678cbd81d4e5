import type { ReportModel } from '../analysis/report-model.ts';

/** So many places are listed; more would be longer than what they say. */
const LISTED = 8;

/** What the order does not say: the trade between rate and distortion, and what an ELBO at β = 1 prefers. */
export function tradeTexts({ trade, metric, differing }: ReportModel): string[] {
  if (trade === null) return [];
  const places = describePlaces(trade.optimal.map(({ rank }) => rank));
  const which = trade.optimal.length === trade.of ? `all ${trade.of}` : `${places} of ${trade.of}`;
  const aside = trade.leftOut === 0 ? '' : `; ${trade.leftOut} with seeds lost, pruned or open not judged`;
  const front = `Pareto-optimal in rate (KL) and distortion (recon), of means: ${which}${aside}`;
  return [front, ...(isAtBetaOne({ metric, differing }) ? [`${metric} ${FAVOURS_BETA_ONE}`] : [])];
}

/** The same at the end of a run, where there is no table and so no place to name. */
export function shortTradeText({ trade, metric, differing }: ReportModel): string | undefined {
  if (trade === null || !isAtBetaOne({ metric, differing })) return undefined;
  return `${trade.optimal.length} of ${trade.of} configurations are Pareto-optimal in rate and distortion; ${metric} ${FAVOURS_BETA_ONE}`;
}

/** What follows the name of an ELBO by which trials of several β are ordered. */
export const FAVOURS_BETA_ONE = 'is taken at β = 1, so it favours training near β = 1 by construction';

/** Trials of several β are ordered by the bound of one. */
function isAtBetaOne({ metric, differing }: Pick<ReportModel, 'metric' | 'differing'>): boolean {
  return metric.endsWith('/elbo') && differing.includes('beta');
}

/** `#1–4, #7`. */
function describePlaces(ranks: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const rank of ranks) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === rank - 1) run[1] = rank;
    else runs.push([rank, rank]);
  }
  const texts = runs.slice(0, LISTED).map(([first, last]) => `#${first}${first === last ? '' : `–${last}`}`);
  return [...texts, ...(runs.length > LISTED ? ['…'] : [])].join(', ');
}
