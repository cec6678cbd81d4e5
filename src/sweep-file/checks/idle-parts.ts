/** Parts of a valid spec that change nothing: a slip where a choice was meant, at least worth a word elsewhere. */
import { casesOf } from '../expansion/cases.ts';
import { idleConstraints } from './constraint-findings.ts';
import type { Finding } from '../issue.ts';
import { ruleEffects } from './rule-effects.ts';
import type { EffectOf } from './rule-effects.ts';
import { ConditionIndex, matches } from '../expansion/condition-index.ts';
import { describeOnly, onlyIn } from '../../model/parameters.ts';
import { isSame, possibleValues } from '../expansion/space.ts';
import type { Chosen } from '../expansion/space.ts';
import type { ParameterValue } from '../../model/parameter.ts';
import type { Condition, SweepSpec } from '../spec.ts';

/** `written` are the parameters the file names. Nothing is found where there are too many cases to look at. */
export function findIdleParts(spec: SweepSpec, written: readonly string[]): Finding[] {
  const searched = casesOf(spec);
  if (searched === undefined) return [];
  const cases = [...searched, ...spec.tried];
  const excluded = new ConditionIndex(spec.exclude);
  const left = cases.filter((chosen) => excluded.last(chosen) < 0);
  // What leaves nothing is an error of its own.
  if (left.length === 0) return [];
  // A rule may be there to have its configurations excluded, so rules are judged before `exclude`.
  const rules = ruleEffects(spec, cases);
  return [
    ...written.flatMap((parameter) => idleParameter(spec, parameter, cases)),
    ...written.flatMap((parameter) => excludedParameter(parameter, cases, left)),
    ...spec.zip.flatMap((group, i) => idleZip(spec, group, i)),
    ...spec.when.flatMap((_, i) => idleRule(spec, i, cases, rules)),
    ...spec.exclude.flatMap((_, i) => idleExclude(spec, i, cases)),
    ...idleConstraints(spec, searched),
  ];
}

type Path = Finding['path'];

function idle(path: Path, message: string, hint: string, at: Finding['at'] = 'value'): Finding {
  return { code: 'no_effect', isWarning: true, path, at, message, hint };
}

const quoted = (parameter: string): string => `\`${parameter}\``;

/** A parameter whose own values no configuration takes. */
function idleParameter(spec: SweepSpec, parameter: string, cases: readonly Chosen[]): Finding[] {
  const setters = spec.when.filter((rule) => rule.then[parameter]);
  const isUsed = cases.some((chosen) => parameter in chosen && !setters.some((rule) => matches(rule.if, chosen)));
  if (isUsed) return [];
  const { domain } = spec.axes.find((axis) => axis.parameter === parameter)!;
  const isRelevant = cases.some((chosen) => parameter in chosen);
  const reason = isRelevant ? '`when` sets it in every configuration' : nobodyHas(parameter);
  const hint = isRelevant ? 'leave it out' : toHave(spec, parameter);
  const i = spec.zip.findIndex((group) => group.includes(parameter));
  if (i >= 0) {
    const message = `${quoted(parameter)} takes no part in this group: ${reason}`;
    return [idle(['zip', i, spec.zip[i]!.indexOf(parameter)], message, hint)];
  }
  const path = ['parameters', parameter];
  const size = domain.kind === 'range' ? Infinity : domain.values.length;
  if (size === 1) return [idle(path, `${quoted(parameter)} is not used: ${reason}`, hint)];
  // Whoever lists choices wants them compared.
  const choices = size === Infinity ? 'a range' : `${size} choices`;
  const message = `${quoted(parameter)} has ${choices} that make no difference: ${reason}`;
  return [{ ...idle(path, message, hint), isWarning: false }];
}

function nobodyHas(parameter: string): string {
  return `only ${describeOnly(onlyIn(parameter)!)} has it, and there is none here`;
}

/** A parameter of an architecture, a likelihood or a schedule that `exclude` leaves out. */
function excludedParameter(parameter: string, cases: readonly Chosen[], left: readonly Chosen[]): Finding[] {
  const isIn = (some: readonly Chosen[]): boolean => some.some((chosen) => parameter in chosen);
  if (!isIn(cases) || isIn(left)) return [];
  const message = `${quoted(parameter)} is not used: \`exclude\` leaves no configuration with ${describeOnly(onlyIn(parameter)!)}`;
  return [idle(['parameters', parameter], message, 'leave it out')];
}

/** What would bring the parameter into play. */
function toHave(spec: SweepSpec, parameter: string): string {
  const only = onlyIn(parameter);
  if (only === undefined) return 'leave it out';
  const axis = spec.axes.find((candidate) => candidate.parameter === only.parameter)!;
  const needed = 'values' in only ? only.values[0]! : only.example;
  const values = [...(possibleValues(spec, axis) ?? []), needed];
  return `write \`${only.parameter}: [${values.map(show).join(', ')}]\`, or leave it out`;
}

