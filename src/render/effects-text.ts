/** The words of `sweep effects`. */
import type { Effects, LevelEffect, ParameterEffect, Share } from '../analysis/effects/effects.ts';
import { describeFilter } from '../analysis/filter.ts';
import { quantityOf } from '../metrics/index.ts';
import { count, formatNumber, tally } from '../text/format-number.ts';
import { formatValue } from '../text/format-value.ts';
import { plain } from '../text/printable.ts';

/** Below this share a parameter hardly matters; from this lower end of its interval on it surely does. */
const HARDLY = 0.05;
/** A value that lost this part of its trials is told. */
const MANY_LOST = 0.25;

export function effectsTitle({ sweep, where, metric, goal, trials }: Effects): string {
  const scope = where === null ? sweep : `${sweep} where ${describeFilter(where)}`;
  const { unit } = quantityOf(metric);
  const better = goal === null ? 'no better end' : goal === 'maximize' ? 'more is better' : 'less is better';
  const lost = trials.lost === 0 ? '' : `, ${trials.lost} lost`;
  const about = [unit, better].filter((part) => part !== '').join(', ');
  return `${plain(scope)} · what moves ${metric} (${about}) · ${trials.completed}/${trials.total} trials completed${lost}`;
}

/** What to take from the table, the most important first. */
export function effectsSentences(effects: Effects): string[] {
  const { parameters, method, metric } = effects;
  if (parameters.length === 0) return ['No parameter differs between the trials here.'];
  return [
    ...(method === 'none' ? [tooFew(effects)] : [ranking(effects)]),
    ...interaction(effects),
    ...losses(parameters),
    ...(metric.endsWith('/elbo') && parameters.some((one) => one.parameters.includes('beta'))
      ? [
          'ELBO is at β = 1 whatever β trained, so training near β = 1 is favoured by construction: look at recon and KL, too.',
        ]
      : []),
    ...parameters
      .filter((one) => one.parameters.length > 1)
      .map((one) => `${one.parameters.join(' and ')} advance together: their effects can't be told apart.`),
  ];
}

/** Beside a parameter's name: `44 % (36 to 51)`. */
export function shareText(share: Share | null): string {
  if (share === null) return '';
  const { low, high } = share;
  const range = low === null || high === null ? '' : ` (${percent(low)} to ${percent(high)})`;
  return `${percent(share.share)} %${range}`;
}

export function nameOf({ parameters, within }: ParameterEffect): string {
  const where = within === null ? '' : ` (${describeWithin(within)})`;
  return `${parameters.join(' + ')}${where}`;
}

export function valueText({ value, bin }: LevelEffect): string {
  return bin === null ? formatValue(value) : plain(String(value));
}

/** How the numbers came about, in the terms of a table with its columns or of a chart with bars and whiskers. */
export function effectsNotes(effects: Effects, form: 'table' | 'chart' = 'table'): string[] {
  const { method, configurations, metric, seeds, rest, seedDeviation, foretold, trials } = effects;
  const { label, decimals } = quantityOf(metric);
  const told: string[] = [];
  const [share, interval] = form === 'table' ? ['%:', '(…): 95 % interval'] : ['shares are', '95 % intervals'];
  if (method !== 'none') {
    const others = [
      seeds === null ? undefined : `${percent(seeds)} % between seeds`,
      `${percent(rest ?? 0)} % ${seeds === null ? 'interactions and chance' : 'interactions and the rest'}`,
    ].filter((part) => part !== undefined);
    told.push(
      `${share} of the variance of one trial's ${label}, every value (of a range, every part) equally likely; besides: ${others.join(', ')}`,
    );
    told.push(
      method === 'grid'
        ? `exact for this full grid of ${count(configurations, 'configuration')}; ` +
            (seeds === null
              ? 'one seed each, so other seeds may move the shares by an amount that nothing here tells'
              : `${interval}, by the noise between seeds`)
        : `functional ANOVA on ${method === 'forest' ? 'a random forest' : 'polynomials'} fitted to ${count(configurations, 'configuration')}; ` +
            `each is foretold from the others with R² ${formatNumber(foretold ?? 0, 2)}; ${interval}` +
            (method === 'forest' ? ', by parts of the forest' : ''),
    );
  }
  if (seedDeviation !== null) {
    told.push(
      `one seed differs from another of its configuration by ${formatNumber(seedDeviation, decimals)} (standard deviation)`,
    );
  }
  if (form === 'chart') return told;
  told.push('mean, recon, KL: over configurations, each by the mean of its seeds; spread: their standard deviation');
  if (trials.lost > 0) told.push('means are of trials that completed, and say nothing of those that were lost');
  return told;
}

