/** What there is to say of `where`, by the ends of what it compares (cases.ts has them). */
import type { Parameters } from '../../model/parameter.ts';
import { describeOnly, onlyIn } from '../../model/parameters.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import type { Constraint, Side } from '../constraint.ts';
import { RELATIONS, sideOf, sideText, signOf, termsOf } from '../constraint.ts';
import { MAX_MISSES_WHERE } from '../expansion/draw.ts';
import type { Finding } from '../issue.ts';
import type { SweepSpec } from '../spec.ts';

/** Comparisons that leave nothing out, as warnings. */
export function idleConstraints({ where }: SweepSpec, cases: readonly Parameters[]): Finding[] {
  return where.flatMap((constraint, i) => {
    const signs = signsOf(constraint, cases);
    if ([...signs].some((sign) => !RELATIONS[constraint.relation](sign))) return [];
    const reason = signs.size === 0 ? nobodyHas(constraint) : extent(constraint, cases);
    const message = `holds for every configuration: ${reason}`;
    return [{ code: 'no_effect', isWarning: true, path: ['where', i], at: 'value', message, hint: 'leave it out' }];
  });
}

/** Why no configuration is found: the first comparison that holds for none, or all of them together. */
export function emptySpace({ where, exclude, search }: SweepSpec, cases: readonly Parameters[]): Finding {
  const never = where.findIndex((constraint) => {
    const signs = signsOf(constraint, cases);
    return signs.size > 0 && ![...signs].some(RELATIONS[constraint.relation]);
  });
  if (never >= 0) {
    const message = `holds for no configuration: ${extent(where[never]!, cases)}`;
    return refusal(['where', never], message, 'loosen it, or change the values');
  }
  if (search.kind !== 'grid') return tooRare(0);
  const together = exclude.length > 0 ? '`where` and `exclude` together leave' : '`where` leaves';
  return refusal(['where'], `${together} no configuration`, 'loosen it, or change the values');
}

/** A search that draws has found so many configurations, and then one left out after the other. */
export function tooRare(found: number): Finding {
  const draws = `of ${formatCount(MAX_MISSES_WHERE)} draws${found === 0 ? '' : ` after ${count(found, 'configuration')}`}`;
  return refusal(
    ['where'],
    `leaves too little of the space: ${draws} none is allowed`,
    'loosen it, or narrow the ranges',
  );
}

function refusal(path: Finding['path'], message: string, hint: string): Finding {
  return { code: 'conflict', path, at: 'value', message, hint };
}

/** The signs that left minus right may have: between a negative and a positive one lies 0. */
function signsOf(constraint: Constraint, cases: readonly Parameters[]): Set<number> {
  const signs = new Set(cases.flatMap((parameters) => signOf(constraint, parameters) ?? []));
  return signs.has(-1) && signs.has(1) ? signs.add(0) : signs;
}

/** `latent_dim is 4 to 16, and last(hidden) 32`. */
function extent(constraint: Constraint, cases: readonly Parameters[]): string {
  const [first, second] = [constraint.left, constraint.right].filter(({ terms }) => terms.length > 0);
  const compared = cases.filter((parameters) => signOf(constraint, parameters) !== undefined);
  const text = `${sideText(first!)} is ${extentOf(first!, compared)}`;
  return second === undefined ? text : `${text}, and ${sideText(second)} ${extentOf(second, compared)}`;
}

function extentOf(side: Side, cases: readonly Parameters[]): string {
  const values = cases.map((parameters) => sideOf(side, parameters)!);
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  return low === high ? formatValue(low) : `${formatValue(low)} to ${formatValue(high)}`;
}

function nobodyHas(constraint: Constraint): string {
  const [alien] = termsOf(constraint).filter(({ parameter }) => onlyIn(parameter) !== undefined);
  const { parameter } = alien ?? termsOf(constraint)[0]!;
  const only = onlyIn(parameter);
  return `none has \`${parameter}\`, which only ${only === undefined ? 'others' : describeOnly(only)} has`;
}
