import type { ConfigurationSummary, ReportModel } from '../../analysis/report/report-model.ts';
import { quantityOf } from '../../metrics/index.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import { formatInterval } from '../format.ts';
import { tradedHeadline } from './traded-text.ts';

/**
 * The answer in one sentence: `architecture mlp, beta 1 leads with −52.74 ± 5.88 nats of ELBO; 3 of 9 others are tied with
 * it.` It wins only where every other configuration is told from it.
 */
export function headline(model: ReportModel): string {
  const ranked = rankedHeadline(model);
  return model.traded === null ? ranked : `${tradedHeadline(model.traded)} By ${model.metric}: ${ranked}`;
}

/** Those that aren't shown count, too. */
function rankedHeadline({
  configurations,
  omitted,
  standings,
  differing,
  metric,
  goal,
  trials,
  confirmation,
}: ReportModel): string {
  const ranked = configurations.filter(({ rank }) => rank !== null);
  const [first] = ranked;
  if (first === undefined) return trials.total === 0 ? 'No trials.' : `No completed trial has ${metric} yet.`;
  const value = `${formatInterval(first.metrics[metric]!, quantityOf(metric).decimals)} ${quantityOf(metric).amount}`;
  if (goal === null) {
    return `${count(ranked.length + omitted, 'configuration')} by ${metric}, which has no better end: the largest is ${value}.`;
  }
  const name = describe(first, differing);
  const named = sentence(name === '' ? 'the one configuration' : name);
  if (first.standing === 'screened') return `${named} leads the screening with ${value}; nothing is confirmed yet.`;
  const { worse = 0, tied = 0, unclear = 0, lost = 0 } = standings;
  const others = worse + tied + unclear + lost - Number(first.standing === 'lost');
  if (name === '' || others === 0) return `${named} reaches ${value}.`;
  if (first.standing === 'lost') return `${named} leads with ${value}, but every configuration lost seeds.`;
  if (tied + unclear === 0) return `${named} wins with ${value}${lostClause(lost)}.`;
  const [rival, rivals] =
    confirmation === null ? ['the other', 'others'] : ['the other confirmed one', 'other confirmed ones'];
  const of = others === 1 ? rival : `${formatCount(tied === 0 ? unclear : tied)} of ${formatCount(others)} ${rivals}`;
  const verb = others === 1 || (tied || unclear) === 1 ? 'is' : 'are';
  const rest =
    tied === 0
      ? `${of} can't be told from it yet`
      : `${of} ${verb} tied with it${unclear === 0 ? '' : `, ${formatCount(unclear)} can't be told from it yet`}`;
  return `${named} leads with ${value}; ${rest}.`;
}

function lostClause(lost: number): string {
  return lost === 0 ? '' : `; ${count(lost, 'configuration')} lost seeds and can't be compared`;
}

function describe({ params }: ConfigurationSummary, differing: readonly string[]): string {
  return differing
    .filter((name) => Object.hasOwn(params, name))
    .map((name) => `${name} ${formatValue(params[name])}`)
    .join(', ');
}

/** Names stay as the user writes them, so nothing is capitalised but words of ours. */
function sentence(text: string): string {
  return text.startsWith('the ') ? `T${text.slice(1)}` : text;
}
