/** Which configurations are trained with more seeds, before one of them is called the winner. */
import type { Goal } from '../metrics/metric.ts';

export interface Screened {
  /** Values of two families have no common scale. */
  readonly family: string;
  /** Mean over its screening seeds; null where one of them didn't complete: it can't be chosen. */
  readonly value: number | null;
}

export interface ScreeningPlace {
  /** From 1, among so many of its family that have a value; null where it has none. */
  readonly place: number | null;
  readonly among: number | null;
}

/** Where each stands in its family, best first; of equals the first comes first. In the order of what is given. */
export function placeScreened(screened: readonly Screened[], goal: Goal): ScreeningPlace[] {
  const sign = goal === 'maximize' ? -1 : 1;
  const standings = new Map<Screened, ScreeningPlace>();
  const whole = screened.filter(({ value }) => value !== null);
  for (const family of Map.groupBy(whole, (one) => one.family).values()) {
    for (const [index, one] of family.toSorted((a, b) => sign * (a.value! - b.value!)).entries()) {
      standings.set(one, { place: index + 1, among: family.length });
    }
  }
  return screened.map((one) => standings.get(one) ?? { place: null, among: null });
}

/** Whether it is one of the best `top` of its family. */
export function isAmongBest({ place }: Pick<ScreeningPlace, 'place'>, top: number): boolean {
  return place !== null && place <= top;
}
