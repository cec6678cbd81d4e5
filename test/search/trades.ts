/** Problems of two objectives with a known front, for tests and for the bench. */
import type { SamplerChoice } from '../../src/search/auto.ts';
import { randomStream } from '../../src/random.ts';
import { hypervolume } from '../../src/search/hypervolume.ts';
import { asOneLoss, type TradedObservation } from '../../src/search/one-loss.ts';
import { propose } from '../../src/search/propose.ts';
import type { Sampler } from '../../src/search/sampler.ts';
import type { Point } from '../../src/search/space.ts';
import { pointSpace } from './problems.ts';

export interface Trade {
  readonly name: string;
  readonly losses: (point: Point) => readonly [number, number];
  /** What hypervolumes reach up to. */
  readonly reference: readonly [number, number];
}

const space = pointSpace(Array.from({ length: 4 }, () => ({ kind: 'ordered', cell: 0 })));
/** How far the coordinates but the first are from where the front is: all at 0.35. */
const off = (distance: (x: number) => number, [, ...others]: Point): number =>
  others.reduce((sum, x) => sum + distance(x - 0.35), 0);

/** On the front the first coordinate alone trades one against the other. */
export const TRADES: readonly Trade[] = [
  {
    // As ZDT1 of Zitzler et al. 2000: f₂ = 1 − √f₁, a convex front.
    name: 'convex',
    losses(point) {
      const [t, g] = [point[0]!, 1 + 3 * off(Math.abs, point)];
      return [t, g * (1 - Math.sqrt(t / g))];
    },
    reference: [1.1, 4.4],
  },
  {
    // As ZDT2: f₂ = 1 − f₁², of which a weighted sum finds the ends alone.
    name: 'concave',
    losses(point) {
      const [t, g] = [point[0]!, 1 + 3 * off((x) => x * x, point)];
      return [t, g * (1 - (t / g) ** 2)];
    },
    reference: [1.1, 4],
  },
  {
    // Like rate and distortion by the logarithm of β, with three others to be right: D = 20 + 100 e^(−3R/40).
    name: 'rate and distortion',
    losses(point) {
      const [t, g] = [point[0]!, off((x) => x * x, point)];
      return [40 * t + 10 * g, 20 + 100 * Math.exp(-3 * t) + 60 * g];
    },
    reference: [45, 130],
  },
];

const TRIALS = 50;
const LOOKAHEAD = 8;

/** Hypervolume after 50 trials, eight in flight. */
export function learntVolume(trade: Trade, name: SamplerChoice, sampler: Sampler, seed: number): number {
  const seen: TradedObservation[] = [];
  for (let i = 0; i < TRIALS; i++) {
    const known = Math.max(0, i - LOOKAHEAD + 1);
    const observations = asOneLoss(name, seen.slice(0, known), seed, i);
    const pending = seen.slice(known).map(({ point }) => point);
    const { point } = propose({ space, sampler, seed }, i, { observations, pending })!;
    seen.push({ point, losses: trade.losses(point), errors: [null, null] });
  }
  return hypervolume(
    seen.flatMap(({ losses }) => (losses === null ? [] : [losses])),
    trade.reference,
  );
}

/** The same of as many random points. */
export function randomVolume({ losses, reference }: Trade, seed: number): number {
  const random = randomStream(['trades', seed]);
  const points = Array.from({ length: TRIALS }, () => space.dimensions.map(() => random.uniform()));
  return hypervolume(points.map(losses), reference);
}
