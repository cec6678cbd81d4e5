import { mean, sampleStandardDeviation, sampleVariance } from 'simple-statistics';
import { isSameValue, distinctValues, parameterNames, type Params } from '../parameters.ts';
import { rankConfigurations, valuesOf, type Configuration } from '../ranking.ts';
import { commonTrainedOn } from '../trained-on.ts';
import { matches, type Filter } from '../filter.ts';
import { measure } from '../metric.ts';
import { CONFIDENCE } from '../statistics.ts';
import { criticalT } from '../student-t.ts';
import type { Goal } from '../../metrics/metric.ts';
import type { SweepSnapshot } from '../../store/read-model.ts';
import { SweepError } from '../../errors.ts';
import { nearest } from '../../sweep-file/suggest.ts';
import { plain } from '../../text/printable.ts';
import type { Effects, Interaction, LevelEffect, ParameterEffect } from './effects.ts';
import { findFactors, type Factor, type RangeOf } from './factor.ts';
import { decompose } from './decompose.ts';
import type { Decomposition, Observation, SeedNoise } from './decomposition.ts';

export interface EffectsOptions {
  /** Only these parameters are told; the shares are those among all. */
  readonly parameters?: readonly string[] | undefined;
  readonly by?: string | undefined;
  readonly where?: Filter | undefined;
  readonly all?: boolean | undefined;
  /** How a parameter was searched, where at random over a range. */
  readonly rangeOf?: ((parameter: string) => RangeOf | undefined) | undefined;
}

/**
 * What each parameter that differs does to the objective, or to `by`.
 * @throws SweepError as `rankConfigurations`; USAGE for a parameter that doesn't differ here
 */
export function effectsOf(snapshot: SweepSnapshot, options: EffectsOptions = {}): Effects {
  const { by, where, all = false, rangeOf = () => undefined } = options;
  const { sweep } = snapshot;
  const trials = where === undefined ? snapshot.trials : snapshot.trials.filter((trial) => matches(where, trial));
  const { ranked, unranked, metric, goal } = rankConfigurations(snapshot, trials, by);
  const configurations = [...ranked, ...unranked];
  const names = parameterNames(trials, sweep.swept).filter((name) => distinctValues(trials, name).length > 1);
  for (const name of options.parameters ?? [])
    assertDiffers(name, names, parameterNames(trials, sweep.swept), sweep.name);

  const noise = seedNoise(configurations, metric);
  const everywhere = names.filter((name) => configurations.every(({ params }) => Object.hasOwn(params, name)));
  const isWanted = ({ parameters }: Pick<ParameterEffect, 'parameters'>): boolean =>
    options.parameters === undefined ||
    options.parameters.length === 0 ||
    parameters.some((name) => options.parameters!.includes(name));
  const study = { configurations, metric, goal, noise, rangeOf, isWanted };
  const main = studyOf(study, everywhere, null);
  const nested = conditions(configurations, names, everywhere).map(({ members, own, within }) => {
    const among = [...everywhere.filter((name) => distinctValues(members, name).length > 1), ...own];
    const part = studyOf({ ...study, configurations: members }, among, within);
    return part.effects.filter(({ parameters }) => parameters.some((name) => own.includes(name)));
  });
  const found = [...main.effects, ...nested.flat()];
  const effects = found.filter(isWanted);
  return {
    sweep: sweep.name,
    where: where ?? null,
    all,
    metric,
    goal,
    trainedOn: commonTrainedOn(trials),
    method: main.variance?.method ?? 'none',
    trials: {
      total: trials.length,
      completed: trials.filter(({ state }) => state === 'completed').length,
      lost: trials.filter(({ state }) => state === 'diverged' || state === 'failed').length,
    },
    configurations: main.observations,
    parameters: effects.toSorted((a, b) => (b.share?.share ?? -1) - (a.share?.share ?? -1)),
    untold: found.length - effects.length,
    interaction: main.interaction,
    seeds: main.variance?.seeds ?? null,
    rest: main.variance?.rest ?? null,
    seedDeviation: noise === null ? null : Math.sqrt(noise.variance),
    foretold: main.variance?.foretold ?? null,
  };
}

