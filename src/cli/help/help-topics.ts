/** `sweep help TOPIC`: what no single command's help has room for, from the definitions themselves. */
import { EXIT_CODES_TEXT, type Topic } from './exit-codes-text.ts';
import { METRICS } from '../../metrics/index.ts';
import { PARAMETERS } from '../../model/parameters.ts';
import { wrap } from '../../render/layout/text.ts';
import { specJsonSchema } from '../../sweep-file/json-schema.ts';
import { DRAWING_SEARCH } from '../../sweep-file/expansion/samplers.ts';

const TOPICS: Readonly<Record<Topic, (columns: number) => string>> = {
  spec: specTopic,
  metrics: metricsTopic,
  'exit-codes': () => EXIT_CODES_TEXT,
};

export function topicText(topic: Topic, columns: number): string {
  return TOPICS[topic](columns);
}

/** What of the schema is told here. */
interface Described {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Described>>;
}

function specTopic(columns: number): string {
  const { properties = {} } = specJsonSchema() as Described;
  const keys = Object.entries(properties)
    .filter(([, { description }]) => description !== undefined)
    .map(([key, { description = '' }]) => entry(key, description, columns));
  const parameters = PARAMETERS.map(({ name, description, default: usual }) =>
    entry(name, `${description} Default: ${JSON.stringify(usual).replaceAll('"', '')}`, columns),
  );
  return [
    'A spec is a YAML file with these keys (sweep.schema.json has them for editors):',
    ...keys,
    '',
    `Under \`parameters\`, each one value, a list of choices, or { min, max, scale } with ${DRAWING_SEARCH}:`,
    ...parameters,
    '',
    wrap('Likelihoods of your own come beside these, by `use` (docs/own-model.md).', columns),
  ].join('\n');
}

function metricsTopic(columns: number): string {
  const better = { maximize: 'more is better', minimize: 'less is better' };
  const lines = METRICS.map(({ name, splits, unit, goal, definition }) =>
    entry(
      splits.map((split) => `${split}/${name}`).join(', '),
      `${definition}. In ${unit}; ${goal === null ? 'no better end' : better[goal]}`,
      columns,
    ),
  );
  return ['Of each epoch, and of each trial at its best one:', ...lines, '', wrap(OWN, columns)].join('\n');
}

const OWN = 'Metrics of your own come beside these, by `use` in a spec (docs/own-model.md).';

/** `  name  what it is`, its lines under each other. */
function entry(name: string, text: string, columns: number): string {
  return `  ${name}\n${wrap(text, columns, '      ')}`;
}
