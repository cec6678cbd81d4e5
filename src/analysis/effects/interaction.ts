import { mean } from 'simple-statistics';
import type { Goal } from '../../metrics/metric.ts';
import type { Decomposition, DesignPoint } from './decomposition.ts';
import type { Interaction, ParameterEffect } from './effects.ts';
import type { Factor } from './factor.ts';

/** Of the pairs that are to be told, the one that does most together beyond what each does alone; null where none does anything. */
export function strongestInteraction(
  { pairs }: Decomposition,
  factors: readonly Factor[],
  effects: readonly ParameterEffect[],
  observations: readonly DesignPoint[],
  goal: Goal | null,
  isWanted: (effect: Pick<ParameterEffect, 'parameters'>) => boolean,
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
