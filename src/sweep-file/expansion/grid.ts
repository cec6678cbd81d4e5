import type { Parameters } from '../../model/parameter.ts';
import { toParameters } from '../../model/parameters.ts';
import { leftOutBy } from './left-out.ts';
import { axisGroups, optionCount, optionsOf, prerequisites } from './space.ts';
import type { AxisGroup, Chosen } from './space.ts';
import type { SweepSpec } from '../spec.ts';

/** Combinations of deciding axes that are walked to count a grid: about a second's work. */
const MAX_WALKED = 100_000;

/** Every distinct configuration of the grid that `exclude` and `where` leave, the last axis of the spec varying fastest. */
export function* gridConfigurations(spec: SweepSpec): Generator<Parameters, null> {
  const seen = new Set<string>();
  const leftOut = leftOutBy(spec);
  for (const chosen of walk(spec, axisGroups(spec), {})) {
    const parameters = toParameters(chosen);
    const key = JSON.stringify(parameters);
    // Zipped axes can differ only in a parameter that the configuration does not have.
    if (seen.has(key) || leftOut(parameters) !== undefined) continue;
    seen.add(key);
    yield parameters;
  }
  return null;
}

/** Every way to decide all groups; some differ only in a parameter that is not there in the end. */
export function* walk(spec: SweepSpec, groups: readonly AxisGroup[], chosen: Chosen): Generator<Chosen> {
  const [group, ...rest] = groups;
  if (!group) {
    yield chosen;
    return;
  }
  for (const option of optionsOf(spec, group, chosen)) yield* walk(spec, rest, { ...chosen, ...option });
}

/**
 * The size of the grid before `exclude` and `where`, without walking it: only the axes that decide about others are walked, the
 * rest multiply. Exact; Infinity when even the deciding axes have more combinations than are quickly walked.
 */
export function gridSize(spec: SweepSpec): number {
  const known = sizes.get(spec.axes) ?? countedSize(spec);
  sizes.set(spec.axes, known);
  return known;
}

/**
 * By the axes, which no two specs share that differ in `zip` or `when`, but copies of one do. Several checks of a spec ask for
 * it, and where many axes decide it takes a second.
 */
const sizes = new WeakMap<SweepSpec['axes'], number>();

function countedSize(spec: SweepSpec): number {
  const deciding = new Set(spec.axes.flatMap(({ parameter }) => prerequisites(parameter, spec.when)));
  let budget = MAX_WALKED;
  const sizeFrom = (groups: readonly AxisGroup[], chosen: Chosen): number => {
    const [group, ...rest] = groups;
    if (!group) return budget-- > 0 ? 1 : Infinity;
    if (!group.some(({ parameter }) => deciding.has(parameter))) {
      return optionCount(spec, group, chosen) * sizeFrom(rest, chosen);
    }
    let size = 0;
    for (const option of optionsOf(spec, group, chosen)) {
      size += sizeFrom(rest, { ...chosen, ...option });
      if (size === Infinity) break;
    }
    return size;
  };
  return sizeFrom(axisGroups(spec), {});
}
