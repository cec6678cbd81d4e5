/** Synthetic designs whose shares of variance are known by construction. */
import type { Effects } from '../../../src/analysis/effects/effects.ts';
import { effectsOf } from '../../../src/analysis/effects/effects-of.ts';
import { randomStream, type RandomStream } from '../../../src/random.ts';
import type { TrialRecord } from '../../../src/store/read-model.ts';
import { snapshotOf, trialRecord, valMetrics } from '../support.ts';

export type Point = Readonly<Record<string, string | number>>;

/** Trials whose ELBO is −100 and `effect` of the point, and normal noise of this deviation, drawn anew for each seed. */
export function trialsOf(
  points: readonly Point[],
  seeds: number,
  effect: (point: Point) => number,
  deviation = 0,
  run = 0,
): TrialRecord[] {
  const stream = randomStream(['test noise', run]);
  return points.flatMap((parameters) =>
    Array.from({ length: seeds }, (_, seed) => {
      const metrics = valMetrics(-100 + effect(parameters) + deviation * normal(stream));
      return trialRecord({ parameters, seed, metrics });
    }),
  );
}

function normal(stream: RandomStream): number {
  return stream.fillNormal(new Float32Array(1))[0]!;
}

export const SWEPT = ['beta', 'latent_dim', 'learning_rate', 'activation'];
const GRID = {
  beta: [0.5, 1, 2, 4, 8],
  latent_dim: [2, 8, 32],
  learning_rate: [3e-4, 1e-3, 3e-3],
  activation: ['relu', 'tanh'],
};
export const gridPoints: Point[] = GRID.beta.flatMap((beta) =>
  GRID.latent_dim.flatMap((latent_dim) =>
    GRID.learning_rate.flatMap((learning_rate) =>
      GRID.activation.map((activation): Point => ({ beta, latent_dim, learning_rate, activation })),
    ),
  ),
);
export const SHARES = { beta: 0.55, latent_dim: 0.3, learning_rate: 0.1, activation: 0.05 };

/** The values' effects with mean 0 and variance 1 over a uniform choice of them. */
function standardized(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance));
}
const PATTERNS: Readonly<Record<string, readonly number[]>> = {
  beta: standardized([0, 3, 2, -1, -5]),
  latent_dim: standardized([-2, 1, 1]),
  learning_rate: standardized([0, 1, 3]),
  activation: standardized([0, 1]),
};
export const SCALE = 10;
export function onGrid(point: Point): number {
  return Object.entries(SHARES).reduce((sum, [name, share]) => {
    const position = (GRID[name as keyof typeof GRID] as readonly unknown[]).indexOf(point[name]);
    return sum + SCALE * Math.sqrt(share) * PATTERNS[name]![position]!;
  }, 0);
}

/** A random search of these ranges; the coordinate of each is uniform. */
const RANGES = {
  beta: { min: 0.1, max: 10, scale: 'log' },
  latent_dim: { min: 2, max: 66, scale: 'linear' },
  learning_rate: { min: 1e-4, max: 1e-2, scale: 'log' },
} as const;
export function coordinate(point: Point, name: keyof typeof RANGES): number {
  const { min, max, scale } = RANGES[name];
  const [low, high, at] = [min, max, point[name] as number].map((x) => (scale === 'log' ? Math.log(x) : x));
  return (at! - low!) / (high! - low!);
}
export function randomPoints(count: number, run = 0): Point[] {
  const stream = randomStream(['test points', run]);
  const draw = (name: keyof typeof RANGES): number => {
    const { min, max, scale } = RANGES[name];
    const at = stream.uniform();
    return scale === 'log' ? min * (max / min) ** at : min + at * (max - min);
  };
  return Array.from({ length: count }, (): Point => {
    const [beta, learning_rate] = [draw('beta'), draw('learning_rate')];
    return {
      beta,
      latent_dim: Math.round(draw('latent_dim')),
      learning_rate,
      activation: stream.below(2) === 0 ? 'relu' : 'tanh',
    };
  });
}
/** Curved, linear, linear and a step, each with variance 1 before it is scaled by its share. */
export function atRandom(point: Point): number {
  const u = coordinate(point, 'beta') - 0.5;
  return (
    SCALE *
    (Math.sqrt(SHARES.beta) * -Math.sqrt(180) * (u * u - 1 / 12) +
      Math.sqrt(SHARES.latent_dim) * Math.sqrt(12) * (coordinate(point, 'latent_dim') - 0.5) +
      Math.sqrt(SHARES.learning_rate) * Math.sqrt(12) * (coordinate(point, 'learning_rate') - 0.5) +
      Math.sqrt(SHARES.activation) * (point['activation'] === 'relu' ? 1 : -1))
  );
}

export function study(trials: readonly TrialRecord[], names: readonly string[] = []): Effects {
  const rangeOf = (name: string) => (RANGES as Readonly<Record<string, (typeof RANGES)[keyof typeof RANGES]>>)[name];
  return effectsOf(snapshotOf(trials, { swept: SWEPT }), { parameters: names, rangeOf });
}
export function gridStudy(trials: readonly TrialRecord[]): Effects {
  return effectsOf(snapshotOf(trials, { swept: SWEPT }));
}
