import type { ReportModel } from '../../analysis/report/report-model.ts';
import { describePlaces } from './places-text.ts';
import { shortTradedText } from './traded-text.ts';

/** What the order does not say: the trade between rate and distortion, and what an ELBO at β = 1 prefers. */
export function tradeTexts({ trade, traded, metric, differing, confirmation }: ReportModel): string[] {
  const favour = isAtBetaOne({ metric, differing }) ? [`${metric} ${FAVOURS_BETA_ONE}`] : [];
  // A single confirmed one is left to trade with none, but was chosen among several.
  if (trade === null) return (confirmation?.confirmed ?? 0) > 0 ? favour : [];
  // What several objectives come to says it, too.
  if (traded !== null) return favour;
  const places = describePlaces(trade.optimal.map(({ rank }) => rank));
  const which = trade.optimal.length === trade.of ? `all ${trade.of}` : `${places} of ${trade.of}`;
  const confirmed = (confirmation?.confirmed ?? 0) > 0 ? ' confirmed' : '';
  const aside = trade.leftOut === 0 ? '' : `; ${trade.leftOut} with seeds lost, pruned or open not judged`;
  const front = `Pareto-optimal in rate (KL) and distortion (recon), of means: ${which}${confirmed}${aside}`;
  return [front, ...favour];
}

/** The same at the end of a run, where there is no table and so no place to name. */
export function shortTradeText({ trade, traded, metric, differing, confirmation }: ReportModel): string | undefined {
  if (traded !== null) return shortTradedText({ traded });
  if (trade === null || !isAtBetaOne({ metric, differing })) return undefined;
  const confirmed = (confirmation?.confirmed ?? 0) > 0 ? 'confirmed ' : '';
  const are = trade.optimal.length === 1 ? 'is' : 'are';
  return `${trade.optimal.length} of ${trade.of} ${confirmed}configurations ${are} Pareto-optimal in rate and distortion; ${metric} ${FAVOURS_BETA_ONE}`;
}

/** What follows the name of an ELBO by which trials of several β are ordered. */
export const FAVOURS_BETA_ONE = 'is taken at β = 1, so it favours training near β = 1 by construction';

/** Trials of several β are ordered by the bound of one. */
function isAtBetaOne({ metric, differing }: Pick<ReportModel, 'metric' | 'differing'>): boolean {
  return metric.endsWith('/elbo') && differing.includes('beta');
}