function percent(share: number): string {
  const value = 100 * share;
  return value > 0 && value < 0.5 ? '< 1' : formatNumber(value, 0);
}

function describeWithin(within: ParameterEffect['within']): string {
  const terms = Object.entries(within ?? {}).map(([name, value]) => `${name}=${formatValue(value)}`);
  return terms.length === 0 ? 'where used' : terms.join(' ');
}

/** `architecture matters most (44 % of the variance): best at mlp, on average by 57.12 nats of ELBO over conv. Little: beta (3 %).` */
function ranking({ parameters, metric, goal }: Effects): string {
  const { decimals, amount } = quantityOf(metric);
  const told = parameters.filter(({ share, within }) => share !== null && within === null);
  const [first, ...others] = told.filter(({ share }) => share!.share >= HARDLY && (share!.low ?? 1) > 0);
  const small = told.filter((one) => one !== first && !others.includes(one));
  const gapOf = ({ extremes, levels }: ParameterEffect): string => {
    const [best, worst] = [levels[extremes!.best]!, levels[extremes!.worst]!];
    const gap = formatNumber(Math.abs(best.mean! - worst.mean!), decimals);
    return `by ${gap} ${amount} over ${valueText(worst)}`;
  };
  const end = (one: ParameterEffect): string => {
    const { extremes, levels, tied } = one;
    if (extremes === null || goal === null) return '';
    // All of them would be no best at all.
    const alike = tied.map((position) => valueText(levels[position]!)).join(', ');
    const doubt = alike === '' ? '' : ` (${alike} can't be told from it)`;
    return `: best at ${valueText(levels[extremes.best]!)}${doubt}, on average ${gapOf(one)}`;
  };
  // A small share of the variance may yet be a difference that is sure, where another parameter moves far more.
  const little = small.map((one) => {
    const { extremes, levels, tied } = one;
    const isSure = extremes !== null && goal !== null && !tied.includes(extremes.worst) && one.share!.low !== null;
    return `${nameOf(one)} (${percent(one.share!.share)} %${isSure ? `, ${valueText(levels[extremes.best]!)} ${gapOf(one)}` : ''})`;
  });
  const hardly = little.length === 0 ? '' : ` Little: ${little.join('; ')}.`;
  if (first === undefined) return `No parameter is told from chance here.${hardly}`;
  const then = others.map((one) => `${nameOf(one)} (${percent(one.share!.share)} %)${end(one)}`);
  return (
    `${nameOf(first)} matters most (${percent(first.share!.share)} % of the variance)${end(first)}.` +
    (then.length === 0 ? '' : ` Then ${then.join('; ')}.`) +
    hardly
  );
}

function tooFew({ configurations, parameters }: Effects): string {
  return (
    `${count(configurations, 'configuration')} with a result ${configurations === 1 ? 'is' : 'are'} too few to tell ` +
    `what share each of ${count(parameters.length, 'parameter')} has; the means below are what there is.`
  );
}

function interaction({ interaction: found }: Effects): string[] {
  if (found === null || (found.share.low ?? found.share.share) < 0.01) return [];
  const { parameters, share, turn } = found;
  const turned =
    turn === null
      ? ''
      : `: the best ${turn.of} is ${formatted(turn.best[0])} at ${parameters[0]} ${formatted(turn.values[0])}, and ` +
        `${formatted(turn.best[1])} at ${formatted(turn.values[1])}`;
  return [`Together, ${parameters.join(' and ')} make another ${percent(share.share)} %${turned}.`];
}

function formatted(value: unknown): string {
  return typeof value === 'string' ? plain(value) : formatValue(value);
}

/** The parameter whose values differ most in how many trials they lost, with those values. */
function losses(parameters: readonly ParameterEffect[]): string[] {
  const rate = ({ lost, completed }: LevelEffect): number => {
    const ended = completed + lost.diverged + lost.failed;
    return ended === 0 ? 0 : (lost.diverged + lost.failed) / ended;
  };
  const [worst] = parameters
    .map((one) => {
      const rates = one.levels.map(rate);
      return { one, range: Math.max(...rates) - Math.min(...rates) };
    })
    .toSorted((a, b) => b.range - a.range);
  const many = worst?.one.levels.filter((level) => rate(level) >= MANY_LOST) ?? [];
  if (worst === undefined || many.length === 0 || worst.range === 0) return [];
  const told = many.map((level) => {
    const { diverged, failed } = level.lost;
    const ended = level.completed + diverged + failed;
    return `${tally({ diverged, failed }).join(' and ')} of ${ended} at ${valueText(level)}`;
  });
  return [`Lost, most by ${nameOf(worst.one)}: ${told.join('; ')}.`];
}
