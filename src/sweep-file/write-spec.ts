/** A spec that follows from another one, as text with comments. */
import { Document, isCollection, isMap, isNode, type Node } from 'yaml';
import { applyOverrides } from './overrides.ts';
import { TOP_KEYS } from './spec-keys.ts';
import { readSource, YAML_OPTIONS } from './source.ts';
import type { Domain } from './spec.ts';

export interface NextSpec {
  readonly name: string;
  /** What stands above it, a line each. */
  readonly comment: readonly string[];
  /** In place of what was said of these; each with the reason. `domain` left out: as it was. */
  readonly parameters: readonly { readonly name: string; readonly domain?: Domain; readonly comment: string }[];
  /** Parameters of which nothing is said any more. */
  readonly without: readonly string[];
  readonly zip: readonly (readonly string[])[];
  /** Places of the rules and of the exclusions that stay. */
  readonly when: readonly number[];
  readonly exclude: readonly number[];
  /** Keys that go. */
  readonly dropped: readonly string[];
  readonly learnFrom: readonly string[];
  /** In place of those of the search, where there are no more configurations. */
  readonly trials?: number | undefined;
}

/** All else is as in `text` with its overrides, which are a valid spec. */
export function writeNextSpec(text: string, overrides: readonly string[], next: NextSpec): string {
  const { document } = readSource(text, 'spec');
  applyOverrides(document, overrides);
  const { parameters = {}, ...given } = document.toJS() as Record<string, unknown> & { parameters?: object };
  const kept = (key: string, places: readonly number[]): unknown[] => {
    const all = (given[key] ?? []) as unknown[];
    return places.map((place) => all[place]);
  };
  const domains = next.parameters.flatMap(({ name, domain }) => (domain ? [[name, written(domain)] as const] : []));
  const said = { ...parameters, ...Object.fromEntries(domains) };
  const changed: Record<string, unknown> = {
    name: next.name,
    dataset: given['dataset'],
    parameters: Object.fromEntries(Object.entries(said).filter(([name]) => !next.without.includes(name))),
    ...{ zip: next.zip, when: kept('when', next.when), exclude: kept('exclude', next.exclude), try: [] },
    ...(next.trials !== undefined && { trials: next.trials }),
    ...(next.learnFrom.length > 0 && { learn_from: next.learnFrom }),
  };
  const all = { ...changed, ...given, ...changed };
  const isSaid = ([key, value]: readonly [string, unknown]): boolean =>
    !next.dropped.includes(key) && !(Array.isArray(value) && value.length === 0);
  const place = ([key]: readonly [string, unknown]): number => TOP_KEYS.indexOf(key);
  const entries = Object.entries(all)
    .filter(isSaid)
    .sort((a, b) => place(a) - place(b));
  const result = new Document(Object.fromEntries(entries), { ...YAML_OPTIONS, aliasDuplicateObjects: false });
  result.commentBefore = next.comment.map((line) => ` ${line}`).join('\n');
  layOut(result, next);
  return result.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** A parameter a line, with its reason; rules a line each; all else on the line of its key. */
function layOut(document: Document, { parameters, trials }: NextSpec): void {
  if (!isMap(document.contents)) return;
  for (const { key, value } of document.contents.items) {
    const name = String(isNode(key) ? key.toJSON() : key);
    if (!isCollection(value)) continue;
    if (name !== 'parameters' && name !== 'when' && name !== 'exclude') value.flow = true;
    else for (const item of value.items) inOneLine(isNode(item) ? item : (item as { value: unknown }).value);
  }
  const asked = document.get('trials', true) as Node | undefined;
  if (trials !== undefined && asked !== undefined) asked.comment = ' all that this region has';
  for (const { name, comment } of parameters) {
    const node = document.getIn(['parameters', name], true) as Node | undefined;
    if (node !== undefined) node.comment = ` ${comment}`;
  }
}

function inOneLine(node: unknown): void {
  if (isCollection(node)) node.flow = true;
}

function written(domain: Domain): unknown {
  if (domain.kind === 'choices') return domain.values.length === 1 ? domain.values[0] : domain.values;
  const { min, max, scale, step } = domain;
  return { min, max, ...(scale === 'log' && { scale }), ...(step !== null && { step }) };
}