function idleZip({ axes }: SweepSpec, group: readonly string[], i: number): Finding[] {
  const isFixed = axes.every(
    ({ parameter, domain }) => !group.includes(parameter) || (domain.kind === 'choices' && domain.values.length === 1),
  );
  return isFixed ? [idle(['zip', i], 'nothing advances together: these have one value each', 'leave it out')] : [];
}

function idleRule(spec: SweepSpec, i: number, cases: readonly Chosen[], effects: EffectOf): Finding[] {
  const rule = spec.when[i]!;
  if (!cases.some((chosen) => matches(rule.if, chosen))) {
    return [
      idle(['when', i, 'if'], `holds for no configuration${whyNever(spec, rule.if, cases)}`, 'leave the rule out'),
    ];
  }
  const parameters = Object.keys(rule.then);
  return [
    ...neverTaken(spec, ['when', i, 'if'], rule.if, cases),
    ...parameters.flatMap((parameter) => idleThen(i, parameter, effects)),
  ];
}

function idleThen(i: number, parameter: string, effects: EffectOf): Finding[] {
  const { applies, wins, changes, losesTo } = effects(i, parameter);
  const tell = (message: string, hint: string): Finding[] => [
    idle(['when', i, 'then', parameter], message, hint, 'key'),
  ];
  if (applies.size === 0) {
    return tell(
      `${quoted(parameter)} is set nowhere: only ${describeOnly(onlyIn(parameter)!)} has it, and this rule holds for none`,
      'leave it out',
    );
  }
  const [winner] = losesTo;
  if (wins === 0) {
    return tell(
      `${quoted(parameter)} is set again by when[${winner!}] in all of these cases, and the last rule wins`,
      'leave one of them out',
    );
  }
  if (!changes) return tell(`sets ${quoted(parameter)} to what it is there without it`, 'leave it out');
  // A later rule for a part of these cases is an exception on purpose.
  const rival = [...losesTo].find((j) => !effects(j, parameter).applies.isSubsetOf(applies));
  if (rival === undefined) return [];
  const message = `when[${i}] and when[${rival}] both set ${quoted(parameter)} for some configurations, where the last rule wins`;
  return tell(message, 'name more parameters in their `if`, so that one of them holds at a time');
}

function idleExclude(spec: SweepSpec, i: number, cases: readonly Chosen[]): Finding[] {
  const condition = spec.exclude[i]!;
  const matched = cases.filter((chosen) => matches(condition, chosen));
  if (matched.length === 0) {
    return [idle(['exclude', i], `matches no configuration${whyNever(spec, condition, cases)}`, 'leave it out')];
  }
  const earlier = spec.exclude.slice(0, i);
  if (matched.every((chosen) => earlier.some((other) => matches(other, chosen)))) {
    return [idle(['exclude', i], 'leaves out only what is left out by those before it', 'leave it out')];
  }
  return neverTaken(spec, ['exclude', i], condition, cases);
}

type Entries = [string, readonly ParameterValue[]][];

function isTaken(parameter: string, value: ParameterValue, cases: readonly Chosen[]): boolean {
  return cases.some((chosen) => isSame(value, chosen[parameter]));
}

/** `: beta is never 16 (but 1, 4)`. */
function whyNever(spec: SweepSpec, condition: Condition, cases: readonly Chosen[]): string {
  const [entry] = (Object.entries(condition) as Entries).filter(
    ([parameter, values]) => !values.some((value) => isTaken(parameter, value, cases)),
  );
  if (entry === undefined) return ': these values never come together';
  const [parameter, values] = entry;
  if (!cases.some((chosen) => parameter in chosen)) return `: ${nobodyHas(parameter)}`;
  return `: ${quoted(parameter)} is never ${values.map(show).join(' or ')}${butIs(spec, parameter, values)}`;
}

/** Values in a condition that no configuration has, beside others that some have. */
function neverTaken(spec: SweepSpec, path: Path, condition: Condition, cases: readonly Chosen[]): Finding[] {
  return (Object.entries(condition) as Entries).flatMap(([parameter, values]) =>
    values.flatMap((value, k) =>
      isTaken(parameter, value, cases)
        ? []
        : [
            idle(
              [...path, parameter, k],
              `${quoted(parameter)} is never ${show(value)}${butIs(spec, parameter, [value])}`,
              'leave it out',
            ),
          ],
    ),
  );
}

function butIs(spec: SweepSpec, parameter: string, asked: readonly ParameterValue[]): string {
  const axis = spec.axes.find((candidate) => candidate.parameter === parameter)!;
  const domains = [axis.domain, ...spec.when.flatMap((rule) => rule.then[parameter] ?? [])];
  const isPoint = (value: ParameterValue): boolean =>
    domains.some(
      (domain) =>
        domain.kind === 'range' &&
        domain.step === null &&
        !domain.integer &&
        domain.min < Number(value) &&
        Number(value) < domain.max,
    );
  if (asked.some(isPoint)) return ' (but drawn from a range without steps)';
  const values = possibleValues(spec, axis);
  return values === undefined || values.length > 10 ? '' : ` (but ${values.map(show).join(', ')})`;
}

function show(value: ParameterValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
