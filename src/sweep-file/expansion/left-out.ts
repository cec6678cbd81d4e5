import type { Parameters } from '../../model/parameter.ts';
import { ConditionIndex } from './condition-index.ts';
import { isMet } from '../constraint.ts';
import type { SweepSpec } from '../spec.ts';

/** What of `exclude` and `where` leaves a configuration out; undefined where it stays. */
export type LeftOutBy = (parameters: Parameters) => string | undefined;

export function leftOutBy({ exclude, where }: Pick<SweepSpec, 'exclude' | 'where'>): LeftOutBy {
  const excluded = new ConditionIndex(exclude);
  return (parameters) => {
    const broken = where.find((constraint) => !isMet(constraint, parameters));
    if (broken !== undefined) return `\`where\` (${broken.text})`;
    const exclusion = excluded.last(parameters);
    return exclusion < 0 ? undefined : `exclude[${exclusion}]`;
  };
}
