import { errorFunction } from 'simple-statistics';
import { power } from '../../power.ts';
import { criticalT } from './student-t.ts';

/**
 * Width of the trapezoids, in standard deviations of a bell. On the whole line so few are exact to more digits than
 * `errorFunction` has.
 */
const STEP = 0.2;
const FARTHEST_Z = 8;
const Z = Float64Array.from({ length: 2 * (FARTHEST_Z / STEP) + 1 }, (_, i) => i * STEP - FARTHEST_Z);
const DENSITY = Z.map((z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI));
const BELOW = Z.map(normalProbability);

const criticalValues = new Map<string, number>();

/**
 * Tukey's critical value for the difference of any two of `means` equally noisy means, in standard errors of that
 * difference: with probability `confidence` not one of them is farther from its truth. Between two means it is Student's t.
 * @param means a whole number ≥ 2
 * @param degreesOfFreedom of the variance, a whole number ≥ 1
 */
export function criticalRange(means: number, degreesOfFreedom: number, confidence: number): number {
  if (means === 2) return criticalT(degreesOfFreedom, confidence);
  const key = `${means} ${degreesOfFreedom} ${confidence}`;
  const known = criticalValues.get(key);
  if (known !== undefined) return known;
  const critical = quantile((q) => rangeProbability(q, means, degreesOfFreedom) - confidence) / Math.SQRT2;
  criticalValues.set(key, critical);
  return critical;
}

/** Where `excess`, a probability less a confidence, is 0: by the Illinois method, since each look at it takes milliseconds. */
function quantile(excess: (q: number) => number): number {
  let [low, high] = [4, 8];
  let [below, above] = [excess(low), excess(high)];
  while (above < 0) [low, below, high, above] = [high, above, 2 * high, excess(2 * high)];
  while (below > 0) [high, above, low, below] = [low, below, low / 2, excess(low / 2)];
  // Ten or so in practice.
  for (let looks = 0; looks < 100; looks++) {
    const next = low + ((high - low) * below) / (below - above);
    const value = excess(next);
    if (Math.abs(value) < 1e-7) return next;
    if (value < 0) [low, below, above] = [next, value, above / 2];
    else [high, above, below] = [next, value, below / 2];
  }
  return high;
}

/**
 * P(range of k standard normals / s ≤ q), where s² has ν degrees of freedom: over the density of u = log s, the
 * probability that k normals lie within q · s (Lund & Lund 1983, AS 190).
 */
export function rangeProbability(q: number, k: number, freedom: number): number {
  const logConstant = (freedom / 2) * Math.log(freedom / 2) - logGammaOfHalf(freedom) + Math.LN2;
  // The standard deviation of log s is about 1 / √2ν.
  const step = STEP / Math.sqrt(2 * freedom);
  let total = 0;
  for (let u = -100 * step; u < 40 * step; u += step) {
    const s = Math.exp(u);
    const density = Math.exp(logConstant + freedom * (u - (s * s) / 2));
    if (density > 1e-10) total += density * probabilityWithin(q * s, k);
  }
  return Math.min(1, total * step);
}

/** P(range of k standard normals ≤ width), by the largest of them. */
function probabilityWithin(width: number, k: number): number {
  let total = 0;
  for (const [i, z] of Z.entries()) {
    if (DENSITY[i]! < 1e-14) continue;
    total += DENSITY[i]! * power(BELOW[i]! - normalProbability(z - width), k - 1);
  }
  return k * total * STEP;
}

function normalProbability(z: number): number {
  return (1 + errorFunction(z / Math.SQRT2)) / 2;
}

/** log Γ(ν/2), by Γ(x + 1) = x Γ(x) from Γ(1) = 1 or Γ(½) = √π. */
function logGammaOfHalf(freedom: number): number {
  let result = freedom % 2 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let x = freedom % 2 === 0 ? 1 : 0.5; x < freedom / 2; x++) result += Math.log(x);
  return result;
}
