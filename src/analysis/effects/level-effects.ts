import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { Goal } from '../../metrics/metric.ts';
import { measure } from '../metric.ts';
import { valuesOf, type Configuration } from '../ranking.ts';
import { CONFIDENCE } from '../statistics/statistics.ts';
import { criticalRange } from '../statistics/studentized-range.ts';
import type { SeedNoise } from './decomposition.ts';
import type { LevelEffect, ParameterEffect } from './effects.ts';
import type { Factor } from './factor.ts';

/** What effects are told from. */
export interface Study {
  readonly configurations: readonly Configuration[];
  readonly metric: string;
  readonly goal: Goal | null;
  readonly noise: SeedNoise | null;
  /** Whether any of these is to be told. */
  readonly isWanted: (effect: Pick<ParameterEffect, 'parameters'>) => boolean;
}

/** Each value of a factor, and which of them can be told apart. `isGrid`: each has the same others. */
export function levelEffects(
  study: Study,
  factor: Factor,
  isGrid: boolean,
): Pick<ParameterEffect, 'levels' | 'extremes' | 'tied'> {
  const levels = factor.levels.map((_, level) => levelEffect(study, factor, level));
  const extremes = extremesOf(levels, study.goal);
  return { levels, extremes, tied: extremes === null ? [] : tiedWith(extremes.best, levels, isGrid, study) };
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

/** By the difference of two means, with Tukey's correction: any of them could have come out best. */
function tiedWith(best: number, levels: readonly LevelEffect[], isGrid: boolean, { noise }: Study): number[] {
  // On a grid a value's trials are equally many seeds of each configuration.
  const errorOf = ({ spread, configurations, completed }: LevelEffect): number | null => {
    if (isGrid) return noise === null ? null : Math.sqrt(noise.variance / completed);
    return spread === null ? null : spread / Math.sqrt(configurations);
  };
  const measured = levels.filter((level) => level.mean !== null);
  const { mean: top, ...first } = levels[best]!;
  const error = errorOf(levels[best]!);
  if (error === null) return [];
  return levels.flatMap((level, position) => {
    const other = errorOf(level);
    if (position === best || level.mean === null) return [];
    // A single configuration has no spread, and is told from nothing.
    if (other === null) return [position];
    const degrees = isGrid ? noise!.degreesOfFreedom : first.configurations + level.configurations - 2;
    const critical = criticalRange(measured.length, degrees, CONFIDENCE) * Math.sqrt(error * error + other * other);
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
