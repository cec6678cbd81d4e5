/** The configurations that `try` names: what each leaves unsaid, and what can be wrong with it. */
import type { Parameters, ParameterValue } from '../../model/parameter.ts';
import { describeOnly, onlyIn, parameterOf, toParameters } from '../../model/parameters.ts';
import type { Finding } from '../issue.ts';
import { leftOutBy } from './left-out.ts';
import type { UserSpec } from '../schema.ts';
import { axisGroups, domainOf, isSame, optionsOf } from './space.ts';
import type { Chosen } from './space.ts';
import type { Axis, Domain, SweepSpec } from '../spec.ts';

type Given = UserSpec['try'][number];

/** All of them whole, in order; with findings they are not to be used. */
export function triedConfigurations(spec: SweepSpec, given: readonly Given[]) {
  const seen = new Map<string, number>();
  const leftOut = leftOutBy(spec);
  const wholes = given.map((one, i) => {
    const { parameters, findings } = completed(spec, one, ['try', i]);
    if (findings.length > 0) return { parameters, findings };
    const refuse = (code: Finding['code'], message: string, hint: string): Finding[] => [
      { code, path: ['try', i], at: 'value', message, hint },
    ];
    const key = JSON.stringify(parameters);
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      return { parameters, findings: refuse('duplicate', `is the configuration of try[${earlier}]`, 'leave it out') };
    }
    seen.set(key, i);
    const cause = leftOut(parameters);
    if (cause === undefined) return { parameters, findings };
    return {
      parameters,
      findings: refuse('conflict', `is left out by ${cause}`, 'take one of the two out'),
    };
  });
  return { tried: wholes.map(({ parameters }) => parameters), findings: wholes.flatMap(({ findings }) => findings) };
}

/** Every parameter in the order of decision: what is said, else the only value there, else the default. */
function completed(spec: SweepSpec, given: Given, path: Finding['path']) {
  const findings: Finding[] = [];
  let chosen: Chosen = {};
  for (const group of axisGroups(spec)) {
    const before = chosen;
    // Of axes that advance together, one that is named tells the others.
    const options = optionsOf(spec, group, before).filter((option) =>
      Object.entries(option).every(([name, value]) => !(name in given) || isSame(value, given[name])),
    );
    for (const axis of group) {
      const { parameter } = axis;
      const domain = domainOf(spec, axis, before);
      const said = given[parameter];
      if (domain === undefined) {
        if (said !== undefined) findings.push(notThere([...path, parameter], parameter, before));
      } else {
        const value = said ?? onlyValue(options, axis, domain) ?? usualValue(parameter, domain);
        if (value === undefined) findings.push(unsaid(path, parameter, domain));
        else chosen = { ...chosen, [parameter]: value };
      }
    }
  }
  return { parameters: findings.length > 0 ? {} : toParameters(chosen), findings };
}

function onlyValue(options: readonly Parameters[], { parameter }: Axis, domain: Domain): ParameterValue | undefined {
  if (domain.kind === 'range') return undefined;
  const [first, ...others] = options.map((option) => option[parameter]!);
  return first !== undefined && others.every((other) => isSame(first, other)) ? first : undefined;
}

/** The default, where the search may take it: else leaving a parameter out would be no plain wish. */
function usualValue(parameter: string, domain: Domain): ParameterValue | undefined {
  const { default: usual } = parameterOf(parameter);
  const isThere =
    domain.kind === 'choices'
      ? domain.values.some((value) => isSame(value, usual))
      : domain.min <= Number(usual) && Number(usual) <= domain.max;
  return isThere ? usual : undefined;
}

function notThere(path: Finding['path'], parameter: string, chosen: Chosen): Finding {
  const only = onlyIn(parameter)!;
  const needed = 'values' in only ? only.values[0]! : only.example;
  return {
    ...{ code: 'no_effect', path, at: 'key' },
    message: `\`${parameter}\` makes no difference: only ${describeOnly(only)} has it, and this one is ${String(chosen[only.parameter])}`,
    hint: `add \`${only.parameter}: ${needed}\`, or leave it out`,
  };
}

function unsaid(path: Finding['path'], parameter: string, domain: Domain): Finding {
  const [count, first] =
    domain.kind === 'choices' ? [`${domain.values.length} values`, domain.values[0]] : ['a range', domain.min];
  const usual = JSON.stringify(parameterOf(parameter).default);
  return {
    ...{ code: 'missing_key', path, at: 'value' },
    message: `\`${parameter}\` has ${count} here, and its default ${usual} is not among them`,
    hint: `say which one to try, e.g. ${parameter}: ${JSON.stringify(first)}`,
  };
}
