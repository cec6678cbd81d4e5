/** What `report`, `effects` and `show` tell, as values: the one way there, for commands and for programs (`compare`: comparisons.ts). */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Effects } from '../analysis/effects/effects.ts';
import { effectsOf, type EffectsRequest } from '../analysis/effects/effects-of.ts';
import { parseFilter, selectTrials, type FilterInput } from '../analysis/filter.ts';
import { byFamily, describeApart, tellApart } from '../analysis/families.ts';
import { findMetric } from '../analysis/metric.ts';
import { selectedTrials } from '../analysis/ranking.ts';
import { assertSameData } from '../analysis/comparable.ts';
import { atEqualEpochs, firstPruned } from '../analysis/refine/equal-epochs.ts';
import { refine } from '../analysis/refine/refinement.ts';
import type { ReportModel } from '../analysis/report/report-model.ts';
import { costOf, isSearched, type SearchAccount } from '../analysis/search/search-account.ts';
import { courseOf } from '../analysis/search/search-course.ts';
import { describeTrial, type TrialDetail } from '../analysis/trial/show.ts';
import { summarize } from '../analysis/report/summarize.ts';
import { bestTrial, overviewOf, type BestTrial, type SweepOverview } from '../analysis/trial/sweep-overview.ts';
import { needsTraining, VERDICT_METRICS, verdictOf } from '../analysis/trial/verdict.ts';
import { wholeSweep } from '../analysis/whole-sweep.ts';
import { SweepError } from '../errors.ts';
import { fromHere, type ResultsLayout } from '../files/paths.ts';
import { findSweep, findTrial } from './find-results.ts';
import { bitClassOfTrial, findLostWeights } from './lost-weights.ts';
import { PARAMETER_NAMES } from '../model/parameters.ts';
import { recordedSpec } from './recorded-spec.ts';
import {
  NO_CURVES,
  type MetricCurves,
  type ReadModel,
  type SweepRecord,
  type SweepSnapshot,
  type TrialRecord,
} from '../store/read-model.ts';
import { isLearning, type Range } from '../sweep-file/spec.ts';
import { nearest } from '../sweep-file/suggest.ts';
import { plain } from '../text/printable.ts';
import type { TrialId } from '../trial/trial.ts';

