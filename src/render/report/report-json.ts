import { saidOf, type SampleNoun } from '../../text/sample-noun.ts';
import { describeFilter } from '../../analysis/filter.ts';
import type { ReportModel } from '../../analysis/report/report-model.ts';
import { WANTED_POWER } from '../../analysis/report/seed-advice.ts';
import type { DifferenceToBest } from '../../analysis/report/versus-best.ts';
import { quantityOf } from '../../metrics/index.ts';
import { adviceText } from './advice-text.ts';
import { nextCommands, type SpecCommands } from './next-commands.ts';
import { mattering, searchAnswers } from './search-text.ts';
import { describeWarning } from './warning-text.ts';
import { toJsonLine } from '../json-line.ts';

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
