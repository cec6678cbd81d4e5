import { saidOf, sampleNoun, type SampleNoun } from '../text/sample-noun.ts';
import { printableJson } from '../text/printable.ts';
import { describeFilter } from '../analysis/filter.ts';
import { doneCount } from '../analysis/progress/count-states.ts';
import type { ReportModel } from '../analysis/report/report-model.ts';
import type { TrialDetail } from '../analysis/trial/show.ts';
import type { SweepStatus } from '../analysis/progress/status.ts';
import { WANTED_POWER } from '../analysis/report/seed-advice.ts';
import { trainedOn } from '../analysis/trained-on.ts';
import type { DifferenceToBest } from '../analysis/report/versus-best.ts';
import type { SweepOverview } from '../analysis/trial/sweep-overview.ts';
import type { TrialVerdict } from '../analysis/trial/verdict.ts';
import type { RunRecord, TrialRecord } from '../store/read-model.ts';
import { DEALT, type RecordedVerdict } from '../store/verdicts.ts';
import { toUserSpelling } from '../sweep-file/naming.ts';
import { quantityOf } from '../metrics/index.ts';
import { TRIAL_STATES } from '../trial/state.ts';
import { adviceText } from './report/advice-text.ts';
import { nextCommands, type SpecCommands } from './report/next-commands.ts';
import { mattering, searchAnswers } from './report/search-text.ts';
import { trainedHow, trialWarnings } from './trial/shortfall-text.ts';
import { describeVerdict } from './trial/verdict-text.ts';
import { describeWarning } from './report/warning-text.ts';

/** One line of JSON with a line feed, safe to print anywhere and equal in value to `value`. */
export function toJsonLine(value: unknown): string {
  return `${printableJson(JSON.stringify(value))}\n`;
}

/**
 * `vae-sweep.report/1`: the ranked configurations. Other programs rely on its names. Where the metric has no better end,
 * `goal` is null, `rank` the place in the order, and nothing `tied`.
 */
export function renderReportJson(model: ReportModel, flags = '', commands: SpecCommands = {}): string {
  return toJsonLine({
    schema: 'vae-sweep.report/1',
    sweep: model.sweep,
    metric: model.metric,
    goal: model.goal,
    trials: model.trials,
    best: model.configurations
      .filter(({ rank }) => rank !== null)
      .map(({ rank, params, n, tied, metrics, trials, standing, vsBest, lost, tags }) => {
        return {
          rank,
          config: params,
          n,
          tied,
          metrics,
          trials,
          standing,
          vs_best: differenceJson(vsBest),
          lost,
          tags,
        };
      }),
    warnings: model.warnings.map((warning) => {
      return { kind: warning.kind, message: describeWarning(warning, model), trials: warning.trials };
    }),
    untested: model.untested,
    outside_plan: model.outside,
    trained_on: model.trainedOn,
    seed_advice: adviceJson(model, commands),
    pareto: model.trade === null ? null : paretoJson(model.trade),
    objectives: model.traded === null ? null : tradedJson(model.traded),
    answers: answersJson(model, flags),
    ...moreOfReport(model, flags, commands),
  });
}

/** What the screen says beside that. */
function moreOfReport(model: ReportModel, flags: string, commands: SpecCommands): object {
  const { configurations, metric, tested, warnings } = model;
  const measured = configurations.flatMap(({ metrics }) => Object.keys(metrics));
  return {
    state: model.state,
    tags: model.tags,
    note: model.note,
    where: model.where && describeFilter(model.where),
    epoch: model.epoch,
    swept: model.differing,
    /** `where_used`: other architectures don't have it. */
    same_everywhere: model.constants.map(({ name, value, isPartial }) => ({ name, value, where_used: isPartial })),
    units: unitsOf([metric, ...measured], model.noun),
    unranked: configurations
      .filter(({ rank }) => rank === null)
      .map(({ params, planned, lost }) => ({ config: params, planned, lost })),
    omitted: model.omitted,
    edges: model.edges,
    confirmation: model.confirmation && {
      screened: model.confirmation.screened,
      confirmed: model.confirmation.confirmed,
      chosen_by: model.confirmation.chosenBy,
      judged_by: model.confirmation.judgedBy,
    },
    tested: tested && { rank: tested.rank, config: tested.params },
    collapsed: warnings.filter(({ kind }) => kind === 'collapsed').flatMap(({ trials }) => trials),
    outdated: model.outdated,
    next: nextCommands(model, flags, commands),
  };
}

