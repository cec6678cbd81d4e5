import type { ReportModel } from '../../analysis/report/report-model.ts';
import type { TradedSet } from '../../analysis/report/traded-set.ts';
import { quantityOf } from '../../metrics/index.ts';
import { count, formatCount, formatNumber } from '../../text/format-number.ts';
import { joinWords } from '../../text/join-words.ts';
import { describePlaces } from './places-text.ts';
import { unbroken } from '../layout/text.ts';

/** What a report says of several objectives, beside the table of their Pareto set. */
export function tradedTexts({ traded, metric }: Pick<ReportModel, 'traded' | 'metric'>): string[] {
  if (traded === null) return [];
  const named = joinWords(traded.objectives.map(({ metric, goal }) => `${metric} (${goal})`));
  const aside =
    traded.leftOut === 0 ? '' : `; ${formatCount(traded.leftOut)} with seeds lost, pruned or open not judged`;
  if (traded.of === 0) return [`No configuration has ${named} of all its seeds yet${aside}`];
  const ranks = traded.members.flatMap(({ rank }) => rank ?? []).sort((a, b) => a - b);
  return [
    `${bestText(traded.members.length)} by ${named}: the Pareto set, of means, has ${formatCount(traded.members.length)} of ` +
      `${formatCount(traded.of)} (${describePlaces(ranks)})${aside}. The order by ${metric} is another question`,
    certaintyText(traded),
    hypervolumeText(traded),
  ];
}

function bestText(members: number): string {
  return members === 1 ? 'One configuration is best' : 'No single configuration is best';
}

/** The same in the clause of a headline. */
export function tradedHeadline({ objectives, members, of }: TradedSet): string {
  const named = joinWords(objectives.map(({ metric }) => metric));
  if (of === 0) return `No configuration has ${named} of all its seeds yet.`;
  const form = members.length === 1 ? 'is' : 'form';
  return `${bestText(members.length)} by ${named}: ${formatCount(members.length)} of ${formatCount(of)} ${form} the Pareto set.`;
}

/** The same at the end of a run. */
export function shortTradedText({ traded }: Pick<ReportModel, 'traded'>): string | undefined {
  if (traded === null || traded.of === 0) return undefined;
  const named = joinWords(traded.objectives.map(({ metric }) => metric));
  const { members, of } = traded;
  const form = members.length === 1 ? 'is' : 'form';
  return `${formatCount(members.length)} of ${count(of, 'configuration')} ${form} the Pareto set of ${named}; ${hypervolumeText(traded)}`;
}

function certaintyText({ members }: TradedSet): string {
  const certain = members.filter(({ isCertain }) => isCertain === true).length;
  if (members.some(({ isCertain }) => isCertain === null)) {
    return 'no configuration has two seeds, so nobody knows whether a member belongs to it by more than chance';
  }
  const others = 'another configuration may be as good in all of them';
  if (certain === members.length) return 'certain: each member belongs to it, with 95 % for each';
  return `certain (95 % for each): ${formatCount(certain)} of ${count(members.length, 'member')}; of the rest the seeds can't tell: ${others}`;
}

/** `hypervolume 3120 up to val/kl 40.10 and val/reconstruction 176.30, the worst means here`. */
function hypervolumeText({ objectives, hypervolume }: TradedSet): string {
  const corner = objectives.map(({ metric, reference }) => {
    return unbroken(`${metric} ${formatNumber(reference, quantityOf(metric).decimals)}`);
  });
  const given = objectives.filter(({ isGiven }) => isGiven).length;
  const origin =
    given === objectives.length
      ? 'by the spec'
      : `${given === 0 ? '' : 'by the spec or '}the worst means here: name a \`reference\` to compare sweeps by it`;
  return `hypervolume ${Number(hypervolume.toPrecision(5))} up to ${joinWords(corner)}, ${origin}`;
}
