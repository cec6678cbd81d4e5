/** The standard normal distribution. */

const SQRT_2PI = Math.sqrt(2 * Math.PI);

function normalPdf(z: number): number {
  return Math.exp(-0.5 * z * z) / SQRT_2PI;
}

/**
 * Probability of a value below z, with a relative error below 2e-7 in the lower tail, too: Chebyshev's fit of erfc (Press et
 * al., Numerical Recipes, 2nd ed., section 6.2), of which a plain polynomial in t = 1 / (1 + |z| / √8).
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  let sum = 0;
  for (let i = ERFC.length - 1; i >= 0; i--) sum = sum * t + ERFC[i]!;
  const upper = 0.5 * t * Math.exp(-x * x + sum);
  return z >= 0 ? 1 - upper : upper;
}

const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/** Below this, the two terms of the expected improvement cancel. */
const TAIL = -5;

/**
 * Logarithm of E[max(0, z + N(0, 1))], the expected improvement in units of the standard deviation: log(φ(z) + zΦ(z)),
 * far below zero by its asymptotic series φ(z) (1/z² − 3/z⁴ + 15/z⁶ − 105/z⁸) (Ament et al. 2023 say why the logarithm).
 */
export function logExpectedImprovement(z: number): number {
  if (z > TAIL) return Math.log(normalPdf(z) + z * normalCdf(z));
  const inverse = 1 / (z * z);
  const series = inverse * (1 - inverse * (3 - inverse * (15 - inverse * 105)));
  return -0.5 * z * z - Math.log(SQRT_2PI) + Math.log(series);
}
