import type { Parameters } from '../../model/parameter.ts';
import { leftOutBy } from './left-out.ts';
import { axisGroups, domainOf, isSame, optionsOf } from './space.ts';
import type { Domain, SweepSpec } from '../spec.ts';

/**
 * What keeps a whole configuration out of a spec's space: a parameter (those that advance together are named by the first), or
 * what of `exclude` and `where` leaves it out. Undefined where it lies inside. Of a range any value between the ends does,
 * also one between two steps.
 */
export function outsideSpace(spec: SweepSpec): (parameters: Parameters) => string | undefined {
  const groups = axisGroups(spec);
  const leftOut = leftOutBy(spec);
  return (parameters) => {
    for (const group of groups) {
      const isInside =
        group.length > 1
          ? optionsOf(spec, group, parameters).some((option) =>
              Object.entries(option).every(([name, value]) => isSame(value, parameters[name])),
            )
          : contains(domainOf(spec, group[0]!, parameters), parameters[group[0]!.parameter]);
      if (!isInside) return `\`${group[0]!.parameter}\``;
    }
    return leftOut(parameters);
  };
}

function contains(domain: Domain | undefined, value: Parameters[string] | undefined): boolean {
  if (domain === undefined || value === undefined) return domain === undefined && value === undefined;
  if (domain.kind === 'choices') return domain.values.some((one) => isSame(one, value));
  const { min, max, integer } = domain;
  return typeof value === 'number' && min <= value && value <= max && (!integer || Number.isInteger(value));
}
