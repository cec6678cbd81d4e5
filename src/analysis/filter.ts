import { SweepError } from '../errors.ts';
import { readValue } from '../sweep-file/overrides.ts';
import { nearest } from '../sweep-file/suggest.ts';
import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { count } from '../text/format-number.ts';
import { formatValue } from '../text/format-value.ts';
import { distinctValues, isSameValue, parameterNames } from './parameters.ts';
import { plain } from '../text/printable.ts';
import { wholeSweep } from './whole-sweep.ts';

/** Trials that have, of every parameter named, one of the values given. */
export interface Filter {
  readonly terms: readonly { readonly parameter: string; readonly values: readonly unknown[] }[];
}

/** As the command line has it, or by parameter; a list is several values where the parameter's values are no lists themselves. */
export type FilterInput = string | Readonly<Record<string, unknown>>;

/** `key=value` pairs with spaces between; spaces inside brackets, also of a list of lists, belong to the value. */
const TERM = /(?:\[(?:\[[^\]]*\]|[^[\]])*\]|\S)+/g;

/**
 * Parses `architecture=mlp`, `beta=0.5,1`, `hidden=512,256` or several of them with spaces between. Values mean what
 * they mean after `sweep run`: `hidden=512,256` is one value, `hidden=[[512],[256]]` and `beta=0.5,1` are two.
 * @throws SweepError USAGE for a wrong form or a parameter that no trial has, NOT_FOUND if no trial of the plan has it or
 *   the values; all say what there is.
 */
export function parseFilter(input: FilterInput, snapshot: SweepSnapshot): Filter {
  const given = typeof input === 'string' ? (input.match(TERM) ?? []).map(splitTerm) : Object.entries(input);
  const terms = given.map(([parameter, value]) => parseTerm(parameter, value, snapshot));
  if (terms.length === 0)
    throw new SweepError('USAGE', 'An empty filter: write parameter=value, e.g. architecture=mlp');
  const filter = { terms };
  if (!snapshot.trials.some((trial) => matches(filter, trial))) {
    throw notFound(snapshot, `${describeFilter(filter)} together`, '', (trial) => matches(filter, trial));
  }
  return filter;
}

/** `No trial of beta has beta=3. Values of beta here: 1, 4. 4 trials outside this plan do: add --all.` */
function notFound(
  { sweep, outside }: SweepSnapshot,
  what: string,
  known: string,
  isMeant: (trial: TrialRecord) => boolean,
): SweepError {
  const scope = outside.length === 0 ? sweep.name : `the present plan of ${sweep.name}`;
  const meant = outside.filter(isMeant).length;
  const others = `${count(meant, 'trial')} outside this plan ${meant === 1 ? 'does' : 'do'}: add --all.`;
  return new SweepError('NOT_FOUND', `No trial of ${scope} has ${what}${known}${meant === 0 ? '' : `. ${others}`}`);
}

function splitTerm(term: string): [parameter: string, value: unknown] {
  const separator = term.indexOf('=');
  if (separator < 1 || separator === term.length - 1) {
    throw new SweepError(
      'USAGE',
      `Cannot read the filter ${plain(term)}: write parameter=value, e.g. architecture=mlp`,
    );
  }
  return [term.slice(0, separator), parseValue(term.slice(separator + 1))];
}

function parseTerm(parameter: string, given: unknown, snapshot: SweepSnapshot): Filter['terms'][number] {
  const { sweep, trials } = snapshot;
  const names = parameterNames(trials, sweep.swept);
  if (!names.includes(parameter)) {
    // Of the whole sweep, settings in which trials differ are parameters, too.
    const outside = wholeSweep(snapshot).trials.slice(trials.length);
    const has = ({ params }: TrialRecord): boolean => Object.hasOwn(params, parameter);
    if (outside.some(has)) throw notFound({ sweep, trials, outside }, `a parameter ${parameter}`, '', has);
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
    const here = `. Values of ${parameter} here: ${known.map(formatValue).join(', ')}`;
    throw notFound(snapshot, `${parameter}=${formatValue(unknown ?? given)}`, here, (trial) =>
      matches({ terms: [{ parameter, values }] }, trial),
    );
  }
  return { parameter, values };
}

/** A value as a spec would read it. */
export function parseValue(text: string): unknown {
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
