/** Which settings the words after `sweep compare` mean, in one sweep. */
import { SweepError } from '../../errors.ts';
import type { SweepSnapshot } from '../../store/read-model.ts';
import { nearest } from '../../sweep-file/suggest.ts';
import { formatValue } from '../../text/format-value.ts';
import { plain } from '../../text/printable.ts';
import { readChoices } from '../condition.ts';
import { describeFilter, parseFilter, resultKeys, type Filter, type FilterInput } from '../filter.ts';
import { distinctValues, isSameValue, parameterNames } from '../parameters.ts';

/**
 * `beta` is every value of it; `beta=1,2,4` each of these; `mlp conv` the values of the one parameter that has them all;
 * and several filters (`beta=1 beta=4`) are themselves, a list in one of them any of its values.
 * @throws SweepError as `parseFilter`, and USAGE for fewer than two settings and for values that tell no parameter or several
 */
export function parseSettings(words: readonly FilterInput[], snapshot: SweepSnapshot): Filter[] {
  const [only] = words;
  if (only === undefined)
    throw new SweepError('USAGE', `Give settings to compare. What differs: ${describeChoices(snapshot)}.`);
  if (words.length === 1) return splitSetting(only, snapshot);
  const bare = words.filter(isBare);
  const parameter = bare.length === 0 ? undefined : parameterOf(bare, snapshot);
  return words.map((word) => {
    if (!isBare(word) || parameter === undefined) return asSetting(parseFilter(word, snapshot));
    return parseFilter({ [parameter]: readChoices(word) }, snapshot);
  });
}

/** One setting of several values: each by itself. */
function splitSetting(setting: FilterInput, snapshot: SweepSnapshot): Filter[] {
  if (isBare(setting)) return valuesOfParameter(setting, snapshot);
  const { terms } = asSetting(parseFilter(setting, snapshot));
  const several = terms.filter(({ values }) => values.length > 1);
  const [split] = several;
  if (split === undefined) {
    throw new SweepError(
      'USAGE',
      `One setting has nothing beside it: give another, or several values of one parameter (${describeChoices(snapshot)}).`,
    );
  }
  if (several.length > 1) {
    const names = several.map(({ parameter }) => parameter).join(' and ');
    throw new SweepError(
      'USAGE',
      `${names} have several values each: compare those of one, and fix the others by --where.`,
    );
  }
  return split.values.map((value) => ({
    terms: terms.map((term) => (term === split ? { ...term, values: [value] } : term)),
  }));
}

function valuesOfParameter(name: string, snapshot: SweepSnapshot): Filter[] {
  const { trials, sweep } = snapshot;
  const values = distinctValues(trials, name);
  if (values.length === 0) {
    const [owner] = parametersWith(name, snapshot);
    if (owner === undefined) throw unknownWord(name, snapshot);
    throw new SweepError(
      'USAGE',
      `${plain(name)} is one value of ${owner}, with nothing beside it: give another. What differs: ${describeChoices(snapshot)}.`,
    );
  }
  if (values.length === 1) {
    throw new SweepError(
      'USAGE',
      `${plain(name)} is ${formatValue(values[0])} in all trials of ${sweep.name}, so there is nothing to compare. ` +
        `What differs: ${describeChoices(snapshot)}.`,
    );
  }
  return values.map((value) => parseFilter({ [name]: value }, snapshot));
}

function isBare(word: FilterInput): word is string {
  return typeof word === 'string' && !/[=<>]/.test(word);
}

/** A side is a setting: a result is what is compared. */
export function asSetting(side: Filter): Filter {
  const other = resultKeys(side)[0] ?? side.terms.find(({ column }) => column.kind === 'id')?.parameter;
  if (other === undefined) return side;
  throw new SweepError(
    'USAGE',
    `${describeFilter(side)} names no setting: the two sides of a comparison are named by parameters, e.g. beta=1 beta=4. ` +
      `What both share may be chosen by ${other}: --where ${other}=…`,
  );
}

/** The parameter that has all these values. */
function parameterOf(words: readonly string[], snapshot: SweepSnapshot): string {
  const { trials, sweep } = snapshot;
  const unknown = words.find((word) => parametersWith(word, snapshot).length === 0);
  if (unknown !== undefined) throw unknownWord(unknown, snapshot);
  const fitting = parameterNames(trials, sweep.swept).filter((name) =>
    words.every((word) => parametersWith(word, snapshot).includes(name)),
  );
  const [parameter] = fitting;
  const shown = words.map(plain);
  if (parameter === undefined) {
    throw new SweepError(
      'USAGE',
      `No parameter of ${sweep.name} has both ${shown.join(' and ')}: write each as parameter=value.`,
    );
  }
  if (fitting.length > 1) {
    const ways = fitting.map((name) => `${name}=${shown.join(',')}`).join(' or ');
    throw new SweepError('USAGE', `${shown.join(', ')} may be ${fitting.join(' or ')}: write ${ways}.`);
  }
  return parameter;
}

/** Parameters that have this value. */
function parametersWith(word: string, { trials, sweep }: SweepSnapshot): string[] {
  const meant = readChoices(word);
  return parameterNames(trials, sweep.swept).filter((name) =>
    distinctValues(trials, name).some((value) => isSameValue(value, meant)),
  );
}

function unknownWord(word: string, snapshot: SweepSnapshot): SweepError {
  const { trials, sweep } = snapshot;
  const names = parameterNames(trials, sweep.swept);
  const values = names.flatMap((name) => distinctValues(trials, name).filter((value) => typeof value === 'string'));
  const near = nearest(word, [...names, ...values]);
  return new SweepError(
    'USAGE',
    `${sweep.name} has no parameter and no value ${plain(word)}${near === undefined ? '' : `: did you mean ${near}?`}${near === undefined ? '.' : ''} ` +
      `What differs: ${describeChoices(snapshot)}.`,
  );
}

const LISTED = 6;

/** `architecture=mlp,conv beta=1,2,4`, of the parameters that differ. */
function describeChoices({ trials, sweep }: SweepSnapshot): string {
  const choices = parameterNames(trials, sweep.swept)
    .map((name) => ({ name, values: distinctValues(trials, name) }))
    .filter(({ values }) => values.length > 1)
    .map(({ name, values }) => {
      const shown = values.slice(0, LISTED).map(formatValue).join(',');
      return `${name}=${values.some(Array.isArray) ? `[${shown}]` : shown}${values.length > LISTED ? ',…' : ''}`;
    });
  return choices.length === 0 ? 'nothing' : choices.join(' ');
}
