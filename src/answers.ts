/** What `report`, `compare` and `show` tell, as values: the one way there, for commands and for programs. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { compareSeveral, type SeveralComparison } from './analysis/compare-several.ts';
import { compareSides } from './analysis/compare.ts';
import type { Comparison } from './analysis/comparison-model.ts';
import { parseFilter, type FilterInput } from './analysis/filter.ts';
import { describeSide, type PairingSide } from './analysis/pairing.ts';
import type { ReportModel } from './analysis/report-model.ts';
import { describeTrial, type TrialDetail } from './analysis/show.ts';
import { summarize } from './analysis/summarize.ts';
import { wholeSweep } from './analysis/whole-sweep.ts';
import { comparedTrials, ofOne } from './compared-sides.ts';
import { SweepError } from './errors.ts';
import type { ResultsLayout } from './files/paths.ts';
import { findSweep, findTrial } from './find-results.ts';
import { bitClassOfWeights, findLostWeights } from './lost-weights.ts';
import type { ReadModel, TrialRecord } from './store/read-model.ts';
import { nearest } from './sweep-file/suggest.ts';
import { formatValue } from './text/format-value.ts';
import { plain } from './text/printable.ts';

/** Which trials an answer is about. */
export interface Selection {
  /** Only trials with these values: `architecture=conv beta=1,4`, or `{ architecture: 'conv', beta: [1, 4] }`. */
  readonly where?: FilterInput | undefined;
  /** With the trials outside the present plan, which earlier ones named. */
  readonly all?: boolean | undefined;
}

export interface ReportOptions extends Selection {
  /** Only so many of the best configurations; by default all, also those without a rank. */
  readonly best?: number | undefined;
  /** Rank by this metric instead of the objective; sort by it where it has no better end. */
  readonly by?: string | undefined;
}

/** Results that are open, and the folder they are of. */
export interface OpenResults {
  readonly model: ReadModel;
  readonly layout: ResultsLayout;
}

/** Ranks the configurations of a sweep, by default the one started last. Throws as `findSweep`, `parseFilter` and `summarize`. */
export function reportOf({ model, layout }: OpenResults, name?: string, options: ReportOptions = {}): ReportModel {
  const { where, all = false, best, by } = options;
  const found = findSweep(model, name);
  const snapshot = all ? wholeSweep(found) : found;
  const filter = where === undefined ? undefined : parseFilter(where, snapshot);
  const idLength = model.idLength();
  const lostWeights = findLostWeights(found.trials, layout);
  return summarize(snapshot, { best, by, where: filter, idLength, all, lostWeights });
}

/** Compares two settings, pair by pair; differences are right minus left. Throws as `findSweep`, `parseFilter` and `compare`. */
export function comparisonOf(
  { model }: OpenResults,
  name: string | undefined,
  [left, right]: readonly [FilterInput, FilterInput],
  selection: Selection = {},
): Comparison {
  const { snapshot, sides } = ofOne(model, name, [left, right], selection);
  return compareSides(snapshot, sides[0]!, sides[1]!);
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
  const { snapshot, sides } = comparedTrials(model, words, selection);
  const [left, right, ...more] = sides;
  if (reference === undefined && more.length === 0) return compareSides(snapshot, left!, right!);
  return compareSeveral(snapshot, sides, reference === undefined ? undefined : placeOf(reference, sides));
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

/** All about the trial whose id begins with `prefix`. Throws as `findTrial` does. */
export function trialDetailOf({ model, layout }: OpenResults, prefix: string): TrialDetail {
  const trial = findTrial(model, prefix);
  return describeTrial({
    sweep: findSweep(model, trial.sweep).sweep,
    trial,
    metrics: model.metrics(trial.sweep, trial.id),
    attempts: model.attempts(trial.reusedFrom ?? trial.sweep, trial.id),
    files: filesOf(trial, layout),
    lostWeights: findLostWeights([trial], layout)[0],
    bitClass: bitClassOfWeights(trial, layout),
  });
}

/** Paths of a trial's files, relative where they lie below the user; those of a result taken over lie with the sweep that made it. */
function filesOf(trial: TrialRecord, layout: ResultsLayout): string[] {
  const folder = layout.trial(trial.reusedFrom ?? trial.sweep, trial.id);
  try {
    const names = readdirSync(folder).sort();
    const relative = path.relative('', folder);
    return names.map((name) => path.join(relative.startsWith('..') ? folder : relative, name));
  } catch {
    // Removed by the user, or never trained: the database is what counts.
    return [];
  }
}
