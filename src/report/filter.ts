import { SweepError } from '../errors.ts';
import { nearest } from '../spec/suggest.ts';
import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { count, formatValue } from './format.ts';
import { distinctValues, isSameValue, parameterNames } from './parameters.ts';
import { plain } from './text.ts';

/** Trials whose parameters have all of these values. */
export interface Filter {
  readonly terms: readonly { readonly parameter: string; readonly value: unknown }[];
}

/** `key=value` pairs with spaces between; spaces inside brackets belong to the value. */
const TERM = /(?:\[[^\]]*\]|\S)+/g;

/**
 * Parses `architecture=mlp`, `beta=0.5`, `hidden=[512, 256]` or several of them with spaces between.
 * Values are written as in a spec; `1e-3` is 0.001.
 * @throws SweepError USAGE for a wrong form or a parameter that no trial has, NOT_FOUND if no trial has the values;
 *   both say what there is.
 */
export function parseFilter(text: string, snapshot: SweepSnapshot): Filter {
  const terms = (text.match(TERM) ?? []).map((term) => parseTerm(term, snapshot));
  if (terms.length === 0)
    throw new SweepError('USAGE', 'An empty filter: write parameter=value, e.g. architecture=mlp');
  const filter = { terms };
  if (!snapshot.trials.some((trial) => matches(filter, trial))) {
    const outside = describeOutside(snapshot, (trial) => matches(filter, trial));
    throw new SweepError(
      'NOT_FOUND',
      `No trial of ${scopeOf(snapshot)} has ${describeFilter(filter)} together${outside === '' ? '' : `.${outside}`}`,
    );
  }
  return filter;
}

function scopeOf({ sweep, outside }: SweepSnapshot): string {
  return outside.length === 0 ? sweep.name : `the present plan of ${sweep.name}`;
}

/** ` 4 trials outside this plan do: add --all.` */
function describeOutside({ outside }: SweepSnapshot, isMeant: (trial: TrialRecord) => boolean): string {
  const meant = outside.filter(isMeant).length;
  return meant === 0 ? '' : ` ${count(meant, 'trial')} outside this plan ${meant === 1 ? 'does' : 'do'}: add --all.`;
}

function parseTerm(term: string, snapshot: SweepSnapshot): Filter['terms'][number] {
  const { sweep, trials } = snapshot;
  const separator = term.indexOf('=');
  if (separator < 1 || separator === term.length - 1) {
    throw new SweepError(
      'USAGE',
      `Cannot read the filter ${plain(term)}: write parameter=value, e.g. architecture=mlp`,
    );
  }
  const parameter = term.slice(0, separator);
  const value = parseValue(term.slice(separator + 1));
  const names = parameterNames(trials, sweep.swept);
  if (!names.includes(parameter)) {
    const near = nearest(parameter, names);
    throw new SweepError(
      'USAGE',
      `Unknown parameter ${plain(parameter)}${near === undefined ? '.' : `: did you mean ${near}?`} ` +
        `Parameters of ${sweep.name}: ${names.join(', ')}`,
    );
  }
  const values = distinctValues(trials, parameter);
  if (!values.some((known) => isSameValue(known, value))) {
    const outside = describeOutside(snapshot, (trial) => matches({ terms: [{ parameter, value }] }, trial));
    throw new SweepError(
      'NOT_FOUND',
      `No trial of ${scopeOf(snapshot)} has ${parameter}=${formatValue(value)}. ` +
        `Values of ${parameter} here: ${values.map(formatValue).join(', ')}${outside === '' ? '' : `.${outside}`}`,
    );
  }
  return { parameter, value };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A word; numbers that JSON refuses but a spec takes, such as `.5` or `+1`, are numbers too.
    return Number.isFinite(Number(text)) ? Number(text) : text;
  }
}

export function matches(filter: Filter, trial: Pick<TrialRecord, 'params'>): boolean {
  return filter.terms.every(
    ({ parameter, value }) => Object.hasOwn(trial.params, parameter) && isSameValue(trial.params[parameter], value),
  );
}

/** `architecture=mlp beta=1`. */
export function describeFilter(filter: Filter): string {
  return filter.terms.map(({ parameter, value }) => `${parameter}=${formatValue(value)}`).join(' ');
}
