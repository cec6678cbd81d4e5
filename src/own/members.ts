/** What a module exports, made a likelihood or a metric like ours: each member that is missing or of another kind is told. */
import { FACTS, METRICS } from '../metrics/index.ts';
import { HELD_OUT, type Metric } from '../metrics/metric.ts';
import type { Likelihood } from '../model/likelihood.ts';
import { LIKELIHOODS } from '../model/likelihoods/index.ts';
import type { Named } from '../model/named.ts';
import type { LikelihoodDefinition, MetricDefinition } from './define.ts';

type Given = Readonly<Record<string, unknown>>;
type Refuse = (message: string) => Error;

/** Of ours, what a definition may leave out. */
type Unsaid = 'description' | 'constantElbo';

/** What a member must be, and the words for it. */
type Kind = readonly [is: (value: unknown) => boolean, what: string];

const TEXT: Kind = [(value) => typeof value === 'string' && value.trim() !== '', 'text'];
const FUNCTION: Kind = [(value) => typeof value === 'function', 'a function'];
const TRUE: Kind = [(value) => value === true, '`true`, or left out'];
const LIST: Kind = [Array.isArray, 'a list'];
const NAME: Kind = [
  (value) => typeof value === 'string' && /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(value) && value.length <= 64,
  'a word of a to z, digits and `_`, e.g. student_t',
];
const MASS: Kind = [(value) => value === 'bytes' || value === 'bits', "'bytes' or 'bits', or left out"];
const GOAL: Kind = [
  (value) => value === 'maximize' || value === 'minimize' || value === null,
  "'maximize', 'minimize', or null where neither end is better",
];
const DIGITS: Kind = [
  (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 10,
  'a whole number from 0 to 10',
];
const CHANNELS: Kind = [
  (value) => Array.isArray(value) && value.length > 0 && value.every((one) => Number.isInteger(one) && one > 0),
  'a list of whole numbers, e.g. [1]',
];

const LIKELIHOOD_MEMBERS = {
  name: NAME,
  nats: FUNCTION,
  mean: FUNCTION,
  outputBias: FUNCTION,
} satisfies Partial<Record<keyof LikelihoodDefinition, Kind>>;
const LIKELIHOOD_EXTRAS = {
  description: TEXT,
  family: TEXT,
  mass: MASS,
  channels: CHANNELS,
  isOfReals: TRUE,
  isOfCounts: TRUE,
  notBinary: TEXT,
  outputChannels: FUNCTION,
  weights: LIST,
  observe: FUNCTION,
  draw: FUNCTION,
  constantElbo: FUNCTION,
} satisfies Partial<Record<keyof LikelihoodDefinition, Kind>>;
const METRIC_MEMBERS = { name: NAME, description: TEXT, unit: TEXT, goal: GOAL, of: FUNCTION } satisfies Partial<
  Record<keyof MetricDefinition, Kind>
>;
const METRIC_EXTRAS = { decimals: DIGITS, label: TEXT, amount: TEXT } satisfies Partial<
  Record<keyof MetricDefinition, Kind>
>;

/** `hash`: of the module. @throws what `refuse` makes of the first mistake */
export function likelihoodFrom(given: Given, hash: string, refuse: Refuse): Likelihood {
  checkMembers('likelihood', given, LIKELIHOOD_MEMBERS, LIKELIHOOD_EXTRAS, refuse);
  const definition = given as unknown as Omit<Likelihood, Unsaid> & Partial<Pick<Likelihood, Unsaid>>;
  // By itself it has a scale of its own, and a changed module another one.
  const { name, weights = [], description = name, family = `${name} ${hash}` } = definition;
  checkName(`a likelihood called \`${name}\``, name, LIKELIHOODS, refuse);
  for (const weight of weights as unknown as readonly Given[]) {
    if (typeof weight['name'] !== 'string' || !/^likelihood\.\w+$/.test(weight['name'])) {
      throw refuse(`a weight of the likelihood \`${name}\` has a name like likelihood.log_scale`);
    }
    if (typeof weight['initial'] !== 'function') {
      throw refuse(`\`initial\` of its weight ${weight['name']} is a function of the images' spread`);
    }
    if (typeof weight['shape'] !== 'function' && !Array.isArray(weight['shape'])) {
      throw refuse(`\`shape\` of its weight ${weight['name']} is a list, or a function of an image's numbers`);
    }
    if (weight['isObserved'] === true && definition.observe === undefined) {
      throw refuse(`its weight ${weight['name']} is observed, and there is no function \`observe\``);
    }
  }
  const names = weights.map((weight) => weight.name);
  const twice = names.find((one, i) => names.indexOf(one) < i);
  if (twice !== undefined) throw refuse(`two weights of the likelihood \`${name}\` are called ${twice}`);
  const constantElbo: Likelihood['constantElbo'] = (...args) => definition.constantElbo?.(...args);
  return { ...definition, description, family, constantElbo };
}

/** @throws what `refuse` makes of the first mistake */
export function metricFrom(given: Given, refuse: Refuse): Metric {
  checkMembers('metric', given, METRIC_MEMBERS, METRIC_EXTRAS, refuse);
  const { description, label, amount, decimals = 2, ...metric } = given as unknown as MetricDefinition;
  const header = label ?? metric.name;
  // A column's header is asked for like a name.
  const ours = [...METRICS, ...FACTS].map(({ aliases = [], ...one }) => {
    return { ...one, aliases: [...aliases, one.label.toLowerCase()] };
  });
  checkName(`a metric called \`${metric.name}\``, metric.name, ours, refuse);
  checkName(`a metric with the label \`${header}\``, header.toLowerCase(), ours, refuse);
  return {
    ...metric,
    ...{ definition: description, label: header, amount: amount ?? `${metric.unit} of ${header}`, decimals },
    ...{ splits: HELD_OUT, ranks: true },
    of: (measured) => metric.of(measured as Parameters<typeof metric.of>[0]),
  };
}

function checkMembers(
  what: string,
  given: Given,
  needed: Readonly<Record<string, Kind>>,
  extras: Readonly<Record<string, Kind>>,
  refuse: Refuse,
): void {
  const called = typeof given['name'] === 'string' ? `the ${what} \`${given['name'].slice(0, 64)}\`` : `a ${what}`;
  const all = { ...needed, ...extras };
  for (const [member, [is, kind]] of Object.entries(all)) {
    const value = given[member];
    if (value === undefined && !(member in needed)) continue;
    if (value === undefined) throw refuse(`${called} has no \`${member}\`, which is ${kind}`);
    if (!is(value)) throw refuse(`\`${member}\` of ${called} is ${kind}`);
  }
  const unknown = Object.keys(given).find((member) => !Object.hasOwn(all, member));
  if (unknown === undefined) return;
  const others = Object.keys(all).join(', ');
  const hint =
    unknown === 'parameters' || unknown === 'aliases'
      ? `one of your own has no ${unknown}: export a list of several, one for each choice`
      : `it may have ${others}`;
  throw refuse(`${called} has \`${unknown}\`, and ${hint}`);
}

function checkName(called: string, name: string, ours: readonly Named[], refuse: Refuse): void {
  const same = ours.find((one) => [one.name, ...(one.aliases ?? []), ...(one.otherThings ?? [])].includes(name));
  if (same === undefined) return;
  throw refuse(
    `${called} is there already, ${same.name === name ? 'as one of ours' : `as another name of ${same.name}`}: call yours otherwise`,
  );
}
