/** What `compare` tells, as values: of two settings pair by pair, of more all beside one. */
import { compareSeveral, type SeveralComparison } from '../analysis/comparison/compare-several.ts';
import { compareSides } from '../analysis/comparison/compare.ts';
import type { Comparison } from '../analysis/comparison/comparison-model.ts';
import type { FilterInput } from '../analysis/filter.ts';
import { describeSide, type PairingSide } from '../analysis/statistics/pairing.ts';
import type { OpenResults, Selection } from './selection.ts';
import { comparedTrials, ofOne } from './compared-sides.ts';
import { SweepError } from '../errors.ts';
import { nearest } from '../sweep-file/suggest.ts';
import { formatValue } from '../text/format-value.ts';
import { plain } from '../text/printable.ts';

/** Compares two settings, pair by pair; differences are right minus left. Throws as `findSweep`, `parseFilter` and `compare`. */
export function comparisonOf(
  { model }: OpenResults,
  name: string | undefined,
  [left, right]: readonly [FilterInput, FilterInput],
  selection: Selection = {},
): Comparison {
  const { snapshot, sides, where } = ofOne(model, name, [left, right], selection);
  return compareSides(snapshot, sides[0]!, sides[1]!, where);
}

/** Compares settings, all beside one: that at the place `reference`, by default the best. Throws as `comparisonOf`. */
export function severalOf(
  { model }: OpenResults,
  name: string | undefined,
  settings: readonly FilterInput[],
  { reference, ...selection }: Selection & { readonly reference?: number | undefined } = {},
): SeveralComparison {
  const { snapshot, sides, where } = ofOne(model, name, settings, selection);
  if (reference !== undefined && sides[reference] === undefined) {
    throw new SweepError('USAGE', `There is no setting ${reference}: places go from 0 to ${sides.length - 1}.`);
  }
  return compareSeveral(snapshot, sides, { reference, where });
}

/**
 * What the words after `sweep compare` ask for: of two settings pairs, of more all beside one. `reference` is one of the
 * settings as it was given. Throws as `comparedTrials`, `compare` and `compareSeveral`.
 */
export function comparisonOfWords(
  { model }: OpenResults,
  words: readonly string[],
  { reference, ...selection }: Selection & { readonly reference?: string | undefined } = {},
): Comparison | SeveralComparison {
  const { snapshot, sides, where } = comparedTrials(model, words, selection);
  const [left, right, ...more] = sides;
  if (reference === undefined && more.length === 0) return compareSides(snapshot, left!, right!, where);
  return compareSeveral(snapshot, sides, {
    reference: reference === undefined ? undefined : placeOf(reference, sides),
    where,
  });
}

function placeOf(reference: string, sides: readonly PairingSide[]): number {
  const names = sides.map((side) => [
    describeSide(side),
    side.sweep,
    ...side.filter.terms.map(({ values }) => formatValue(values[0])),
  ]);
  const place = names.findIndex((own) => own.includes(reference));
  if (place !== -1) return place;
  const near = nearest(reference, sides.map(describeSide));
  throw new SweepError(
    'USAGE',
    `--reference ${plain(reference)} is none of the settings${near === undefined ? '.' : `: did you mean ${near}?`} Settings: ${sides.map(describeSide).join(', ')}`,
  );
}
