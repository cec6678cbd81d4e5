/**
 * The package as a library: plan a sweep, run it, and ask what came of it. The commands do the same by the same functions.
 * Nothing here writes to stdout or stderr, listens to signals, or reads environment variables of its own.
 *
 *     import { openResults, runSweep } from 'vae-sweep';
 *
 *     await runSweep({ name: 'beta', dataset: 'sprites-mini', parameters: { beta: [1, 4] }, seeds: 3 });
 *     const results = openResults();
 *     console.log(results.report('beta').configurations[0]);
 *     results.close();
 *
 * @module
 */
/// <reference lib="esnext.disposable" preserve="true" />
import type { SeveralComparison } from './analysis/comparison/compare-several.ts';
import type { Comparison } from './analysis/comparison/comparison-model.ts';
import type { Effects } from './analysis/effects/effects.ts';
import type { FilterInput } from './analysis/filter.ts';
import { lookAhead, type Outlook } from './analysis/progress/outlook.ts';
import type { ReportModel } from './analysis/report/report-model.ts';
import type { TrialDetail } from './analysis/trial/show.ts';
import type { SweepOverview } from './analysis/trial/sweep-overview.ts';
import { reportOf, type ReportOptions } from './answers/reports.ts';
import { bestTrialOf, overviewOfSweep, trialDetailOf } from './answers/trial-details.ts';
import { effectsIn, type EffectsOptions } from './answers/effects.ts';
import type { Selection } from './answers/selection.ts';
import { comparisonOf, severalOf } from './answers/comparisons.ts';
import { readCircumstances } from './circumstances.ts';
import { SweepError } from './errors.ts';
import { ResultsLayout } from './files/paths.ts';
import { findSweep } from './answers/find-results.ts';
import { galleryOf, type GalleryOptions } from './answers/gallery-of.ts';
import { loadedModel, type LoadedModel } from './answers/loaded-model.ts';
import type { Gallery } from './pictures/gallery.ts';
import { planSweep as planOf, type PlannedSweep, type PlanOptions as PlanRequest } from './plan-sweep.ts';
import type { Observer } from './scheduler/events.ts';
import type { MetricRow, SweepRecord, SweepSnapshot } from './store/read-model.ts';
import { openReadModel } from './store/sqlite-read-model.ts';
import { specTextOf, type SpecObject } from './sweep-file/spec-object.ts';
import type { RunResult } from './run/run-result.ts';
import { runSweep as run } from './sweep.ts';

export { defineDataset } from './data/own/define-dataset.ts';
export type { ImageSamples, RowSamples, Sample, SampledDataset } from './data/own/define-dataset.ts';
export { defineLikelihood, defineMetric } from './own/define.ts';
export type { EvaluationMeasured, LikelihoodDefinition, MetricDefinition } from './own/define.ts';
export type { Operations, Tensor } from './own/operations.ts';
export { SweepError } from './errors.ts';
export { SpecError, type SpecIssue } from './sweep-file/issue.ts';
export type { ErrorCode } from './errors.ts';
export type { ReportOptions } from './answers/reports.ts';
export type { EffectsOptions } from './answers/effects.ts';
export type { Selection } from './answers/selection.ts';
export type { FilterInput, SpecObject };
export type {
  Comparison,
  Effects,
  MetricRow,
  Outlook,
  PlannedSweep,
  ReportModel,
  RunResult,
  SeveralComparison,
  SweepOverview,
  SweepRecord,
  SweepSnapshot,
};
export type { Gallery, GalleryOptions, LoadedModel };
export type { GalleryCell } from './pictures/gallery.ts';
export type { TrialDetail };
export type { ConfigurationSummary } from './analysis/report/report-model.ts';
export type { SchedulerEvent as SweepEvent } from './scheduler/events.ts';
export type { TrialRecord } from './store/read-model.ts';

/** A path of a YAML file; YAML text; or the same keys and values as an object. */
export type Spec = string | { readonly text: string } | SpecObject;

/** As the command's flags of these names, with their defaults; environment variables are not looked at. */
export interface PlanOptions {
  /** Folder of the database and of all results; by default `results`. */
  readonly results?: string | undefined;
  /** Folder to look for data sets in first. */
  readonly data?: string | undefined;
  /** `auto`, `cpu`, `gpu`, `gpu:0,2`; by default `auto`. */
  readonly device?: string | undefined;
  /** Trials at a time on each device; by default one per core, one per GPU. */
  readonly slots?: number | undefined;
  /** `key=value`, each replacing a part of the spec, in this order. */
  readonly overrides?: readonly string[] | undefined;
}

export interface RunOptions extends PlanOptions {
  /** Ids, or beginnings of ids, of completed trials to train again, because their weights are gone. */
  readonly again?: readonly string[] | undefined;
  /** Ids, or beginnings of ids, of pruned trials to train to their last epoch. */
  readonly revive?: readonly string[] | undefined;
  /** Told all that happens, each when it is recorded. What it throws ends the run. */
  readonly onEvent?: Observer | undefined;
  /** Aborted to save and stop: the run resolves as `interrupted`, and the next one goes on from there. */
  readonly stop?: AbortSignal | undefined;
}

/** A plan, and what a run of it would do. */
export interface SweepPlan extends PlannedSweep {
  readonly outlook: Outlook;
}

/** Looks ahead; nothing is started, written or downloaded. @throws SweepError, of mistakes in the spec a SpecError with them all */
export async function planSweep(spec: Spec, options: PlanOptions = {}): Promise<SweepPlan> {
  const request = requestOf(spec, options);
  const planned = await planOf(request);
  return { ...planned, outlook: lookAhead(planned, await readCircumstances(planned, request)) };
}