interface Study {
  readonly configurations: readonly Configuration[];
  readonly metric: string;
  readonly goal: Goal | null;
  readonly noise: SeedNoise | null;
  readonly rangeOf: (parameter: string) => RangeOf | undefined;
  /** Whether any of these is to be told. */
  readonly isWanted: (effect: Pick<ParameterEffect, 'parameters'>) => boolean;
}

/** Parameters that all of the configurations have. */
function studyOf(study: Study, parameters: readonly string[], within: Params | null) {
  const { configurations, metric, noise, rangeOf } = study;
  const factors = findFactors(configurations, parameters, rangeOf);
  const observations = configurations.flatMap((configuration): Observation[] => {
    const values = valuesOf(configuration, metric);
    return values.length === 0 ? [] : [{ params: configuration.params, mean: mean(values), n: values.length }];
  });
  const variance = decompose(factors, observations, noise);
  const effects = factors.map((factor, f): ParameterEffect => {
    const levels = factor.levels.map((_, level) => levelEffect(study, factor, level));
    const extremes = extremesOf(levels, study.goal);
    return {
      parameters: factor.parameters,
      within,
      share: variance?.main[f] ?? null,
      levels,
      extremes,
      tied: extremes === null ? [] : tiedWith(extremes.best, levels, variance?.method === 'grid', study),
    };
  });
  const interaction = variance === null ? null : strongest(variance, factors, effects, observations, study);
  return { effects, variance, interaction, observations: observations.length };
}

/** Configurations that have parameters which others lack, with the values that all of them, and only they, share. */
function conditions(configurations: readonly Configuration[], names: readonly string[], everywhere: readonly string[]) {
  const partial = names.filter((name) => !everywhere.includes(name));
  return partial.map((name) => {
    const members = configurations.filter(({ params }) => Object.hasOwn(params, name));
    const others = configurations.filter((one) => !members.includes(one));
    const common = Object.entries(members[0]!.params).filter(
      ([key, value]) =>
        members.every(({ params }) => isSameValue(params[key], value)) &&
        others.every(({ params }) => Object.hasOwn(params, key) && !isSameValue(params[key], value)),
    );
    return { members, own: [name], within: Object.fromEntries(common) };
  });
}

function levelEffect({ configurations, metric, goal }: Study, factor: Factor, level: number): LevelEffect {
  const members = configurations.filter(({ params }) => factor.levelOf(params) === level);
  const trials = members.flatMap((configuration) => configuration.trials);
  const ended = (state: string): number => trials.filter((trial) => trial.state === state).length;
  const means = members.flatMap((one) => {
    const values = valuesOf(one, metric);
    return values.length === 0 ? [] : [mean(values)];
  });
  const meanOf = (name: string): number | null => {
    const values = members.flatMap(({ completed }) => {
      const measured = completed.flatMap((trial) => measure(trial, name) ?? []);
      return measured.length === 0 ? [] : [mean(measured)];
    });
    return values.length === 0 ? null : mean(values);
  };
  return {
    ...factor.levels[level]!,
    trials: trials.length,
    completed: ended('completed'),
    lost: { diverged: ended('diverged'), failed: ended('failed'), pruned: ended('pruned') },
    configurations: means.length,
    mean: means.length === 0 ? null : mean(means),
    best: means.length === 0 || goal === null ? null : goal === 'maximize' ? Math.max(...means) : Math.min(...means),
    spread: means.length < 2 ? null : sampleStandardDeviation(means),
    reconstruction: meanOf('val/reconstruction'),
    kl: meanOf('val/kl'),
  };
}

/** By a t of the difference of two means. */
function tiedWith(best: number, levels: readonly LevelEffect[], isGrid: boolean, { noise }: Study): number[] {
  // On a grid a value's trials are equally many seeds of each configuration.
  const errorOf = ({ spread, configurations, completed }: LevelEffect): number | null => {
    if (isGrid) return noise === null ? null : Math.sqrt(noise.variance / completed);
    return spread === null ? null : spread / Math.sqrt(configurations);
  };
  const { mean: top, ...first } = levels[best]!;
  const error = errorOf(levels[best]!);
  return levels.flatMap((level, position) => {
    const other = errorOf(level);
    if (position === best || level.mean === null || error === null || other === null) return [];
    const degrees = isGrid ? noise!.degreesOfFreedom : first.configurations + level.configurations - 2;
    const critical = criticalT(degrees, CONFIDENCE) * Math.sqrt(error * error + other * other);
    return Math.abs(level.mean - top!) < critical ? [position] : [];
  });
}