/** Of each metric or fact. */
export function unitsOf(names: readonly string[], noun: SampleNoun): object {
  return Object.fromEntries([...new Set(names)].map((name) => [name, saidOf(noun, quantityOf(name).unit)]));
}

/** `needed` seeds each in all, `list` those to ask for; null where no reasonable number would do. `command` asks for them. */
function adviceJson(model: ReportModel, { moreSeeds }: SpecCommands): object | null {
  const { advice } = model;
  if (advice === null) return null;
  const { gap, seeds, needed, list, cost } = advice;
  const more = { trials: cost?.trials ?? null, seconds: cost === null ? null : cost.trials * cost.secondsEach };
  return {
    message: adviceText(model),
    gap,
    power: WANTED_POWER,
    seeds,
    needed,
    list,
    ...more,
    command: moreSeeds ?? null,
  };
}

/** By means over seeds; `configurations` by rank, of the `of` whose seeds all have a result. */
function paretoJson({ split, optimal, of, leftOut }: NonNullable<ReportModel['trade']>): object {
  const configurations = optimal.map(({ configId, rank }) => ({ config_id: configId, rank }));
  return { rate: `${split}/kl`, distortion: `${split}/reconstruction`, configurations, of, left_out: leftOut };
}

/** Of several objectives; `certain` is null where no noise is known. */
function tradedJson({ objectives, members, of, leftOut, hypervolume }: NonNullable<ReportModel['traded']>): object {
  return {
    traded: objectives.map(({ metric, goal, reference, isGiven }) => {
      return { metric, goal, reference, reference_given: isGiven };
    }),
    hypervolume,
    configurations: members.map(({ configId, rank, params, values, isCertain }) => {
      const metrics = Object.fromEntries(values.map((value, i) => [objectives[i]!.metric, value]));
      return { config_id: configId, rank, config: params, metrics, certain: isCertain };
    }),
    of,
    left_out: leftOut,
  };
}

/** The four answers of a search, each in words and in the numbers behind them; `course`: its configurations in the order of the plan. */
function answersJson(model: ReportModel, flags: string): object | null {
  const { search } = model;
  if (search === null) return null;
  const told = Object.fromEntries(searchAnswers(model, flags).map((answer) => [answer.name, answer]));
  const { trials, epochs, seconds, saved, takenOver, next } = search;
  return {
    found: { message: told['found']!.text },
    cost: { message: told['cost']!.text, trials, epochs, seconds, epochs_saved: saved, taken_over: takenOver },
    mattered: {
      message: told['mattered']!.text,
      after_epoch: search.effects.epoch,
      parameters: mattering(search).map(([{ parameters, share }, isHardly]) => {
        return { parameters, ...share, hardly: isHardly };
      }),
    },
    next: {
      message: told['next']!.text,
      kind: next.kind,
      command: told['next']!.command,
      parameters: next.kind !== 'refined' ? [] : next.parameters.map(({ parameter, kind }) => ({ parameter, kind })),
    },
    course: search.course.map(({ configId, end, sampler, value, epochs: each, best }) => {
      return { config_id: configId, end, sampler, value, epochs: each, best_so_far: best };
    }),
  };
}

function differenceJson(difference: DifferenceToBest | null): object | null {
  if (difference === null) return null;
  const { mean, low, high, method } = difference;
  return { mean, low, high, method };
}

