/** The words of `sweep effects`. */
import {
  effectName,
  type Effects,
  type LevelEffect,
  type ParameterEffect,
  type VarianceShare,
} from '../../analysis/effects/effects.ts';
import { PER_FACTOR } from '../../analysis/effects/decompose.ts';
import { HARDLY } from '../../analysis/refine/importance.ts';
import { quantityOf } from '../../metrics/index.ts';
import { count, formatNumber, tally } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import { saidOf } from '../../text/sample-noun.ts';
import { describeScope, selectionNotes } from '../scope-text.ts';

/** From this lower end on two parameters are seen to act together. */
const SEEN = 0.01;
/** A value that lost this part of its trials is told. */
const MANY_LOST = 0.25;

export function effectsTitle(effects: Effects): string {
  const { metric, goal, trials, noun, epoch } = effects;
  const unit = saidOf(noun, quantityOf(metric).unit);
  const better = goal === null ? 'no better end' : goal === 'maximize' ? 'more is better' : 'less is better';
  const lost = trials.lost === 0 ? '' : `, ${trials.lost} diverged or failed`;
  const looked = epoch === null ? 'completed' : `after epoch ${epoch}`;
  const about = [unit, better].filter((part) => part !== '').join(', ');
  return `${describeScope(effects)} · what moves ${metric} (${about}) · ${trials.completed}/${trials.total} trials ${looked}${lost}`;
}

/** What to take from the table, the most important first. */
export function effectsSentences(effects: Effects): string[] {
  const { parameters, method, metric } = effects;
  if (parameters.length === 0) return ['No parameter differs between the trials here.'];
  return [
    ...(method === 'none' ? [tooFew(effects)] : [ranking(effects)]),
    ...interaction(effects),
    ...losses(effects),
    ...(metric.endsWith('/elbo') && parameters.some((one) => one.parameters.includes('beta'))
      ? [
          'ELBO is at β = 1 whatever β trained, so training near β = 1 is favoured by construction: look at recon and KL, too.',
        ]
      : []),
    ...earlySentence(effects),
    ...parameters
      .filter((one) => one.parameters.length > 1)
      .map((one) => `${one.parameters.join(' and ')} advance together: their effects can't be told apart.`),
    ...selectionNotes(effects).map((note) => `But ${note}.`),
  ];
}

/** What an early look can and can't tell. */
function earlySentence({ epoch, trainedOn }: Effects): string[] {
  if (epoch === null) return [];
  return [
    `All are looked at after ${epochText(epoch, trainedOn)}, where the first were pruned: those that were trained on were chosen for how they did, so means over them alone would flatter. What matters so early need not matter as much at the end.`,
  ];
}

/** `epoch 3 of 27`; of trials of several lengths `epoch 3`. */
export function epochText(epoch: number, trainedOn: Effects['trainedOn']): string {
  const planned = trainedOn?.planned_epochs ?? null;
  return `epoch ${epoch}${planned === null ? '' : ` of ${planned}`}`;
}

/** Beside a parameter's name: `44 % (36 to 51)`. */
export function shareText(share: VarianceShare | null): string {
  if (share === null) return '';
  const { low, high } = share;
  const range = low === null || high === null ? '' : ` (${percent(low)} to ${percent(high)})`;
  return `${percent(share.share)} %${range}`;
}

/** How the numbers came about, in the terms of a table with its columns or of a chart with bars and whiskers. */
export function effectsNotes(effects: Effects, form: 'table' | 'chart' = 'table'): string[] {
  const { method, configurations, metric, seeds, rest, seedDeviation, foretold, trials, epoch } = effects;
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
    told.push(`seeds of one configuration scatter by ${formatNumber(seedDeviation, decimals)} (standard deviation)`);
  }
  if (form === 'chart') return told;
  told.push('mean, recon, KL: over configurations, each by the mean of its seeds; spread: their standard deviation');
  if (trials.lost > 0)
    told.push(
      `means are of trials that ${epoch === null ? 'completed' : 'got so far'}, and say nothing of those that were lost`,
    );
  return told;
}

function percent(share: number): string {
  const value = 100 * share;
  return value > 0 && value < 0.5 ? '< 1' : formatNumber(value, 0);
}

