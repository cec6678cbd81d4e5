/** A section for each key of a spec: what it is, which values it takes, its default, a line to copy. From the schema. */
import { PARAMETER_NAMES } from '../../src/model/parameters.ts';
import { formatCount } from '../../src/text/format-number.ts';
import { specJsonSchema } from '../../src/sweep-file/json-schema.ts';
import { seedsSchema } from '../../src/sweep-file/seeds.ts';
import { code, markdownTable } from './markdown-table.ts';

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
}

/** A line for each key, as a spec may have it. Those of parameters are made of their definitions. */
const EXAMPLES: Readonly<Record<string, string>> = {
  name: 'name: beta',
  dataset: 'dataset: { name: mnist, train: 20000, binarization: dynamic }',
  use: 'use: [./student-t.ts, ./rate-share.ts]    # as docs/own-model.md has them\nparameters: { likelihood: [gaussian, student_t] }',
  parameters: 'parameters: { architecture: [mlp, conv], beta: [0.5, 1, 2], learning_rate: 1e-3 }',
  zip: 'parameters: { beta: [1, 2, 4], latent_dim: [5, 10, 20] }\nzip: [[beta, latent_dim]]    # three configurations, not nine',
  when: 'parameters: { architecture: [mlp, conv] }\nwhen: [{ if: { architecture: conv }, then: { learning_rate: [3e-4, 1e-3] } }]',
  exclude: 'parameters: { architecture: [mlp, conv], beta: [1, 8] }\nexclude: [{ beta: 8, architecture: mlp }]',
  where:
    'parameters: { hidden: [[64, 32], [512, 8]], latent_dim: [4, 16] }\nwhere: latent_dim <= last(hidden)    # or a list of such comparisons',
  try: 'parameters: { beta: { min: 0.5, max: 8 }, latent_dim: [5, 10, 20] }\ntry: [{ beta: 4 }, { beta: 1, latent_dim: 32 }]    # latent_dim of the first: 10, its default\nsearch: random\ntrials: 20',
  seeds:
    'parameters: { beta: [0.5, 1, 2, 4], latent_dim: [5, 10, 20] }\nseeds: { screen: 1, confirm: 5, top: 3 }    # or how many: 5, or which ones: [0, 1, 7]',
  train: 'train: { epochs: 20, batch_size: 64, clip_norm: 5 }',
  objective: 'objective: { metric: val/kl, goal: minimize }',
  objectives:
    'parameters: { beta: { min: 0.1, max: 10, scale: log }, latent_dim: { min: 2, max: 20 } }\nobjectives: [val/kl, val/reconstruction]    # or { metric: val/kl, goal: minimize, reference: 40 }\nsearch: auto\ntrials: 60',
  evaluate_test: 'evaluate_test: all',
  search: 'parameters: { beta: { min: 0.5, max: 8, scale: log } }\nsearch: sobol\ntrials: 16',
  trials: 'parameters: { learning_rate: { min: 1e-4, max: 1e-2, scale: log } }\nsearch: random\ntrials: 20',
  search_seed: 'parameters: { latent_dim: { min: 4, max: 32, step: 4 } }\nsearch: random\ntrials: 5\nsearch_seed: 1',
  class:
    'parameters: { architecture: [mlp, conv] }\nclass: cpu\nwhen: [{ if: { architecture: conv }, then: { class: gpu } }]',
  prune:
    'parameters: { beta: [0.5, 1, 2, 4, 8], latent_dim: [4, 8, 16] }\ntrain: { epochs: 27 }\nprune: { method: halving, min_epochs: 3 }    # of 15 configurations 5 go on after epoch 3, and 1 after 9',
  budget: 'parameters: { beta: [0.5, 1, 2, 4] }\nseeds: 5\nbudget: { trials: 12, hours: 8 }',
  until: 'parameters: { beta: [0.5, 1, 2, 4] }\nuntil: { metric: val/elbo, reached: -45 }',
  lookahead:
    'parameters: { beta: { min: 0.5, max: 8, scale: log }, learning_rate: { min: 1e-4, max: 1e-2, scale: log } }\nsearch: auto\ntrials: 60\nlookahead: 4    # four configurations in training at a time',
  learn_from:
    'parameters: { beta: { min: 0.7, max: 1.4, scale: log }, latent_dim: [8, 10, 12] }\nsearch: auto\ntrials: 30\nlearn_from: [beta]    # what `beta` has found is known from the first configuration on',
};

