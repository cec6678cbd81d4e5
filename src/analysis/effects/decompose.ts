import { average, type Decomposition, type DesignPoint, type SeedNoise } from './decomposition.ts';
import { byExpansion } from './expansion-variance.ts';
import type { Factor } from './factor.ts';
import { byForest } from './forest-variance.ts';
import { growForest } from './forest.ts';
import { cellsOf, onGrid } from './grid-variance.ts';
import { fitExpansion } from './polynomials.ts';

/** Fewer configurations than this for each factor tell a model nothing; nor does a model that foretells no more than this. */
export const PER_FACTOR = 5;
const MIN_FORETOLD = 0.2;

/** Null where too few configurations completed, or no model foretells them. */
export function decompose(
  factors: readonly Factor[],
  observations: readonly DesignPoint[],
  noise: SeedNoise | null,
): Decomposition | null {
  if (factors.length === 0 || observations.length < 2) return null;
  const cells = cellsOf(factors, observations);
  if (cells !== undefined) return onGrid(factors, cells, noise);
  return observations.length < PER_FACTOR * factors.length ? null : offGrid(factors, observations, noise);
}

/** By whichever model foretells better what it has not seen: polynomials for what is smooth, a forest for steps and cliffs. */
function offGrid(
  factors: readonly Factor[],
  observations: readonly DesignPoint[],
  noise: SeedNoise | null,
): Decomposition | null {
  const points = observations.map(({ params }) => factors.map(({ coordinate }) => coordinate(params)));
  const values = observations.map(({ mean }) => mean);
  const expansion = fitExpansion(factors, points, values);
  const forest = growForest(points, values);
  if (Math.max(expansion?.foretold ?? 0, forest.foretold) < MIN_FORETOLD) return null;
  return expansion !== undefined && expansion.foretold >= forest.foretold
    ? byExpansion(factors, expansion, average(observations.map(({ n }) => 1 / n)), noise)
    : byForest(factors, forest, noise);
}
