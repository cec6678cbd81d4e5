import type { Point } from './space.ts';

/** What a finished configuration came to. */
export interface Observation {
  readonly point: Point;
  /** To be made small; null where it failed or diverged. */
  readonly loss: number | null;
  /** Standard error of the loss, e.g. over seeds; null where it isn't known. */
  readonly error: number | null;
}

/** All that a proposal may know, in the order of the proposals. */
export interface History {
  readonly observations: readonly Observation[];
  /** Proposed, and of no known result. */
  readonly pending: readonly Point[];
}

/** A failure counts as the worst result there is: it says to stay away, and not how far. Zeros where nothing succeeded. */
export function lossesOf(observations: readonly Observation[]): number[] {
  let worst = -Infinity;
  for (const { loss } of observations) if (loss !== null) worst = Math.max(worst, loss);
  return observations.map(({ loss }) => loss ?? (worst === -Infinity ? 0 : worst));
}
