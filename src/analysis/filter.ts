import { SweepError } from '../errors.ts';
import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { nearest } from '../sweep-file/suggest.ts';
import { count } from '../text/format-number.ts';
import { formatValue } from '../text/format-value.ts';
import { plain } from '../text/printable.ts';
import { TRIAL_STATES } from '../trial/state.ts';
import { filterColumns, findColumn, refuseUnmeasured, columnValues, type FilterColumn } from './columns.ts';
import {
  describeCondition,
  conditionHolds,
  isWithin,
  parseConditions,
  type FilterCondition,
  type FilterInput,
} from './condition.ts';
import { isSameValue, parameterNames } from './parameters.ts';
import { wholeSweep } from './whole-sweep.ts';

export type { FilterInput } from './condition.ts';

/** A condition, and the column that it is about. */
export interface FilterTerm extends FilterCondition {
  readonly column: FilterColumn;
}

/** Trials of which every term holds. */
export interface Filter {
  readonly terms: readonly FilterTerm[];
}

/**
 * Parses `architecture=mlp`, `beta=0.5,1`, `beta=1..4`, `seed!=0`, `state=failed`, `elbo=-90..` or several of them, which
 * hold together. Values mean what they mean after `sweep run`: `hidden=512,256` is one value, `hidden=[[512],[256]]` and
 * `beta=0.5,1` are two.
 * @throws SweepError USAGE for a wrong form or a key that no trial has, NOT_FOUND if no trial of the plan has it or
 *   the values; all say what there is.
 */
export function parseFilter(input: FilterInput, snapshot: SweepSnapshot): Filter {
  const terms = parseConditions(input).map((condition) => resolve(condition, snapshot));
  if (terms.length === 0)
    throw new SweepError('USAGE', 'An empty filter: write parameter=value, e.g. architecture=mlp');
  const filter = { terms };
  const isMeant = (trial: TrialRecord): boolean => matchesFilter(filter, trial);
  if (!snapshot.trials.some(isMeant)) {
    const alone = terms.map((term) => {
      const { length } = snapshot.trials.filter((trial) => matchesFilter({ terms: [term] }, trial));
      return `${describeCondition(term)} alone has ${count(length, 'trial')}`;
    });
    const [only] = alone.length === 1 ? terms : [];
    const text = describeFilter(filter);
    throw only === undefined
      ? notFound(snapshot, `${text} together`, alone.join(', '), isMeant)
      : notFound(snapshot, text, whatThereIs(only.column, snapshot.trials), isMeant);
  }
  return filter;
}

/** Of the trials, those that a filter lets through; all without one. */
export function selectTrials(trials: readonly TrialRecord[], filter: Filter | undefined): readonly TrialRecord[] {
  return filter === undefined ? trials : trials.filter((trial) => matchesFilter(filter, trial));
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
  // What ends as a range does takes no full stop.
  const told = known === '' ? '' : `${what.endsWith('.') ? ' –' : '.'} ${known}`;
  return new SweepError('NOT_FOUND', `No trial of ${scope} has ${what}${told}${meant === 0 ? '' : `. ${others}`}`);
}

function resolve(condition: FilterCondition, snapshot: SweepSnapshot): FilterTerm {
  const { trials } = snapshot;
  const column = columnOf(condition.parameter, snapshot);
  const known = distinct(column, trials);
  const isNamed = column.kind === 'id' || column.kind === 'names';
  const values = isNamed ? condition.text.split(',') : severalValues(condition.values, known);
  const term: FilterTerm = { ...condition, parameter: column.name, column, values };
  const unknown = term.values.find((value) => !known.some((other) => isValue(column, value, other)));
  const isEmpty = term.values.length === 0 && term.ranges.length === 0;
  if (unknown === undefined && !isEmpty && term.ranges.every((range) => known.some((value) => isWithin(range, value))))
    return term;
  if (column.name === 'state' && unknown !== undefined) refuseUnknownState(unknown);
  // What is not there can be left out, but for a setting, whose values the plan knows: there it is a slip.
  if (term.isNot && (column.kind !== 'setting' || unknown === undefined)) return term;
  const wrong = unknown === undefined ? term : { ...term, isNot: false, values: [unknown], ranges: [] };
  const text = isEmpty ? `${column.name}=[]` : describeCondition(wrong);
  throw notFound(snapshot, text, whatThereIs(column, trials), (trial) => matchesFilter({ terms: [term] }, trial));
}

