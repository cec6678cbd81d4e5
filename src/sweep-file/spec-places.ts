/** Places in a spec: how a mistake says where it is, and all places that say something of parameters. */
import type { Finding, IssueCode } from './issue.ts';
import type { ParameterValue } from '../model/parameter.ts';
import type { UserSpec } from './schema.ts';
import { isSame } from './expansion/space.ts';
import type { Domain } from './spec.ts';

/** The valid fields of a spec. */
export type ValidPart = Partial<UserSpec>;

export type Path = Finding['path'];
export const found = (
  code: IssueCode,
  path: Path,
  message: string,
  hint?: string,
  at: Finding['at'] = 'value',
): Finding => {
  return { code, path, at, message, ...(hint !== undefined && { hint }) };
};

/** What the spec says of parameters, wherever it does. */
export function placesOfDomains({ parameters = {}, when = [], ...spec }: ValidPart): (readonly [Path, Domain])[] {
  return [
    ...domainsOf(parameters).map(([name, domain]) => [['parameters', name], domain] as const),
    ...when.flatMap((rule, i) =>
      domainsOf(rule.then).map(([name, domain]) => [['when', i, 'then', name], domain] as const),
    ),
    ...(spec.try ?? []).flatMap((one, i) =>
      Object.entries(one).map(([name, value]) => [['try', i, name], { kind: 'choices', values: [value] }] as const),
    ),
  ];
}

export function hasValue(domain: Domain | undefined, value: ParameterValue): boolean {
  return domain?.kind === 'choices' && domain.values.some((one) => isSame(one, value));
}

export const domainsOf = Object.entries<Domain>;
