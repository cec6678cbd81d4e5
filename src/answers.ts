/** What `report`, `compare`, `effects` and `show` tell, as values: the one way there, for commands and for programs. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { compare } from './analysis/compare.ts';
import type { Comparison } from './analysis/comparison-model.ts';
import type { Effects } from './analysis/effects/effects.ts';
import { effectsOf } from './analysis/effects/effects-of.ts';
import { matches, parseFilter, type FilterInput } from './analysis/filter.ts';
import type { ReportModel } from './analysis/report-model.ts';
import { describeTrial, type TrialDetail } from './analysis/show.ts';
import { summarize } from './analysis/summarize.ts';
import { wholeSweep } from './analysis/whole-sweep.ts';
import type { ResultsLayout } from './files/paths.ts';
import { findSweep, findTrial } from './find-results.ts';
import { bitClassOfWeights, findLostWeights } from './lost-weights.ts';
import { PARAMETER_NAMES } from './model/parameters.ts';
import type { ReadModel, SweepRecord, TrialRecord } from './store/read-model.ts';
import { readSpec } from './sweep-file/parse.ts';
import type { Range } from './sweep-file/spec.ts';

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
  { where, all = false }: Selection = {},
): Comparison {
  const found = findSweep(model, name);
  const whole = all ? wholeSweep(found) : found;
  const filter = where === undefined ? undefined : parseFilter(where, whole);
  const snapshot = { ...whole, trials: whole.trials.filter((trial) => filter === undefined || matches(filter, trial)) };
  return compare(snapshot, parseFilter(left, snapshot), parseFilter(right, snapshot));
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
  const [name, parameters] = isParameter ? [undefined, names] : [first, names.slice(1)];
  const found = findSweep(model, name);
  const snapshot = all ? wholeSweep(found) : found;
  const filter = where === undefined ? undefined : parseFilter(where, snapshot);
  return effectsOf(snapshot, { parameters, by, where: filter, all, rangeOf: rangesOf(snapshot.sweep) });
}

/** The ranges that a sweep was searched over; none where its spec is of another version and can't be read. */
function rangesOf({ specText, overrides }: SweepRecord): (parameter: string) => Range | undefined {
  try {
    const { axes } = readSpec(specText, { file: 'spec', overrides }).spec;
    const ranges = new Map(
      axes.flatMap(({ parameter, domain }) => (domain.kind === 'range' ? [[parameter, domain]] : [])),
    );
    return (parameter) => ranges.get(parameter);
  } catch {
    return () => undefined;
  }
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