function extremesOf(levels: readonly LevelEffect[], goal: Goal | null): ParameterEffect['extremes'] {
  const sign = goal === 'minimize' ? -1 : 1;
  const order = levels
    .flatMap(({ mean: value }, position) => (value === null ? [] : [{ position, value: sign * value }]))
    .sort((a, b) => b.value - a.value);
  return order.length < 2 ? null : { best: order[0]!.position, worst: order.at(-1)!.position };
}

/** The largest of those that are to be told. */
function strongest(
  { pairs }: Decomposition,
  factors: readonly Factor[],
  effects: readonly ParameterEffect[],
  observations: readonly Observation[],
  { goal, isWanted }: Study,
): Interaction | null {
  const told = pairs.filter(({ factors: both }) => both.some((f) => isWanted(factors[f]!)));
  const [first] = told.toSorted((a, b) => b.share.share - a.share.share);
  if (first === undefined || first.share.share === 0) return null;
  // The one that matters more by itself leads.
  const [a, b] = first.factors.toSorted((x, y) => (effects[y]?.share?.share ?? 0) - (effects[x]?.share?.share ?? 0));
  const { extremes, levels } = effects[a!]!;
  const name = (factor: Factor): string => factor.parameters.join(' + ');
  const bestOf = (level: number): number | undefined => {
    const among = observations.filter(({ params }) => factors[a!]!.levelOf(params) === level);
    const means = factors[b!]!.levels.map((_, other) => {
      const values = among.filter(({ params }) => factors[b!]!.levelOf(params) === other).map((one) => one.mean);
      return values.length === 0 ? undefined : mean(values);
    });
    // Of a value that is missing beside the other, nothing is told.
    if (means.includes(undefined)) return undefined;
    const sign = goal === 'minimize' ? -1 : 1;
    return means.reduce<number>((best, value, i) => (sign * value! > sign * means[best]! ? i : best), 0);
  };
  const ends = extremes === null || goal === null ? [] : [bestOf(extremes.best), bestOf(extremes.worst)];
  const [atBest, atWorst] = ends;
  const turn =
    extremes === null || atBest === undefined || atWorst === undefined || atBest === atWorst
      ? null
      : {
          of: name(factors[b!]!),
          values: [levels[extremes.best]!.value, levels[extremes.worst]!.value] as const,
          best: [factors[b!]!.levels[atBest]!.value, factors[b!]!.levels[atWorst]!.value] as const,
        };
  return { parameters: [name(factors[a!]!), name(factors[b!]!)], share: first.share, turn };
}

function seedNoise(configurations: readonly Configuration[], metric: string): SeedNoise | null {
  const samples = configurations.map((one) => valuesOf(one, metric)).filter(({ length }) => length > 1);
  const degreesOfFreedom = samples.reduce((sum, { length }) => sum + length - 1, 0);
  if (degreesOfFreedom === 0) return null;
  const squares = samples.reduce((sum, values) => sum + (values.length - 1) * sampleVariance(values), 0);
  return { variance: squares / degreesOfFreedom, degreesOfFreedom };
}

function assertDiffers(name: string, differing: readonly string[], all: readonly string[], sweep: string): void {
  if (differing.includes(name)) return;
  const what = all.includes(name) ? `${name} is the same in every trial here` : `Unknown parameter ${plain(name)}`;
  const near = all.includes(name) ? undefined : nearest(name, all);
  const here = differing.length === 0 ? 'none differs' : differing.join(', ');
  throw new SweepError(
    'USAGE',
    `${what}${near === undefined ? '.' : `: did you mean ${near}?`} Parameters that differ in ${sweep}: ${here}.`,
  );
}
