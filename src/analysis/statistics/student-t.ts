import { bisect } from 'simple-statistics';

/**
 * P(|T| ≤ t) of Student's t with a whole number of degrees of freedom ν, where t = √ν · tan θ.
 * The finite series of Abramowitz & Stegun, 26.7.3 (odd ν) and 26.7.4 (even ν). simple-statistics has the t of a sample,
 * but no distribution of it.
 */
function centralProbability(theta: number, degreesOfFreedom: number): number {
  const sine = Math.sin(theta);
  const cosine = Math.cos(theta);
  const isOdd = degreesOfFreedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let series = degreesOfFreedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < degreesOfFreedom; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    series += term;
  }
  return isOdd ? (2 / Math.PI) * (theta + sine * series) : sine * series;
}

/** Two-sided p of a t with a whole number ≥ 1 of degrees of freedom. */
export function studentP(t: number, degreesOfFreedom: number): number {
  return Math.max(0, 1 - centralProbability(Math.atan(Math.abs(t) / Math.sqrt(degreesOfFreedom)), degreesOfFreedom));
}

const criticalValues = new Map<string, number>();

/**
 * The t with P(|T| ≤ t) = `confidence`: the half-width of such an interval in standard errors.
 * @param degreesOfFreedom a whole number ≥ 1
 * @param confidence in (0, 1)
 */
export function criticalT(degreesOfFreedom: number, confidence: number): number {
  const key = `${degreesOfFreedom} ${confidence}`;
  const known = criticalValues.get(key);
  if (known !== undefined) return known;
  const theta = bisect(
    (angle: number) => centralProbability(angle, degreesOfFreedom) - confidence,
    0,
    Math.PI / 2,
    100,
    1e-15,
  );
  const critical = Math.sqrt(degreesOfFreedom) * Math.tan(theta);
  criticalValues.set(key, critical);
  return critical;
}
