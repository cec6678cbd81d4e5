/** A parameter as Optuna describes it: what it was drawn from, and its value as a number of that. */
export interface Distribution {
  readonly json: string;
  valueOf(value: unknown): number;
}

/** From this ratio of its ends on, a parameter above 0 has a logarithmic axis. */
const LOGARITHMIC_FROM = 100;

/** Numbers range from their least to their greatest; names, lists (as JSON) and what is mixed are choices. */
export function distributionOf(values: readonly unknown[]): Distribution {
  if (!values.every((value) => typeof value === 'number')) return categorical(values);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const log = low > 0 && high / low >= LOGARITHMIC_FROM;
  const [name, step] = values.every(Number.isSafeInteger) ? ['IntDistribution', 1] : ['FloatDistribution', null];
  return { json: JSON.stringify({ name, attributes: { log, step, low, high } }), valueOf: (value) => value as number };
}

function categorical(values: readonly unknown[]): Distribution {
  const choices = values.map(choiceOf);
  return {
    json: JSON.stringify({ name: 'CategoricalDistribution', attributes: { choices } }),
    valueOf: (value) => choices.indexOf(choiceOf(value)),
  };
}

function choiceOf(value: unknown): unknown {
  return Array.isArray(value) ? JSON.stringify(value) : value;
}