/** As in a spec: a list is several values, unless the key's values are lists themselves. */
function severalValues(values: readonly unknown[], known: readonly unknown[]): readonly unknown[] {
  const [given] = values;
  if (values.length !== 1 || !Array.isArray(given)) return values;
  return !known.some(Array.isArray) || given.some(Array.isArray) || given.length === 0 ? (given as unknown[]) : values;
}

function columnOf(key: string, snapshot: SweepSnapshot): FilterColumn {
  const { sweep, trials } = snapshot;
  const columns = filterColumns(snapshot);
  const column = findColumn(columns, key);
  if (column !== undefined) return column;
  // Of the whole sweep, settings in which trials differ are parameters, too.
  const outside = wholeSweep(snapshot).trials.slice(trials.length);
  const has = ({ params }: TrialRecord): boolean => Object.hasOwn(params, key);
  if (outside.some(has)) throw notFound({ sweep, trials, outside }, `a parameter ${key}`, '', has);
  refuseUnmeasured(key, columns);
  const near = nearest(
    key,
    columns.map(({ name }) => name),
  );
  throw new SweepError(
    'USAGE',
    `Unknown parameter ${plain(key)}${near === undefined ? '.' : `: did you mean ${near}?`} ` +
      `Parameters of ${sweep.name}: ${parameterNames(trials, sweep.swept).join(', ')}; also seed, state, trial, tag, metrics`,
  );
}

function refuseUnknownState(state: unknown): void {
  const near = nearest(String(state), TRIAL_STATES);
  if (TRIAL_STATES.some((known) => known === state)) return;
  const hint = near === undefined ? '' : `: did you mean ${near}?`;
  throw new SweepError(
    'USAGE',
    `No state is called ${formatValue(state)}${hint || '.'} States: ${TRIAL_STATES.join(', ')}`,
  );
}

function distinct(column: FilterColumn, trials: readonly TrialRecord[]): unknown[] {
  const values = trials.flatMap((trial) => columnValues(column, trial));
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

const MAX_LISTED = 12;

/** `Values of beta here: 1, 4`, and of many numbers the ends. */
function whatThereIs(column: FilterColumn, trials: readonly TrialRecord[]): string {
  const values = distinct(column, trials);
  const numbers = values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  const head = `Values of ${column.name} here: `;
  if (values.length <= MAX_LISTED) return head + (values.length === 0 ? 'none' : values.map(formatValue).join(', '));
  if (numbers.length === values.length) {
    const [low, high] = [formatValue(numbers[0]), formatValue(numbers.at(-1))];
    return `${head}${low} to ${high} (${count(values.length, 'value')}; a range is ${column.name}=${low}..${high})`;
  }
  return `${head}${values.slice(0, MAX_LISTED).map(formatValue).join(', ')}, … (${count(values.length, 'value')})`;
}

/** A trial goes by any beginning of its id, also one that looks like a number. */
function isValue({ kind }: FilterColumn, asked: unknown, value: unknown): boolean {
  return kind === 'id' ? String(value).startsWith(String(asked).toLowerCase()) : isSameValue(asked, value);
}

export function matchesFilter(filter: Filter, trial: TrialRecord): boolean {
  return filter.terms.every((term) => {
    const { column, values, isNot } = term;
    if (column.kind === 'id' || column.kind === 'names') {
      return values.some((asked) => columnValues(column, trial).some((own) => isValue(column, asked, own))) !== isNot;
    }
    const value = column.of(trial);
    return value === undefined ? isNot : conditionHolds(term, value);
  });
}

/** `architecture=mlp beta=1,4 hidden=[[64],[32]]`. */
export function describeFilter(filter: Filter): string {
  return filter.terms.map(describeCondition).join(' ');
}

/** Keys of the filter that choose by what training came to: what is left is no fair sample. */
export function resultKeys(filter: Filter | null): string[] {
  return [
    ...new Set(
      (filter?.terms ?? []).filter(({ column }) => column.kind === 'result').map(({ parameter }) => parameter),
    ),
  ];
}
