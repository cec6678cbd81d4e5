import type { ConfigurationSummary, ReportModel } from '../analysis/report-model.ts';
import { quantityOf } from '../metrics/index.ts';
import { count } from '../text/format-number.ts';
import { formatValue } from '../text/format-value.ts';
import { formatInterval } from './format.ts';
import { tradedHeadline } from './traded-text.ts';

/**
 * The answer in one sentence: `architecture mlp, beta 1 leads with −52.74 ± 5.88 nats of ELBO; 3 of 9 others are tied with
 * it.` It wins only where every other configuration is told from it.
 */
export function headline(model: ReportModel): string {
  const ranked = rankedHeadline(model);
  return model.traded === null ? ranked : `${tradedHeadline(model.traded)} By ${model.metric}: ${ranked}`;
}

function rankedHeadline(model: ReportModel): string {
  const { configurations, differing, metric, goal, trials, confirmation } = model;
  const inOrder = configurations.filter(({ rank }) => rank !== null);
  const ranked = inOrder.filter(({ standing }) => standing !== 'screened');
  const isScreening = ranked.length === 0;
  const [first, ...others] = isScreening ? inOrder : ranked;
  if (first === undefined) return trials.total === 0 ? 'No trials.' : `No completed trial has ${metric} yet.`;
  // Of a screening only what is confirmed is told apart.
  const omitted = confirmation === null ? model.omitted : Math.max(0, confirmation.confirmed - ranked.length);
  const value = `${formatInterval(first.metrics[metric]!, quantityOf(metric).decimals)} ${quantityOf(metric).amount}`;
  if (isScreening && goal !== null) {
    return `${sentence(describe(first, differing) || 'the one configuration')} leads the screening with ${value}; nothing is confirmed yet.`;
  }
  if (goal === null) {
    return `${count(inOrder.length + model.omitted, 'configuration')} by ${metric}, which has no better end: the largest is ${value}.`;
  }
  const name = describe(first, differing);
  if (name === '' || others.length + omitted === 0)
    return `${sentence(name === '' ? 'the one configuration' : name)} reaches ${value}.`;
  if (first.standing === 'lost') return `${sentence(name)} leads with ${value}, but every configuration lost seeds.`;
  const tied = others.filter(({ standing }) => standing === 'tied').length;
  const unclear = others.filter(({ standing }) => standing === 'unclear').length;
  const all = others.length + omitted;
  const rivals = confirmation === null ? 'others' : 'other confirmed ones';
  if (tied + unclear === 0 && omitted === 0) return `${sentence(name)} wins with ${value}${lostClause(others)}.`;
  const of = all === 1 ? 'the other' : `${tied === 0 ? unclear : tied} of ${all} ${rivals}`;
  const verb = all === 1 || (tied || unclear) === 1 ? 'is' : 'are';
  const rest =
    tied === 0
      ? `${of} can't be told from it yet`
      : `${of} ${verb} tied with it${unclear === 0 ? '' : `, ${unclear} can't be told from it yet`}`;
  return `${sentence(name)} leads with ${value}; ${rest}.`;
}

function lostClause(others: readonly ConfigurationSummary[]): string {
  const lost = others.filter(({ standing }) => standing === 'lost').length;
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