/** `vae-sweep.show/1`. */
export function renderTrialJson(detail: TrialDetail): string {
  const { trial, attempts, rungs, lateEnds, files, last, curve, curves, bitClass, verdict, run } = detail;
  const { train, dataset } = trial.config;
  return toJsonLine({
    schema: 'vae-sweep.show/1',
    sweep: trial.sweep,
    trial: trial.id,
    config_id: trial.configId,
    seed: trial.seed,
    state: trial.state,
    cause: trial.cause,
    config: trial.params,
    train: { epochs: train.epochs, batch_size: train.batchSize, clip_norm: train.clipNorm },
    dataset,
    best: trial.bestEpoch === null ? null : { epoch: trial.bestEpoch, metrics: trial.metrics },
    last,
    curve,
    curves: Object.fromEntries(curves),
    verdict: verdictJson(verdict, trial),
    kl_per_dimension: trial.klPerDimension,
    trainable_weights: trial.trainableWeights,
    epochs: trial.epochs,
    seconds: trial.seconds,
    cpu_seconds: trial.cpuSeconds,
    device: trial.device,
    reused_from: trial.reusedFrom,
    attempts: attempts.map((attempt) => ({
      attempt: attempt.attempt,
      device: attempt.device,
      engine: attempt.engine,
      bit_class: attempt.bitClass,
      started_at: attempt.startedAt.toISOString(),
      ended_at: attempt.endedAt?.toISOString() ?? null,
      outcome: attempt.outcome,
      cause: attempt.cause,
    })),
    superseded: lateEnds.map(({ attempt, device, toldAt, outcome, cause, epoch, metrics }) => ({
      ...{ attempt, device, told_at: toldAt.toISOString(), outcome, cause, epoch, metrics },
    })),
    files,
    bracket: bracketJson(rungs),
    rungs: judgedIn(rungs).map(({ cohort, epoch, metric, value, place, among, verdict: fate }) => {
      return { cohort: cohort + 1, epoch, metric, value, place, among, verdict: fate };
    }),
    warnings: trialWarnings(detail),
    in_plan: trial.inPlan,
    trained_on: trainedOn(trial),
    bit_class: bitClass,
    tags: trial.tags,
    note: trial.note,
    run: run === null ? null : runJson(run),
    proposal: detail.proposal,
  });
}

/** `vae-sweep.trials/1`: a sweep's trials, best first, each with its verdict. */
export function renderOverviewJson({ status, metric, trials, verdicts, best }: SweepOverview): string {
  return toJsonLine({
    schema: 'vae-sweep.trials/1',
    sweep: status.sweep,
    state: status.state,
    metric,
    best,
    tags: status.tags,
    note: status.note,
    verdicts,
    trials: trials.map(({ trial, value, verdict, curve }) => ({
      trial: trial.id,
      config_id: trial.configId,
      seed: trial.seed,
      state: trial.state,
      config: trial.params,
      value,
      verdict: verdictJson(verdict, trial),
      curve,
      bit_class: trial.bitClass,
      tags: trial.tags,
      note: trial.note,
    })),
  });
}

/** The kind, the sentence, and the numbers that it rests on. */
function verdictJson(verdict: TrialVerdict, trial: TrialRecord): object {
  const { kind, latents, ...evidence } = verdict;
  const text = describeVerdict(verdict, trainedHow(trial), sampleNoun(trial.config.dataset.own));
  return { kind, text, latents_in_use: latents, evidence: toUserSpelling(evidence) };
}

function bracketJson(rungs: readonly RecordedVerdict[]): object | null {
  const dealt = rungs.find(({ rung }) => rung === DEALT);
  return dealt === undefined ? null : { bracket: dealt.place, of: dealt.among, first_rung: dealt.epoch };
}

function judgedIn(rungs: readonly RecordedVerdict[]): RecordedVerdict[] {
  return rungs.filter(({ rung }) => rung !== DEALT);
}

function runJson({ startedAt, endedAt, seenAt, specText, cpuSeconds, ...run }: RunRecord): object {
  return { ...run, started_at: startedAt, ended_at: endedAt, seen_at: seenAt, cpu_seconds: cpuSeconds, spec: specText };
}

/** `vae-sweep.status/1`. */
export function renderStatusJson(statuses: readonly SweepStatus[]): string {
  const sweeps = statuses.map((status) => ({
    sweep: status.sweep,
    state: status.state,
    done: doneCount(status.trials),
    total: status.trials.total,
    trials: Object.fromEntries(TRIAL_STATES.map((state) => [state, status.trials[state]])),
    paused: status.paused,
    metric: status.metric,
    goal: status.goal,
    unit: saidOf(status.noun, quantityOf(status.metric).unit),
    best: status.best === null ? null : { config: status.best.params, ...status.best.estimate },
    started_at: status.startedAt.toISOString(),
    ended_at: status.endedAt?.toISOString() ?? null,
    eta_seconds: status.eta?.seconds ?? null,
    eta_low_seconds: status.eta?.lowSeconds ?? null,
    eta_high_seconds: status.eta?.highSeconds ?? null,
    outside_plan: status.outside,
    trained_on: status.trainedOn,
    tags: status.tags,
    note: status.note,
  }));
  return toJsonLine({ schema: 'vae-sweep.status/1', sweeps });
}