/** `architecture matters most (44 % of the variance): best at mlp, on average by 57.12 nats of ELBO over conv. Little: beta (3 %).` */
function ranking({ parameters, metric, goal, untold }: Effects): string {
  const { decimals, amount } = quantityOf(metric);
  const told = parameters.filter(({ share, within }) => share !== null && within === null);
  const [first, ...others] = told.filter(({ share }) => share!.share >= HARDLY && (share!.low ?? 1) > 0);
  const rest = told.filter((one) => one !== first && !others.includes(one));
  const small = rest.filter(({ share }) => share!.share < HARDLY);
  const doubtful = rest.filter((one) => !small.includes(one));
  const gapOf = ({ extremes, levels }: ParameterEffect): string => {
    const [best, worst] = [levels[extremes!.best]!, levels[extremes!.worst]!];
    const gap = formatNumber(Math.abs(best.mean! - worst.mean!), decimals);
    return `by ${gap} ${amount} over ${formatValue(worst.value)}`;
  };
  const end = (one: ParameterEffect): string => {
    const { extremes, levels, tied } = one;
    if (extremes === null || goal === null) return '';
    const best = formatValue(levels[extremes.best]!.value);
    // All of them would be no best at all.
    if (tied.length === levels.filter(({ mean }) => mean !== null).length - 1)
      return `: on average best at ${best}, ${gapOf(one)}, which may be chance`;
    const alike = tied.map((position) => formatValue(levels[position]!.value)).join(', ');
    const doubt = alike === '' ? '' : ` (${alike} can't be told from it)`;
    return `: best at ${best}${doubt}, on average ${gapOf(one)}`;
  };
  // A small share of the variance may yet be a difference that is sure, where another parameter moves far more.
  const little = small.map((one) => {
    const { extremes, levels, tied } = one;
    const isSure = extremes !== null && goal !== null && !tied.includes(extremes.worst) && one.share!.low !== null;
    return `${effectName(one)} (${percent(one.share!.share)} %${isSure ? `, ${formatValue(levels[extremes.best]!.value)} ${gapOf(one)}` : ''})`;
  });
  const unsure = doubtful.map((one) => `${effectName(one)} (${shareText(one.share)})`);
  const hardly =
    (unsure.length === 0 ? '' : ` Not told from chance: ${unsure.join('; ')}.`) +
    (little.length === 0 ? '' : ` Little: ${little.join('; ')}.`);
  const only = told.length === 1 && untold > 0 ? told[0] : undefined;
  if (only !== undefined) {
    const share = `${effectName(only)} makes ${shareText(only.share)} of the variance`;
    if (first !== undefined) return `${share}${end(only)}.`;
    const { low, high } = only.share!;
    const isLittle = small.includes(only) && ((low ?? 0) > 0 || (high ?? 0) < HARDLY);
    return `${share}${isLittle ? `: it hardly matters${end(only).replace(/^: /, ', ')}` : ', which may be chance'}.`;
  }
  const of = untold === 0 ? '' : ' of these';
  if (first === undefined) return `No parameter${of} is told from chance here.${hardly}`;
  const then = others.map((one) => `${effectName(one)} (${percent(one.share!.share)} %)${end(one)}`);
  return (
    `${effectName(first)} matters most${of} (${percent(first.share!.share)} % of the variance)${end(first)}.` +
    (then.length === 0 ? '' : ` Then ${then.join('; ')}.`) +
    hardly
  );
}

function tooFew({ configurations, parameters, untold }: Effects): string {
  const several = parameters.length + untold;
  const what =
    several === 1
      ? 'what share the parameter has'
      : `what share each of ${several} parameters has, or whether they act together`;
  const are = configurations === 1 ? 'is' : 'are';
  if (configurations >= PER_FACTOR * several) {
    return `${count(configurations, 'configuration')} don't tell ${what}: no model foretells one of them from the others; the means below are what there is.`;
  }
  return `${count(configurations, 'configuration')} with a result ${are} too few to tell ${what}; the means below are what there is.`;
}

/** Whether parameters act together; nothing where there are no two, or no shares. */
function interaction({ interaction: found, method, seeds, untold, parameters: told }: Effects): string[] {
  if (found === null) {
    const isOne = told.filter(({ within }) => within === null).length + untold < 2;
    if (method === 'none' || isOne) return [];
    return [
      untold === 0
        ? 'No two parameters are seen to act together beyond what each does alone.'
        : 'No other parameter is seen to change what it does.',
    ];
  }
  const { parameters, share, turn } = found;
  const [one, other] = parameters;
  if ((share.low ?? share.share) < SEEN) {
    return [
      `Whether parameters act together is not told from chance; the most is ${one} and ${other}, ${shareText(share)}.`,
    ];
  }
  const doubt = seeds === null && method === 'grid' ? ', chance among it, as each has one seed' : '';
  const what =
    turn === null
      ? `how much ${one} does depends on ${other}`
      : `the best ${turn.of} is ${formatValue(turn.best[0])} at ${one} ${formatValue(turn.values[0])}, and ` +
        `${formatValue(turn.best[1])} at ${formatValue(turn.values[1])}`;
  return [`Together, ${one} and ${other} make another ${shareText(share)}${doubt}: ${what}.`];
}

/** The parameter whose values differ most in how many trials they lost, with those values. */
function losses({ parameters, untold }: Effects): string[] {
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
    return `${tally({ diverged, failed }).join(' and ')} of ${ended} at ${formatValue(level.value)}`;
  });
  const isOfSeveral = untold === 0 && parameters.length > 1;
  return [`Lost${isOfSeveral ? ', most' : ''} by ${effectName(worst.one)}: ${told.join('; ')}.`];
}
