import { randomStream } from '../../random.ts';
import {
  DRAWS,
  pairs,
  sharesOf,
  toDecomposition,
  type Decomposition,
  type SeedNoise,
  type Shares,
} from './decomposition.ts';
import type { Factor } from './factor.ts';
import type { Expansion, PolynomialTerm } from './polynomials.ts';

/** What noise adds to the squares of coefficients is taken out, and the same noise drawn again gives the intervals. */
export function byExpansion(
  factors: readonly Factor[],
  { terms, coefficients, inverseRoot, deviation, foretold }: Expansion,
  noisePart: number,
  noise: SeedNoise | null,
): Decomposition {
  const errors = inverseRoot.map((row) => deviation * deviation * row.reduce((sum, x) => sum + x * x, 0));
  // What seeds don't explain of the misses is the design's, too.
  const missed = Math.max(0, deviation * deviation - (noise?.variance ?? 0) * noisePart);
  const pairsOf = pairs(factors.length);
  const isOf = ({ factors: own }: PolynomialTerm, wanted: readonly number[]): boolean => own.join() === wanted.join();
  const shares = (drawn: readonly number[], times: number): Shares => {
    const variance = (wanted: readonly number[]): number =>
      terms.reduce((sum, term, t) => sum + (isOf(term, wanted) ? drawn[t]! * drawn[t]! - times * errors[t]! : 0), 0);
    const main = factors.map((_, f) => Math.max(0, variance([f])));
    const together = pairsOf.map((pair) => Math.max(0, variance(pair)));
    const total = [...main, ...together].reduce((sum, part) => sum + part, missed);
    return sharesOf({ main, pairs: together, total }, noise?.variance ?? 0);
  };
  const stream = randomStream(['effects']);
  const normals = new Float32Array(terms.length);
  const draws = Array.from({ length: DRAWS }, () => {
    stream.fillNormal(normals);
    const drawn = coefficients.map((coefficient, t) => {
      return coefficient + deviation * inverseRoot[t]!.reduce((sum, x, i) => sum + x * normals[i]!, 0);
    });
    return shares(drawn, 2);
  });
  const told = toDecomposition(shares(coefficients, 1), pairsOf, draws);
  return { ...told, method: 'polynomials', seeds: noise === null ? null : told.seeds, foretold };
}
