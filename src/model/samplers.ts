/** Exact draws of single numbers, as far as float64 holds them. What was rejected takes numbers of the stream, too. */
import type { RandomStream } from '../random.ts';
import { logFactorial } from './log-factorial.ts';

type Uniform = Pick<RandomStream, 'uniform'>;

/** From here on a Poisson draw is made by rejection, which takes as long for all rates. */
const LARGE_RATE = 10;

/** N(0, 1), by Box and Muller 1958. */
function normalDraw(random: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

/** Gamma of this shape, above 0, and scale 1 (Marsaglia & Tsang 2000; below shape 1 by their section 6). */
export function gammaDraw(random: Uniform, shape: number): number {
  if (shape < 1) return gammaDraw(random, shape + 1) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = normalDraw(random);
    const v = (1 + c * normal) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random.uniform()) < 0.5 * normal ** 2 + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** Poisson of this rate, from 0 on: a whole number. */
export function poissonDraw(random: Uniform, rate: number): number {
  return rate < LARGE_RATE ? fewDraw(random, rate) : manyDraw(random, rate);
}

/** As many events as fit into a time of 1, exponential times apart (Knuth, The Art of Computer Programming 2, 3.4.1). */
function fewDraw(random: Uniform, rate: number): number {
  const none = Math.exp(-rate);
  let events = 0;
  for (let left = 1 - random.uniform(); left > none; left *= 1 - random.uniform()) events++;
  return events;
}

/** Transformed rejection with a squeeze (Hörmann 1993, algorithm PTRS), for rates from 10 on. */
function manyDraw(random: Uniform, rate: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random.uniform() - 0.5;
    const v = 1 - random.uniform();
    const side = 0.5 - Math.abs(u);
    const events = Math.floor(((2 * a) / side + b) * u + rate + 0.43);
    if (side >= 0.07 && v <= squeeze) return events;
    if (events < 0 || (side < 0.013 && v > side)) continue;
    const proposed = Math.log((v * inverseAlpha) / (a / side ** 2 + b));
    if (proposed <= events * Math.log(rate) - rate - logFactorial(events)) return events;
  }
}
