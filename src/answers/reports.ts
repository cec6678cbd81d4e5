/** What `report` tells, as values: the one way there, for commands and for programs (`compare`: comparisons.ts; `effects`: effects.ts; `show`: trial-details.ts). */
import { parseFilter, selectTrials, type FilterInput } from '../analysis/filter.ts';
import { byFamily, tellApart } from '../analysis/families.ts';
import { assertSameData } from '../analysis/comparable.ts';
import { refine } from '../analysis/refine/refinement.ts';
import type { ReportModel } from '../analysis/report/report-model.ts';
import { costOf, isSearched, type SearchAccount } from '../analysis/search/search-account.ts';
import { courseOf } from '../analysis/search/search-course.ts';
import { summarize } from '../analysis/report/summarize.ts';
import { verdictOf } from '../analysis/trial/verdict.ts';
import { wholeSweep } from '../analysis/whole-sweep.ts';
import { findSweep } from './find-results.ts';
import { findLostWeights } from './lost-weights.ts';
import { recordedSpec } from './recorded-spec.ts';
import { NO_CURVES, type ReadModel, type SweepSnapshot } from '../store/read-model.ts';
import { isLearning } from '../sweep-file/spec.ts';
import type { OpenResults, Selection } from './selection.ts';
import { verdictCurves } from './verdict-curves.ts';
import { effectsAtEqualEpochs } from './effects.ts';

export interface ReportOptions extends Selection {
  /** Only so many of the best configurations; by default all, also those without a rank. */
  readonly best?: number | undefined;
  /** Rank by this metric instead of the objective; sort by it where it has no better end. */
  readonly by?: string | undefined;
}

/** Ranks the configurations of a sweep, by default the one started last. Throws as `findSweep`, `parseFilter` and `summarize`. */
export function reportOf({ model, layout }: OpenResults, name?: string, options: ReportOptions = {}): ReportModel {
  const { where, all = false, best, by } = options;
  const planned = findSweep(model, name);
  const snapshot = all ? wholeSweep(planned) : planned;
  const filter = where === undefined ? undefined : parseFilter(where, snapshot);
  const idLength = model.idLength();
  const lostWeights = findLostWeights(planned.trials, layout);
  const curves = verdictCurves(model, snapshot);
  const verdicts = new Map(
    snapshot.trials.map((trial) => [trial.id, verdictOf(trial, curves.get(trial.id) ?? NO_CURVES)]),
  );
  const objectives = recordedSpec(planned.sweep)?.objectives;
  const asked = { by, where: filter, idLength, all, lostWeights, verdicts, objectives };
  const found = summarize(snapshot, { best, ...asked });
  const isOther = seedsAreAnother(snapshot) && found.confirmation === null && found.advice?.needed != null;
  const report = isOther ? { ...found, advice: null } : found;
  if (by !== undefined || all) return report;
  const whole = best === undefined ? report : summarize(snapshot, asked);
  return { ...report, search: searchAccountOf(model, snapshot, whole) };
}

/**
 * Whether more seeds for all would be another search: what learns proposes by the means of its seeds, and what was pruned would be
 * judged anew. There only a confirmation adds seeds to what was found.
 */
function seedsAreAnother({ sweep, trials }: SweepSnapshot): boolean {
  const spec = recordedSpec(sweep);
  return (spec !== undefined && isLearning(spec.search)) || trials.some(({ state }) => state === 'pruned');
}

/** Null where nothing was searched or pruned, and where the spec is of another version. */
function searchAccountOf(results: ReadModel, snapshot: SweepSnapshot, report: ReportModel): SearchAccount | null {
  const spec = recordedSpec(snapshot.sweep);
  if (spec === undefined || !isSearched(spec, snapshot) || report.winner === null) return null;
  const where = report.where ?? undefined;
  const effects = effectsAtEqualEpochs(results, snapshot, { where });
  const trials = selectTrials(snapshot.trials, where);
  return {
    ...costOf(trials),
    effects,
    next: refine(spec, report, effects),
    course: courseOf(trials, report, results.samplers(snapshot.sweep.name)),
    seeds: spec.seeds,
  };
}

/**
 * The same, one for each family of trials whose values have a scale: those of two are never compared. One where they all
 * have one. Throws as `reportOf`.
 */
export function reportsOf(open: OpenResults, name?: string, options: ReportOptions = {}): ReportModel[] {
  const { where, all = false } = options;
  const found = findSweep(open.model, name);
  const snapshot = all ? wholeSweep(found) : found;
  const trials = selectTrials(snapshot.trials, where === undefined ? undefined : parseFilter(where, snapshot));
  const families = byFamily(trials);
  assertSameData(trials.filter(({ state }) => state === 'completed'));
  if (families.length < 2) return [reportOf(open, name, options)];
  return tellApart(families).map((picked) => reportOf(open, name, { ...options, where: alsoWhere(where, picked) }));
}

function alsoWhere(where: FilterInput | undefined, picked: Readonly<Record<string, readonly string[]>>): FilterInput {
  if (where === undefined) return picked;
  if (typeof where === 'string' || Array.isArray(where)) {
    const conditions = Object.entries(picked).map(([name, values]) => `${name}=${values.join(',')}`);
    return [...[where as string | readonly string[]].flat(), ...conditions];
  }
  return Object.assign({}, where, picked);
}
