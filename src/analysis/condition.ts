/**
 * The language of `--where`: `beta=1,4`, `beta=1..4`, `beta!=1`, `beta>2`, several with spaces between. This is its one
 * parser; what the keys mean is told by filter.ts.
 */
import { SweepError } from '../errors.ts';
import { readValue } from '../sweep-file/overrides.ts';
import { formatValue } from '../text/format-value.ts';
import { plain } from '../text/printable.ts';
import { isSameValue } from './parameters.ts';

/** Numbers from `low` to `high`, which is open where null; `isOpen`: the ends themselves are not in it. */
export interface FilterRange {
  readonly low: number | null;
  readonly high: number | null;
  readonly isOpen: boolean;
}

/** What holds of a key: one of the values, or in one of the ranges; or, `isNot`, none of these. */
export interface FilterCondition {
  readonly parameter: string;
  readonly isNot: boolean;
  readonly values: readonly unknown[];
  readonly ranges: readonly FilterRange[];
  /** What is asked for as it was written: an id may look like a number. */
  readonly text: string;
}

/** As the command line has it, several to be met together, or by key: a value, a list of values, a range as text. */
export type FilterInput = string | readonly string[] | Readonly<Record<string, unknown>>;

/** Conditions with spaces between; spaces inside brackets, also of a list of lists, belong to the value. */
const TERM = /(?:\[(?:\[[^\]]*\]|[^[\]])*\]|\S)+/g;
/** An operator may stand apart from what it is between. */
const SPACED_OPERATOR = /\s*(!=|>=|<=|==?|>|<)\s*(?=\S)/g;
const OPERATOR = /^([^!<>=]+)(!=|>=|<=|==?|>|<)(.+)$/s;

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const RANGE = new RegExp(String.raw`^(${NUMBER})?\.\.(${NUMBER})?$`, 'i');

/** @throws SweepError USAGE for what can't be read, saying how it is written */
export function parseConditions(input: FilterInput): FilterCondition[] {
  if (typeof input === 'string') return textConditions(input);
  if (isTexts(input)) return input.flatMap(textConditions);
  return Object.entries(input).map(([parameter, value]) => equality(parameter, '=', value, formatValue(value)));
}

function isTexts(input: FilterInput): input is readonly string[] {
  return Array.isArray(input);
}

function textConditions(text: string): FilterCondition[] {
  const words = text.replace(SPACED_OPERATOR, '$1').match(TERM) ?? [];
  return words.filter((word) => word !== 'and').map(parseCondition);
}

function parseCondition(term: string): FilterCondition {
  const [, parameter, operator, text] = OPERATOR.exec(term) ?? [];
  if (parameter === undefined || operator === undefined || text === undefined) throw unreadable(term);
  if (operator.startsWith('>') || operator.startsWith('<')) {
    const end = readNumber(text);
    if (end === undefined) {
      throw new SweepError(
        'USAGE',
        `Cannot read ${plain(term)}: ${operator} takes a number, e.g. ${plain(parameter)}${operator}2`,
      );
    }
    const isOpen = !operator.endsWith('=');
    const range = operator.startsWith('>') ? { low: end, high: null, isOpen } : { low: null, high: end, isOpen };
    return { parameter, isNot: false, values: [], ranges: [range], text };
  }
  return equality(parameter, operator === '!=' ? '!=' : '=', readChoices(text), text);
}

/** A list stays one item: whether it is a value or several is known by the values that the key has. */
function equality(parameter: string, operator: '=' | '!=', given: unknown, text: string): FilterCondition {
  const choices = Array.isArray(given) ? given : [given];
  const isRange = (choice: unknown): choice is string =>
    typeof choice === 'string' && choice !== '..' && RANGE.test(choice);
  const ranges = choices.filter(isRange).map((text) => readRange(parameter, text));
  const values = choices.filter((choice) => !isRange(choice));
  return { parameter, isNot: operator === '!=', values: ranges.length === 0 ? [given] : values, ranges, text };
}

function readRange(parameter: string, text: string): FilterRange {
  const [, low, high] = RANGE.exec(text)!;
  const range = {
    low: low === undefined ? null : Number(low),
    high: high === undefined ? null : Number(high),
    isOpen: false,
  };
  if (range.low !== null && range.high !== null && range.low > range.high) {
    throw new SweepError(
      'USAGE',
      `${plain(parameter)}=${text} has its ends the wrong way round: write ${plain(parameter)}=${range.high}..${range.low}`,
    );
  }
  return range;
}

function readNumber(text: string): number | undefined {
  return new RegExp(`^${NUMBER}$`, 'i').test(text) ? Number(text) : undefined;
}

/** Values mean what they mean after `sweep run`. What is no value in a spec is a word that no parameter has. */
export function readChoices(text: string): unknown {
  const { value, problem } = readValue(text);
  return problem === undefined ? value.toJS() : text;
}

/** Of a lone word the shell may have taken the rest: `--where beta>2` writes a file called 2. */
function unreadable(term: string): SweepError {
  const word = plain(term);
  const isLone = /^[\w/.]+$/.test(word);
  const name = isLone ? word : 'beta';
  return new SweepError(
    'USAGE',
    `Cannot read the filter ${word}: write parameter=value, e.g. architecture=mlp, or beta=1..4, beta=2.., beta!=1` +
      (isLone
        ? `. If ${word}>2 was meant, the shell took > for a file to write to: quote it ('${name}>2'), or write ${name}=2..`
        : ''),
  );
}

export function conditionHolds({ isNot, values, ranges }: FilterCondition, value: unknown): boolean {
  const isMeant = values.some((one) => isSameValue(one, value)) || ranges.some((range) => isWithin(range, value));
  return isMeant !== isNot;
}

export function isWithin({ low, high, isOpen }: FilterRange, value: unknown): boolean {
  if (typeof value !== 'number') return false;
  const isAbove = low === null || value > low || (!isOpen && value === low);
  return isAbove && (high === null || value < high || (!isOpen && value === high));
}

/** As it would be typed: `beta=1,4`, `beta=1..4`, `hidden=[[64],[32]]`, `beta>2`. */
export function describeCondition({ parameter, isNot, values, ranges }: FilterCondition): string {
  const [range] = ranges;
  if (range?.isOpen === true) return `${parameter}${range.low === null ? `<${range.high!}` : `>${range.low}`}`;
  const texts = [...values.map(formatValue), ...ranges.map(({ low, high }) => `${low ?? ''}..${high ?? ''}`)];
  const isListOfLists = values.length > 1 && values.some(Array.isArray);
  return `${parameter}${isNot ? '!=' : '='}${isListOfLists ? `[${texts.join(',')}]` : texts.join(',')}`;
}
