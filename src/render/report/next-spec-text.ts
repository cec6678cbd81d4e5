/** What comes after a sweep, as a spec with its reasons, and why nothing does. */
import type { NothingToRefine, RefinedParameter, Refinement } from '../../analysis/refine/refinement.ts';
import { describeParams } from '../../analysis/parameters.ts';
import type { ReportModel } from '../../analysis/report/report-model.ts';
import { quantityOf } from '../../metrics/index.ts';
import type { NextSpec } from '../../sweep-file/write-spec.ts';
import type { Domain, SweepSpec } from '../../sweep-file/spec.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import { joinWords } from '../../text/join-words.ts';
import { plain } from '../../text/printable.ts';
import { seedsOverride } from './advice-text.ts';
import { shareText } from '../effects/effects-text.ts';
import { formatInterval } from '../format.ts';
import { scopeFlags } from '../scope-text.ts';

export interface NextContext {
  readonly name: string;
  readonly spec: SweepSpec;
  /** After how many epochs what matters was told; null where each trial is what it came to. */
  readonly epoch: number | null;
  /** `until` is reached, and would end the next one at once. */
  readonly isReached: boolean;
  readonly learnFrom: readonly string[];
}

export function nextSpecOf(refinement: Refinement, model: ReportModel, context: NextContext): NextSpec {
  const { parameters, ruled, gone, zip, when, exclude } = refinement;
  return {
    ...{ name: context.name, zip, when, exclude, without: gone },
    comment: heading(refinement, model, context).map(plain),
    parameters: [
      ...parameters.map((one) => ({
        name: one.parameter,
        domain: one.domain,
        comment: one.isGiven ? 'all that was looked at has it' : reason(one, refinement, context),
      })),
      ...ruled.map((name) => ({ name, comment: 'as it was, since `when` sets it for some' })),
    ],
    dropped: context.isReached ? ['until'] : [],
    learnFrom: context.learnFrom,
  };
}

function heading(
  { around, areTied, parameters }: Refinement,
  model: ReportModel,
  { spec, epoch, isReached }: NextContext,
): string[] {
  const { sweep, metric, differing, trials, configurations } = model;
  const best = around[0]!;
  const isTold = parameters.some(({ importance }) => importance.kind !== 'unknown');
  const ranked = configurations.filter(({ rank }) => rank !== null).length;
  const open = trials.queued + trials.running;
  const others = count(around.length - 1, 'other');
  const tied =
    around.length === 1
      ? 'No other is tied with it: the region is around it alone.'
      : areTied
        ? `${others} can't be told from it: the region is around all of them.`
        : `Its seeds don't tell it from others: the region is around the best ${around.length}.`;
  return [
    `What to try after ${sweep}, by \`sweep report ${sweep} --next${scopeFlags(model)}\`.`,
    `Best of ${count(ranked, 'configuration')} with a result: ${describeParams(best.params, differing)}, ${metric} ${formatInterval(best.metrics[metric]!, quantityOf(metric).decimals)}.`,
    tied,
    ...(spec.objectives.length === 0
      ? []
      : [
          `By ${metric} alone: the Pareto set of ${joinWords(spec.objectives.map((one) => one.metric))} may reach beyond this region.`,
        ]),
    ...(epoch === null
      ? []
      : [
          `${formatCount(trials.pruned)} of ${count(trials.total, 'trial')} were pruned: ${isTold ? `what matters is told after epoch ${epoch}, where all can be compared, and may be otherwise at the end` : `also after epoch ${epoch}, where all can be compared, what matters can't be told`}.`,
        ]),
    ...(open === 0 ? [] : [`${count(open, 'trial')} of ${sweep} are open: what they come to may change this.`]),
    ...(isReached ? ['What `until` asked for was reached, so it is left out.'] : []),
  ];
}

function reason(one: RefinedParameter, { areTied }: Refinement, { spec, epoch }: NextContext): string {
  const { kind, importance, parameter, best } = one;
  const before = spec.axes.find((axis) => axis.parameter === parameter)!.domain;
  const share = shareText(importance.share);
  const matters =
    importance.kind === 'unknown'
      ? 'too little to tell how much it matters'
      : `${importance.kind === 'hardly' ? 'hardly matters, ' : ''}${share} of the variance`;
  const good = areTied ? 'the tied' : 'the best';
  const has = best === undefined ? '' : `the best has ${formatValue(best)}`;
  const where: Record<RefinedParameter['kind'], string> = {
    fixed: importance.kind === 'hardly' ? "the best one's" : `${good} have no other, and there is none between`,
    extended: `${has}, at an end of ${describe(before)}: goes on beyond`,
    narrowed: `${has}: narrowed from ${describe(before)}`,
    chosen: `those of ${good}`,
    kept:
      importance.kind !== 'hardly'
        ? `${good} spread over all of it`
        : epoch === null
          ? 'as it was, to learn from all of it'
          : `as it was, since it may matter more than after epoch ${epoch}`,
  };
  return `${matters}: ${where[kind]}`;
}

function describe(domain: Domain): string {
  if (domain.kind === 'range') return `${domain.min} to ${domain.max}`;
  return domain.values.map(formatValue).join(', ');
}

/** A sentence or two, for whoever asked. */
export function whyNothing(nothing: NothingToRefine, model: ReportModel): string {
  const sweep = plain(model.sweep);
  const seeds = seedsOverride(model);
  switch (nothing.kind) {
    case 'no result':
      return `There is nothing to refine in ${sweep} yet: no completed trial has ${model.metric}.`;
    case 'no difference':
      return model.differing.length === 0
        ? `There is nothing to refine in ${sweep}: its configurations differ in nothing.`
        : `There is nothing to refine in ${sweep}: one configuration alone has a result, and a region needs two.`;
    case 'all tied':
      return (
        `There is nothing to refine in ${sweep}: all of its ${count(nothing.configurations, 'configuration')} are tied, so a closer look would follow chance. ` +
        `More seeds${seeds === undefined ? '' : ` (\`${seeds}\` after the spec)`} may tell them apart; a wider space may have better ones.`
      );
    case 'nothing matters':
      return (
        `There is nothing to refine in ${sweep}: none of what was varied (${model.differing.join(', ')}) matters beyond chance. ` +
        'Other parameters, or a wider space, may.'
      );
    case 'nothing between':
      return (
        `There is nothing to refine in ${sweep}: of what matters the best is at no end of what was tried, and there is no value between its own and the next. ` +
        `More seeds${seeds === undefined ? '' : ` (\`${seeds}\` after the spec)`}, more epochs or other parameters may lead on.`
      );
    case 'same space':
      return (
        `There is nothing to refine in ${sweep}: those that can't be told from the best spread over all of its space. ` +
        `More of the same search goes on from what there is: \`trials=${2 * nothing.configurations}\` after the spec.`
      );
  }
}
