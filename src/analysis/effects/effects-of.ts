import { mean, sampleVariance } from 'simple-statistics';
import { isSameValue, distinctValues, parameterNames, type Params } from '../parameters.ts';
import { rankConfigurations, valuesOf, type Configuration } from '../ranking.ts';
import { commonTrainedOn } from '../trained-on.ts';
import { selectTrials, type Filter } from '../filter.ts';
import type { SweepSnapshot } from '../../store/read-model.ts';
import { SweepError } from '../../errors.ts';
import { nearest } from '../../sweep-file/suggest.ts';
import { plain } from '../../text/printable.ts';
import { sampleNoun } from '../../text/sample-noun.ts';
import type { Effects, ParameterEffect } from './effects.ts';
import { findFactors, type RangeOf } from './factor.ts';
import { decompose } from './decompose.ts';
import type { DesignPoint, SeedNoise } from './decomposition.ts';
import { strongestInteraction } from './interaction.ts';
import { levelEffects, type Study } from './level-effects.ts';

export interface EffectsRequest {
  /** Only these parameters are told; the shares are those among all. */
  readonly parameters?: readonly string[] | undefined;
  readonly by?: string | undefined;
  readonly where?: Filter | undefined;
  readonly all?: boolean | undefined;
  /** After how many epochs the trials of the snapshot are looked at; null, as by default, for each at its best. */
  readonly epoch?: number | null | undefined;
  /** How a parameter was searched, where at random over a range. */
  readonly rangeOf?: RangeOf | undefined;
}

/**
 * What each parameter that differs does to the objective, or to `by`.
 * @throws SweepError as `rankConfigurations`; USAGE for a parameter that doesn't differ here
 */
export function effectsOf(snapshot: SweepSnapshot, options: EffectsRequest = {}): Effects {
  const { by, where, all = false, epoch = null, rangeOf = () => undefined } = options;
  const { sweep } = snapshot;
  // All by the same seeds: those that confirm the best are of these alone.
  const trials = selectTrials(snapshot.trials, where).filter(({ phase }) => phase !== 'confirm');
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
    epoch,
    metric,
    goal,
    trainedOn: commonTrainedOn(trials),
    noun: sampleNoun(trials[0]?.config.dataset.own),
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

/** Parameters that all of the configurations have. */
function studyOf(study: Study & { readonly rangeOf: RangeOf }, parameters: readonly string[], within: Params | null) {
  const { configurations, metric, noise } = study;
  const factors = findFactors(configurations, parameters, study.rangeOf);
  const observations = configurations.flatMap((configuration): DesignPoint[] => {
    const values = valuesOf(configuration, metric);
    return values.length === 0 ? [] : [{ params: configuration.params, mean: mean(values), n: values.length }];
  });
  const variance = decompose(factors, observations, noise);
  const effects = factors.map((factor, f): ParameterEffect => {
    const share = variance?.main[f] ?? null;
    return {
      parameters: factor.parameters,
      within,
      share,
      ...levelEffects(study, factor, variance?.method === 'grid'),
    };
  });
  const interaction =
    variance === null
      ? null
      : strongestInteraction(variance, factors, effects, observations, study.goal, study.isWanted);
  return { effects, variance, interaction, observations: observations.length };
}

/** Parameters that the same configurations have and others lack, with the values that all of these, and only they, share. */
function conditions(configurations: readonly Configuration[], names: readonly string[], everywhere: readonly string[]) {
  const partial = names.filter((name) => !everywhere.includes(name));
  const membersOf = (name: string) => configurations.filter(({ params }) => Object.hasOwn(params, name));
  const groups = Map.groupBy(partial, (name) =>
    membersOf(name)
      .map(({ id }) => id)
      .join(),
  );
  return [...groups.values()].map((own) => {
    const members = membersOf(own[0]!);
    const others = configurations.filter((one) => !members.includes(one));
    const common = Object.entries(members[0]!.params).filter(
      ([key, value]) =>
        members.every(({ params }) => isSameValue(params[key], value)) &&
        others.every(({ params }) => Object.hasOwn(params, key) && !isSameValue(params[key], value)),
    );
    return { members, own, within: Object.fromEntries(common) };
  });
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
