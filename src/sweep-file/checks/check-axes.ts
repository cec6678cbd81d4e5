/** Values listed twice; axes that advance together, and rules, that name what can be named. */
import type { Finding } from '../issue.ts';
import { PARAMETER_NAMES } from '../../model/parameters.ts';
import { decisionOrder, prerequisites } from '../expansion/space.ts';
import type { Domain } from '../spec.ts';
import { type ValidPart, type Path, found, domainsOf } from '../spec-places.ts';

/** A value listed twice is a slip, except on axes that advance together: there a whole row must not come again. */
export function checkRepeats({ parameters = {}, zip = [], when = [] }: ValidPart): Finding[] {
  const zipped = new Set(zip.flat());
  const alone = domainsOf(parameters).filter(([name]) => !zipped.has(name));
  return [
    ...alone.flatMap(([name, domain]) => repeatsIn(['parameters', name], name, domain)),
    ...when.flatMap((rule, i) =>
      domainsOf(rule.then).flatMap(([name, domain]) => repeatsIn(['when', i, 'then', name], name, domain)),
    ),
    ...zip.flatMap((group, i) =>
      repeatedRows(group, parameters).map((row) => {
        return found('duplicate', ['zip', i], `${row} comes twice in this group`);
      }),
    ),
  ];
}

function repeatsIn(path: Path, name: string, domain: Domain): Finding[] {
  if (domain.kind === 'range') return [];
  return repeated(domain.values.map((value) => JSON.stringify(value))).map(({ text, at }) =>
    found('duplicate', [...path, at], `\`${name}\` lists ${text} twice`),
  );
}

/** Those that equal an earlier one, and where. */
export function repeated(texts: readonly string[]): { readonly text: string; readonly at: number }[] {
  const seen = new Set<string>();
  return texts.flatMap((text, at) => {
    if (seen.has(text)) return [{ text, at }];
    seen.add(text);
    return [];
  });
}

/** `beta=1 latent_dim=2`, for each such row that an earlier one equals. */
function repeatedRows(group: readonly string[], parameters: NonNullable<ValidPart['parameters']>): string[] {
  const lists = group.map((name) => {
    const domain = parameters[name];
    return domain?.kind === 'choices' ? domain.values.map((value) => `${name}=${JSON.stringify(value)}`) : [];
  });
  const size = Math.min(...lists.map((list) => list.length));
  const rows = Array.from({ length: size }, (_, k) => lists.map((list) => list[k]!).join(' '));
  return repeated(rows).map(({ text }) => text);
}

export function checkZip({ zip = [], when = [], parameters = {} }: ValidPart, written: readonly string[]): Finding[] {
  return zip.flatMap((group, i) => {
    const members = group.flatMap((name, j) => {
      const label = `\`${name}\``;
      const conflict = (message: string, hint?: string): Finding[] => [found('conflict', ['zip', i, j], message, hint)];
      if (zip.slice(0, i).flat().includes(name) || group.indexOf(name) < j)
        return conflict(`${label} is in \`zip\` twice`);
      if (!written.includes(name)) return conflict(`${label} is not in \`parameters\``, 'list its values there');
      if (parameters[name]?.kind === 'range') return conflict(`${label} is a range, which has no values to pair up`);
      if (when.some((rule) => rule.then[name]))
        return conflict(`${label} is also set by \`when\``, 'use one of the two');
      return [];
    });
    if (members.length > 0) return members;
    const sizes = group.flatMap((name) => {
      const domain = parameters[name];
      return domain?.kind === 'choices' ? [{ name, size: domain.values.length }] : [];
    });
    if (new Set(sizes.map(({ size }) => size)).size < 2) return [];
    const counts = sizes.map(({ name, size }) => `${name} has ${size}`).join(', ');
    return [found('conflict', ['zip', i], `parameters that advance together need equally many values: ${counts}`)];
  });
}

/** What an `if` asks must be decided before what its `then` sets. */
export function checkWhen({ when = [], zip = [] }: ValidPart): Finding[] {
  const { circular } = decisionOrder(PARAMETER_NAMES, zip, when);
  return when.flatMap((rule, i) => {
    const name = circular.find(
      (set) => rule.then[set] && prerequisites(set, [rule]).some((asked) => circular.includes(asked)),
    );
    if (name === undefined) return [];
    const message = `\`${name}\` is set by a rule that can only be asked once it is known`;
    return [found('conflict', ['when', i, 'then', name], message)];
  });
}