/** These have a table of their own in the same document. */
const TOLD_ELSEWHERE = ['parameters', 'if', 'then', 'zip', 'exclude', 'try'];
/** Texts that a definition gives more to than being words. */
const VALUES: Readonly<Record<string, string>> = {
  where: 'a comparison, or a list of comparisons',
  class: 'words with `-` between them',
  seeds: 'a whole number, a list of whole numbers, or a mapping',
};
/** What the schema has after a transformation, or in words. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  seeds: seedsSchema.meta()?.['default'],
  goal: 'by the metric',
  class: 'every agent',
};

const schema = specJsonSchema() as Node;

export const SPEC_KEYS = `${Object.entries(schema.properties!)
  .map(([key, node]) => section(key, node))
  .join('\n')}\n`;

function section(key: string, node: Node): string {
  const example = EXAMPLES[key];
  if (example === undefined) throw new Error(`spec-keys.ts has no example of the key \`${key}\``);
  const fields = TOLD_ELSEWHERE.includes(key) ? undefined : fieldsOf(node);
  const table =
    fields &&
    markdownTable(
      ['key', 'values', 'default', 'meaning'],
      Object.entries(fields).map(([name, field]) => [
        code(name),
        name === 'path' ? 'a path' : valuesOf(field),
        defaultOf(name, field, node),
        field.description ?? '',
      ]),
    );
  return [
    `### \`${key}\`\n`,
    `${node.description!}\n`,
    ...(table === undefined || key in VALUES
      ? [`${capitalised(VALUES[key] ?? valuesOf(node))}. ${sentence(defaultOf(key, node, schema))}\n`]
      : []),
    ...(table === undefined ? [] : [table]),
    `\`\`\`yaml\n${example}\n\`\`\`\n`,
  ].join('\n');
}

/** Of a mapping, or of the mappings among the ways to write it, or of those in a list. */
function fieldsOf(node: Node): Node['properties'] {
  if (node.properties !== undefined) return node.properties;
  const ways = mappingsOf(node).map(fieldsOf);
  return ways.length > 0
    ? (Object.assign({}, ...ways.map((fields) => whichOf(fields!)), ...ways) as Node['properties'])
    : node.items && fieldsOf(node.items);
}

/** What each of several mappings begins with. */
function whichOf(fields: NonNullable<Node['properties']>): Node['properties'] {
  return Object.fromEntries(Object.entries(fields).slice(0, 1));
}

function mappingsOf({ anyOf = [] }: Node): Node[] {
  return anyOf.filter((way) => fieldsOf(way) !== undefined);
}

function defaultOf(key: string, node: Node, parent: Node): string {
  const ways = mappingsOf(parent);
  const others = ways.filter((way) => !requiredIn(way).includes(key)).flatMap(requiredIn);
  if (others.length > 0 && others.length < ways.length) return `required, or ${others.map(code).join(' or ')}`;
  if (requiredIn(parent).includes(key)) return 'required';
  const value = DEFAULTS[key] ?? node.default;
  if (key in DEFAULTS && typeof value === 'string') return value;
  const isNothing =
    value === undefined || value === null || JSON.stringify(value) === '[]' || JSON.stringify(value) === '{}';
  return isNothing ? 'none' : code(JSON.stringify(value));
}

function requiredIn(node: Node): readonly string[] {
  if (node.properties !== undefined) return node.required ?? [];
  return (node.anyOf ?? (node.items === undefined ? [] : [node.items])).flatMap(requiredIn);
}

function valuesOf(node: Node): string {
  // `null` says what the default does.
  if (typeof node.type === 'object') {
    const only = node.type.find((type) => type !== 'null');
    return valuesOf({ ...node, ...(only !== undefined && { type: only }) });
  }
  if (node.anyOf !== undefined)
    return node.anyOf
      .filter(({ type }) => type !== 'null')
      .map(valuesOf)
      .join(', or ');
  if (node.enum?.join() === PARAMETER_NAMES.join()) return 'a name of a parameter';
  if (node.enum !== undefined) return node.enum.map(code).join(', ');
  switch (node.type) {
    case 'integer':
    case 'number':
      return `${node.type === 'integer' ? 'a whole number' : 'a number'}${rangeOf(node)}`;
    case 'array':
      return `a list of ${plural(valuesOf(node.items!))}`;
    case 'object':
      return 'a mapping';
    case 'boolean':
      return '`true`, `false`';
    case undefined:
    default:
      return 'a word';
  }
}

function plural(kind: string): string {
  return kind.replace(/^a (whole number|number|name|word|mapping|list)/, '$1s');
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Node): string {
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`;
  if (minimum === undefined) return '';
  return most === undefined ? `, ${minimum} or more` : `, ${minimum} to ${formatCount(most)}`;
}

function sentence(usual: string): string {
  return usual === 'required' ? 'Required.' : `Default: ${usual}.`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