/**
 * Runs a sweep, or goes on with it: trials that are done stay done. Resolves once nothing is left to do, or a stop has gone
 * through; trials that diverged or failed are told in the result. @throws SweepError as `planSweep`, and for the database and devices
 */
export async function runSweep(spec: Spec, options: RunOptions = {}): Promise<RunResult> {
  const { again, revive, stop, onEvent = () => undefined } = options;
  return await run({ ...requestOf(spec, options), again, revive, stop }, onEvent);
}

function requestOf(spec: Spec, options: PlanOptions) {
  const { results = 'results', data: dataDir, device = 'auto', slots, overrides = [] } = options;
  return { ...sourceOf(spec), overrides, dataDir, resultsDir: results, device, slots };
}

function sourceOf(spec: Spec): Pick<PlanRequest, 'specFile' | 'specText'> {
  if (typeof spec === 'string') return { specFile: spec };
  if (typeof spec !== 'object' || (spec as unknown) === null) {
    throw new SweepError('USAGE', 'A spec is the path of a YAML file, { text } with YAML text, or an object.');
  }
  const isText = 'text' in spec && typeof spec.text === 'string';
  return { specFile: 'spec', specText: isText ? spec.text : specTextOf(spec as SpecObject) };
}

/**
 * Opens what a results folder holds, for reading; it may grow meanwhile, and each answer is of the moment it is asked for.
 * To be closed, by `close()` or `using`. @throws SweepError NOT_FOUND where nothing was recorded yet, STORE_* for what can't be read
 */
export function openResults(folder = 'results'): Results {
  const layout = new ResultsLayout(folder);
  const model = openReadModel(layout);
  const open = { model, layout };
  const close = (): void => model[Symbol.dispose]();
  return {
    sweeps: () => model.sweeps(),
    sweep: (name) => findSweep(model, name),
    report: (name, options) => reportOf(open, name, options),
    compare: (left, right, { sweep, ...selection } = {}) => comparisonOf(open, sweep, [left, right], selection),
    compareSeveral: (settings, { sweep, reference, ...selection } = {}) => {
      return severalOf(open, sweep, settings, { reference, ...selection });
    },
    effects: (name, options) => effectsIn(open, name === undefined ? [] : [name], options),
    trial: (id) => trialDetailOf(open, id),
    trials: (name) => overviewOfSweep(open, name),
    best: (name) => bestTrialOf(open, name).detail,
    gallery: (name, options) => galleryOf(open, name, options),
    metrics: (name) => model.metrics(findSweep(model, name, 'objective').sweep.name),
    close,
    [Symbol.dispose]: close,
  };
}

export interface LoadOptions {
  /** With `best`: of this sweep; by default the one started last. */
  readonly sweep?: string | undefined;
  /** Folder of the database and of all results; by default `results`. */
  readonly results?: string | undefined;
}

/**
 * The trained model of a completed trial: by the beginning of its id, as `best`, or by a sweep's name, whose best it is. It
 * computes on the processor, in this thread. Of a table: `loadModel<Float64Array>`. @throws SweepError NOT_FOUND where there is none, or its weights are gone; USAGE;
 * DEFINITION where the module of its likelihood is gone, or another by now
 */
export async function loadModel<Decoded extends Float32Array | Float64Array = Float32Array>(
  trial: string,
  { sweep, results = 'results' }: LoadOptions = {},
): Promise<LoadedModel<Decoded>> {
  const layout = new ResultsLayout(results);
  const model = openReadModel(layout);
  try {
    return (await loadedModel({ model, layout }, trial, sweep)) as LoadedModel<Decoded>;
  } finally {
    model[Symbol.dispose]();
  }
}

/**
 * The objects that the commands' answers are made of. Where a sweep can be left out, it is the one started last. Once they
 * are closed, all else throws a SweepError USAGE.
 */
export interface Results extends Disposable {
  /** All sweeps, the one started last first. */
  sweeps(): readonly SweepRecord[];
  /** A sweep and the record of each of its trials. @throws SweepError NOT_FOUND */
  sweep(name?: string): SweepSnapshot;
  /** As `sweep report`: the configurations, best first. @throws SweepError NOT_FOUND, USAGE */
  report(name?: string, options?: ReportOptions): ReportModel;
  /** As `sweep compare`: two settings, trial by trial; differences are right minus left. @throws SweepError NOT_FOUND, USAGE */
  compare(left: FilterInput, right: FilterInput, options?: Selection & { readonly sweep?: string }): Comparison;
  /**
   * As `sweep compare` of three settings or more, each beside the best or beside the one at the place `reference`:
   * `['beta']` is every value of it. @throws SweepError NOT_FOUND, USAGE
   */
  compareSeveral(
    settings: readonly FilterInput[],
    options?: Selection & { readonly sweep?: string; readonly reference?: number },
  ): SeveralComparison;
  /** As `sweep effects`: what each swept parameter does, the most important first. @throws SweepError NOT_FOUND, USAGE */
  effects(name?: string, options?: EffectsOptions): Effects;
  /** As `sweep show`: all about the trial whose id begins so. @throws SweepError NOT_FOUND, USAGE */
  trial(id: string): TrialDetail;
  /** As `sweep show NAME`: each trial of the plan with its verdict, best first. @throws SweepError NOT_FOUND */
  trials(name?: string): SweepOverview;
  /** As `sweep show best`: all about the trial that did best. @throws SweepError NOT_FOUND, also before one has completed */
  best(name?: string): TrialDetail;
  /** As `sweep gallery`: the pictures as PNG with their labels. @throws SweepError NOT_FOUND, USAGE, DATA_MISSING */
  gallery(name?: string, options?: GalleryOptions): Promise<Gallery>;
  /** Every metric of every epoch. @throws SweepError NOT_FOUND */
  metrics(name?: string): Iterable<MetricRow>;
  close(): void;
}
