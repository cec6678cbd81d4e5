import { SweepError } from '../errors.ts';
import { readValue } from '../sweep-file/overrides.ts';
import { nearest } from '../sweep-file/suggest.ts';
import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { count } from '../format-number.ts';
import { formatValue } from '../format-value.ts';
import { distinctValues, isSameValue, parameterNames } from './parameters.ts';
import { plain } from '../printable.ts';
import { wholeSweep } from './whole-sweep.ts';

/** Trials that have, of every parameter named, one of the values given. */
export interface Filter {
  readonly terms: readonly { readonly parameter: string; readonly values: readonly unknown[] }[];
}

/** `key=value` pairs with spaces between; spaces inside brackets, also of a list of lists, belong to the value. */
const TERM = /(?:\[(?:\[[^\]]*\]|[^[\]])*\]|\S)+/g;

/**
 * Parses `architecture=mlp`, `beta=0.5,1`, `hidden=512,256` or several of them with spaces between. Values mean what
 * they mean after `sweep run`: `hidden=512,256` is one value, `hidden=[[512],[256]]` and `beta=0.5,1` are two.
 * @throws SweepError USAGE for a wrong form or a parameter that no trial has, NOT_FOUND if no trial of the plan has it or
 *   the values; all say what there is.
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
  const given = parseValue(term.slice(separator + 1));
  const names = parameterNames(trials, sweep.swept);
  if (!names.includes(parameter)) {
    const all = wholeSweep(snapshot).trials;
    const having = all.slice(trials.length).filter(({ params }) => Object.hasOwn(params, parameter)).length;
    if (having > 0) {
      throw new SweepError(
        'NOT_FOUND',
        `No trial of ${scopeOf(snapshot)} has a parameter ${parameter}. ` +
          `${count(having, 'trial')} outside this plan ${having === 1 ? 'does' : 'do'}: add --all.`,
      );
    }
    const near = nearest(parameter, names);
    throw new SweepError(
      'USAGE',
      `Unknown parameter ${plain(parameter)}${near === undefined ? '.' : `: did you mean ${near}?`} ` +
        `Parameters of ${sweep.name}: ${names.join(', ')}`,
    );
  }
  const known = distinctValues(trials, parameter);
  // As in a spec: a list is several values, unless the parameter's values are lists themselves.
  const isSeveral = Array.isArray(given) && (known.some(Array.isArray) ? given.some(Array.isArray) : true);
  const values: readonly unknown[] = isSeveral ? given : [given];
  const unknown = values.find((value) => !known.some((other) => isSameValue(other, value)));
  if (unknown !== undefined || values.length === 0) {
    const outside = describeOutside(snapshot, (trial) => matches({ terms: [{ parameter, values }] }, trial));
    throw new SweepError(
      'NOT_FOUND',
      `No trial of ${scopeOf(snapshot)} has ${parameter}=${formatValue(unknown ?? given)}. ` +
        `Values of ${parameter} here: ${known.map(formatValue).join(', ')}${outside === '' ? '' : `.${outside}`}`,
    );
  }
  return { parameter, values };
}

function parseValue(text: string): unknown {
  const { value, problem } = readValue(text);
  // What is no value in a spec is a word that no parameter has.
  return problem === undefined ? value.toJS() : text;
}

export function matches(filter: Filter, trial: Pick<TrialRecord, 'params'>): boolean {
  return filter.terms.every(
    ({ parameter, values }) =>
      Object.hasOwn(trial.params, parameter) && values.some((value) => isSameValue(trial.params[parameter], value)),
  );
}

/** `architecture=mlp beta=1,4 hidden=[[64],[32]]`. */
export function describeFilter(filter: Filter): string {
  return filter.terms
    .map(({ parameter, values }) => {
      const text = values.map(formatValue).join(',');
      return `${parameter}=${values.length > 1 && values.some(Array.isArray) ? `[${text}]` : text}`;
    })
    .join(' ');
}