/** Which trials an answer is about. */
export interface Selection {
  /** Only trials of which this holds: `architecture=conv beta=1..4`, or `{ architecture: 'conv', beta: [1, 4] }`. */
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

/** What each parameter does, told without bias where trials were pruned. Throws as `effectsOf`. */
export function effectsAtEqualEpochs(
  results: ReadModel,
  snapshot: SweepSnapshot,
  options: Omit<EffectsRequest, 'epoch' | 'rangeOf'> = {},
): Effects {
  const { sweep } = snapshot;
  const rangeOf = rangesOf(sweep);
  if (firstPruned(snapshot) === null) return effectsOf(snapshot, { ...options, rangeOf });
  const completed = snapshot.trials.filter(({ state }) => state === 'completed');
  const metric = options.by === undefined ? sweep.objective.metric : findMetric(options.by, completed);
  const curves = results.curves(sweep.name, [...new Set([metric, ...heldOutBeside(metric)])]);
  // What belongs to a trial as a whole, as its weights or its test images do, has no epochs.
  if (![...curves.values()].some((own) => own.has(metric))) return effectsOf(snapshot, { ...options, rangeOf });
  const equal = atEqualEpochs(snapshot, curves);
  return effectsOf(equal.snapshot, { ...options, by: options.by && metric, epoch: equal.epoch, rangeOf });
}

/** What stands beside the effects on a metric. */
function heldOutBeside(metric: string): string[] {
  const split = metric.split('/')[0]!;
  return ['reconstruction', 'kl'].map((name) => `${split}/${name}`);
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

export interface EffectsOptions extends Selection {
  /** What the parameters do to this metric, instead of the objective. */
  readonly by?: string | undefined;
}

/**
 * What each swept parameter does. Of the names, the first may be a sweep's (by default the one started last); the others
 * are parameters, and only these are told. Throws as `findSweep`, `parseFilter` and `effectsOf`.
 */
export function effectsIn({ model }: OpenResults, names: readonly string[], options: EffectsOptions = {}): Effects {
  const { where, all = false, by } = options;
  const sweeps = model.sweeps().map(({ name }) => name);
  // A word that is both, as `beta` may be, is a sweep's name first and then a parameter's.
  const [first] = names;
  const isParameter = first !== undefined && !sweeps.includes(first) && PARAMETER_NAMES.some((name) => name === first);
  const meant =
    first === undefined || isParameter || sweeps.includes(first) ? undefined : parameterMeant(first, sweeps);
  if (meant !== undefined) {
    throw new SweepError('NOT_FOUND', `No sweep called \`${plain(first!)}\`, nor a parameter: did you mean ${meant}?`);
  }
  const [name, parameters] = isParameter ? [undefined, names] : [first, names.slice(1)];
  const found = findSweep(model, name);
  const snapshot = all ? wholeSweep(found) : found;
  const filter = where === undefined ? undefined : parseFilter(where, snapshot);
  return effectsAtEqualEpochs(model, snapshot, { parameters, by, where: filter, all });
}

/** The parameter that a word is another name of, unless a sweep is called nearly so. */
function parameterMeant(word: string, sweeps: readonly string[]): string | undefined {
  return nearest(word, sweeps) === undefined ? nearest(word, PARAMETER_NAMES) : undefined;
}

/** The ranges that a sweep was searched over. */
function rangesOf(sweep: SweepRecord): (parameter: string) => Range | undefined {
  const axes = recordedSpec(sweep)?.axes ?? [];
  const ranges = new Map(
    axes.flatMap(({ parameter, domain }) => (domain.kind === 'range' ? [[parameter, domain]] : [])),
  );
  return (parameter) => ranges.get(parameter);
}

/** All about the trial whose id begins with `prefix`. Throws as `findTrial` does. */
export function trialDetailOf(open: OpenResults, prefix: string): TrialDetail {
  const trial = findTrial(open.model, prefix);
  return detailOf(open, trial, findSweep(open.model, trial.sweep).sweep);
}

function detailOf({ model, layout }: OpenResults, trial: TrialRecord, sweep: SweepRecord): TrialDetail {
  return describeTrial({
    sweep,
    trial,
    metrics: model.metrics(trial.sweep, trial.id),
    attempts: model.attempts(trial.reusedFrom ?? trial.sweep, trial.id),
    lateEnds: model.lateEnds(trial.reusedFrom ?? trial.sweep, trial.id),
    rungs: model.verdicts(trial.sweep, trial.configId),
    runs: model.runs(trial.reusedFrom ?? trial.sweep),
    origin: model.origin(trial.sweep, trial.id),
    files: filesOf(trial, layout),
    lostWeights: findLostWeights([trial], layout)[0],
    bitClass: bitClassOfTrial(trial, layout),
  });
}

/** The best trial of the sweep, by default the one started last, and where it stands. Throws as `findSweep`; NOT_FOUND before any is completed. */
export function bestTrialOf(open: OpenResults, name?: string): { detail: TrialDetail; best: BestTrial } {
  const snapshot = findSweep(open.model, name);
  refuseSeveralBest(snapshot, open.model.idLength());
  const best = bestTrial(snapshot);
  if (best === undefined) {
    const { name: sweep } = snapshot.sweep;
    throw new SweepError(
      'NOT_FOUND',
      `No trial of sweep ${plain(sweep)} has completed: see \`sweep show ${plain(sweep)}\`.`,
    );
  }
  return { detail: detailOf(open, best.trial, snapshot.sweep), best };
}

/** @throws SweepError USAGE where families without a common scale have a best each */
function refuseSeveralBest(snapshot: SweepSnapshot, idLength: number): void {
  const selected = new Set(selectedTrials(snapshot));
  const families = byFamily(snapshot.trials.filter(({ id }) => selected.has(id)));
  if (families.length < 2) return;
  const named = tellApart(families).map((values, i) => {
    const family = Object.values(values).map((some) => some.join(', '));
    return `${family.join(' ')} ${families[i]![0]!.id.slice(0, idLength)}`;
  });
  const { name } = snapshot.sweep;
  throw new SweepError(
    'USAGE',
    `${plain(name)} has a best trial of each of ${describeApart(families)}, which can't be compared: ${named.join(' · ')}. Name one by its id.`,
  );
}

/** The sweep, by default the one started last, trial by trial. Throws as `findSweep`. */
export function overviewOfSweep({ model }: OpenResults, name?: string): SweepOverview {
  const snapshot = findSweep(model, name);
  return overviewOf(snapshot, verdictCurves(model, snapshot));
}

/** What the verdicts of a sweep's trials are told from, and no more: a sweep may have a million epochs. */
function verdictCurves(model: ReadModel, { sweep, trials }: SweepSnapshot): ReadonlyMap<TrialId, MetricCurves> {
  const held = model.curves(sweep.name, [VERDICT_METRICS.held]);
  const wanted = trials.filter(needsTraining).map(({ id }) => id);
  if (wanted.length === 0) return held;
  const trained = model.curves(sweep.name, VERDICT_METRICS.trained, wanted);
  const both = [...trained].map(([id, curves]) => [id, new Map([...(held.get(id) ?? []), ...curves])] as const);
  return new Map<TrialId, MetricCurves>([...held, ...both]);
}

/** Paths of a trial's files, relative where they lie below the user; those of a result taken over lie with the sweep that made it. */
function filesOf(trial: TrialRecord, layout: ResultsLayout): string[] {
  const folder = layout.trial(trial.reusedFrom ?? trial.sweep, trial.id);
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => fromHere(path.join(folder, name)));
  } catch {
    // Removed by the user, or never trained: the database is what counts.
    return [];
  }
}
