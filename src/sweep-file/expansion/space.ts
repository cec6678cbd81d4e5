/** Which values each parameter may take given the others: what a search walks over. */
import type { Parameters } from '../../model/parameter.ts';
import { mayHave, meets, onlyIn } from '../../model/parameters.ts';
import { ConditionIndex } from './condition-index.ts';
import type { ParameterValue } from '../../model/parameter.ts';
import type { Axis, Domain, SweepSpec, WhenRule } from '../spec.ts';

/** Axes decided in one step: a single one, or several that `zip` ties together. */
export type AxisGroup = readonly Axis[];

/** A configuration under construction. */
export type Chosen = Parameters;

/** The axes in groups and in an order in which each is decided after all that it depends on. */
export function axisGroups({ axes, zip, when }: SweepSpec): AxisGroup[] {
  const names = axes.map(({ parameter }) => parameter);
  return decisionOrder(names, zip, when).ordered.map((group) =>
    axes.filter(({ parameter }) => group.includes(parameter)),
  );
}

/**
 * Parameters, grouped by `zip`, so that all that one depends on comes before it or is in its group: `hidden` and
 * `channels` after `architecture`, what a `then` sets after what its `if` asks. Otherwise in the order given.
 * `circular` are those for which there is no such order.
 */
export function decisionOrder(
  parameters: readonly string[],
  zip: SweepSpec['zip'],
  when: readonly WhenRule[],
): { ordered: (readonly string[])[]; circular: string[] } {
  const groupOf = (name: string): readonly string[] => zip.find((group) => group.includes(name)) ?? [name];
  let waiting = [...parameters];
  const ordered: (readonly string[])[] = [];
  const isReady = (name: string): boolean =>
    groupOf(name).every((member) =>
      prerequisites(member, when).every(
        (needed) => !waiting.includes(needed) || (needed !== member && groupOf(member).includes(needed)),
      ),
    );
  for (;;) {
    const next = waiting.find(isReady);
    if (next === undefined) return { ordered, circular: waiting };
    const group = groupOf(next);
    ordered.push(group);
    waiting = waiting.filter((name) => !group.includes(name));
  }
}

/** Parameters that must be decided before this one. */
export function prerequisites(parameter: string, when: readonly WhenRule[]): string[] {
  const asked = when.filter((rule) => rule.then[parameter]).flatMap((rule) => Object.keys(rule.if));
  const only = onlyIn(parameter);
  return only === undefined ? asked : [only.parameter, ...asked];
}

/** The domain of an axis, given what is decided; undefined where such a configuration has no such parameter. */
export function domainOf(spec: SweepSpec, { parameter, domain }: Axis, chosen: Chosen): Domain | undefined {
  if (!mayHave(chosen, parameter)) return undefined;
  const { rules, index } = settersOf(spec.when, parameter);
  return rules[index.last(chosen)]?.then[parameter] ?? domain;
}

interface Setters {
  readonly rules: readonly WhenRule[];
  readonly index: ConditionIndex;
}
const setters = new WeakMap<readonly WhenRule[], Map<string, Setters>>();

/** The rules that set a parameter; kept, as each configuration of a spec asks again. */
function settersOf(when: readonly WhenRule[], parameter: string): Setters {
  let known = setters.get(when);
  if (known === undefined) setters.set(when, (known = new Map<string, Setters>()));
  let found = known.get(parameter);
  if (found === undefined) {
    const rules = when.filter((rule) => rule.then[parameter]);
    found = { rules, index: new ConditionIndex(rules.map((rule) => rule.if)) };
    known.set(parameter, found);
  }
  return found;
}

/** How many ways there are to decide a group of choices. */
export function optionCount(spec: SweepSpec, group: AxisGroup, chosen: Chosen): number {
  return lengthOf(choiceLists(spec, group, chosen));
}

function lengthOf(lists: ReturnType<typeof choiceLists>): number {
  return Math.max(1, ...lists.map(([, values]) => values.length));
}

/** The ways to decide a group of choices, in order. */
export function optionsOf(spec: SweepSpec, group: AxisGroup, chosen: Chosen): Chosen[] {
  const lists = choiceLists(spec, group, chosen);
  return Array.from({ length: lengthOf(lists) }, (_, i) =>
    Object.fromEntries(lists.map(([parameter, values]) => [parameter, values[i]!])),
  );
}

/** Per relevant axis its choices; within a group all lists are equally long (checks.ts sees to it). */
function choiceLists(
  spec: SweepSpec,
  group: AxisGroup,
  chosen: Chosen,
): (readonly [string, readonly ParameterValue[]])[] {
  return group.flatMap((axis) => {
    const domain = domainOf(spec, axis, chosen);
    return domain?.kind === 'choices' ? [[axis.parameter, domain.values] as const] : [];
  });
}

export function isSame(a: ParameterValue, b: ParameterValue | undefined): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}

/** Every value an axis may take in some configuration; undefined when a range is among them. */
export function possibleValues(
  spec: Pick<SweepSpec, 'axes' | 'when'>,
  { parameter, domain }: Axis,
): ParameterValue[] | undefined {
  const only = onlyIn(parameter);
  const deciding = only && spec.axes.find((axis) => axis.parameter === only.parameter);
  if (deciding && possibleValues(spec, deciding)?.some((value) => meets(only, value)) === false) return [];
  const domains = [domain, ...spec.when.flatMap((rule) => rule.then[parameter] ?? [])];
  const distinct = new Map<string, ParameterValue>();
  for (const candidate of domains) {
    if (candidate.kind === 'range') return undefined;
    for (const value of candidate.values) distinct.set(JSON.stringify(value), value);
  }
  return [...distinct.values()];
}
