/** Whether a curve rises, and how noisy it is: told from few epochs, without a model of its shape. */
import { linearRegression, sum } from 'simple-statistics';

/**
 * One-sided exact p of Mann's test for a rising trend (1945): the chance of as few falling pairs as these values have, if
 * each order of them were as likely. It needs no straight line, and 4 values at least to come below 0.05. Equal values
 * count as falling.
 */
export function risingP(values: readonly number[]): number {
  const falling = sum(values.map((value, index) => values.slice(index + 1).filter((later) => !(later > value)).length));
  // Chances of each number of falling pairs; the k-th value adds 0 to k − 1 of them, each as likely.
  let chances = [1];
  for (let k = 2; k <= values.length; k++) {
    chances = Array.from({ length: chances.length + k - 1 }, (_, pairs) => {
      return sum(chances.slice(Math.max(0, pairs - k + 1), pairs + 1)) / k;
    });
  }
  return Math.min(1, sum(chances.slice(0, falling + 1)));
}

/** Slope of the least-squares line through values at equal steps, per step; of at least two. */
export function slopeOf(values: readonly number[]): number {
  return linearRegression(values.map((value, index) => [index, value])).m;
}

/**
 * Standard deviation of values about a smooth curve, from their second differences, which a straight line leaves out
 * (each has six times the variance). A bend adds to it. Of at least three.
 */
export function noiseOf(values: readonly number[]): number {
  const bends = values.slice(2).map((value, index) => value - 2 * values[index + 1]! + values[index]!);
  return Math.sqrt(sum(bends.map((bend) => bend ** 2)) / (6 * bends.length));
}
