import type { ReportModel } from '../../analysis/report/report-model.ts';
import { describeObjective, isPlainObjective } from '../../model/objective.ts';
import type { Parameters } from '../../model/parameter.ts';
import { count } from '../../text/format-number.ts';

/** So many are told one by one. */
const TOLD = 4;

/**
 * What the trials minimised, where that is more than D + β·R, which the table tells: `minimised D + R, beta rising over 5 epochs
 * (linear) (#1, #3) · D + R (#2)`.
 */
export function objectivesText({
  configurations,
  omitted,
}: Pick<ReportModel, 'configurations' | 'omitted'>): string | false {
  const params = configurations.map((one) => one.params as Parameters);
  if (params.every(isPlainObjective)) return false;
  const places = Map.groupBy(configurations, (one) => describeObjective(one.params as Parameters));
  const texts = [...places].map(([text, those]) => {
    const ranks = those.flatMap(({ rank }) => (rank === null ? [] : [`#${rank}`]));
    return places.size === 1 || ranks.length === 0 ? text : `${text} (${ranks.join(', ')})`;
  });
  const more = texts.length - TOLD;
  const rest = more > 0 ? ` · and ${count(more, 'other objective')}` : omitted > 0 ? ', of those shown' : '';
  return `minimised ${texts.slice(0, TOLD).join(' · ')}${rest}. Whatever that was, ELBOs are at beta 1`;
}
