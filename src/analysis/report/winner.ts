/** The best trial, and what it may be compared with. */
import type { SweepSnapshot } from '../../store/read-model.ts';
import { SweepError } from '../../errors.ts';
import { compare } from '../comparison/compare.ts';
import { parseFilter, type Filter } from '../filter.ts';
import { isSameValue } from '../parameters.ts';
import type { Ranking } from '../ranking.ts';
import type { ReportModel } from './report-model.ts';

/**
 * The rival is the best that differs from the winner in the parameter that the spec names first of those by which both can
 * be compared: trials of a random search often have nothing beside them.
 */
export function findWinner(
  { ranked, goal }: Ranking,
  differing: readonly string[],
  chosen: SweepSnapshot,
): ReportModel['winner'] {
  const winner = ranked[0]?.completed[0];
  if (winner === undefined || goal === null) return null;
  for (const parameter of differing.filter((name) => Object.hasOwn(winner.params, name))) {
    const value = winner.params[parameter];
    const rival = ranked.find(
      ({ params }) => Object.hasOwn(params, parameter) && !isSameValue(params[parameter], value),
    );
    const values = [rival?.params[parameter], value] as const;
    if (rival !== undefined && canCompare(chosen, parameter, values))
      return { trial: winner.id, rival: { parameter, values } };
  }
  return { trial: winner.id, rival: null };
}

/** Whether `sweep compare` has an answer for the two values. */
function canCompare(chosen: SweepSnapshot, parameter: string, values: readonly [unknown, unknown]): boolean {
  const [left, right] = values.map((value) => parseFilter({ [parameter]: value }, chosen)) as [Filter, Filter];
  try {
    compare(chosen, left, right);
    return true;
  } catch (error) {
    if (error instanceof SweepError) return false;
    throw error;
  }
}
