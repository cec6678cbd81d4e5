import { expect, test } from 'vitest';
import { randomStream } from '../../src/random.ts';
import { GaussianProcess, logPosterior } from '../../src/search/gaussian-process.ts';
import { matern52, matern52Slope } from '../../src/search/matern.ts';
import { logExpectedImprovement, normalCdf } from '../../src/search/normal.ts';
import { parzen } from '../../src/search/parzen.ts';
import type { Dimension } from '../../src/search/space.ts';

test("the normal distribution's tail, and expected improvement in it (values of SciPy's norm.cdf and of 50 digits)", () => {
  expect(normalCdf(0)).toBeCloseTo(0.5, 7);
  expect(normalCdf(1.96)).toBeCloseTo(0.9750021048517795, 6);
  expect(normalCdf(-6) / 9.865876450376946e-10).toBeCloseTo(1, 5);
  // E[max(0, z + N)] = φ(z) + zΦ(z).
  expect(Math.exp(logExpectedImprovement(0))).toBeCloseTo(0.3989422804014327, 7);
  expect(Math.exp(logExpectedImprovement(-1))).toBeCloseTo(0.08331547058768623, 7);
  // The two ways meet where one takes over from the other.
  expect(logExpectedImprovement(-4.999) - logExpectedImprovement(-5.001)).toBeCloseTo(0.0107, 2);
});

test('Matérn 5/2 by its definition (Rasmussen & Williams, 4.17), and its slope by differences', () => {
  const r = 0.7;
  const definition = (1 + Math.sqrt(5) * r + (5 * r * r) / 3) * Math.exp(-Math.sqrt(5) * r);
  expect(matern52(r * r)).toBeCloseTo(definition, 12);
  expect(matern52(0)).toBe(1);
  expect(matern52Slope(0.5)).toBeCloseTo((matern52(0.5 + 1e-6) - matern52(0.5 - 1e-6)) / 2e-6, 6);
});

const DATA = {
  x: [0.1, 0.4, 0.5, 0.9].map((x) => Float64Array.of(x, x * x)),
  y: [0.3, -1, -1.2, 1.5],
  variances: [0, 0, 0, 0],
  owners: [0, 1],
};
const THETA = { weights: [1, -1], signal: 0.2, noise: -6 };
const PRIOR = {
  weights: [
    { mean: 0, deviation: 1 },
    { mean: 0.5, deviation: 2 },
  ],
  signal: { mean: 0, deviation: 1 },
  noise: { mean: -8, deviation: 2 },
};

test('a process of two points by hand: mean k₁y/(s + n) and variance s − k²/(s + n) of one', () => {
  const process = new GaussianProcess(
    { x: [Float64Array.of(0)], y: [2], variances: [0.5], owners: [0] },
    { weights: [0], signal: 0, noise: Math.log(0.25) },
  );
  const k = matern52(0.25);
  const { mean, variance } = process.predict(Float64Array.of(0.5));
  expect(mean).toBeCloseTo((k * 2) / 1.75, 6);
  expect(variance).toBeCloseTo(1 - (k * k) / 1.75, 6);
});

test('the gradient of the posterior is that by differences', () => {
  const { gradient } = logPosterior(DATA, THETA, PRIOR);
  const h = 1e-5;
  const at = (p: number, by: number): number => {
    const weights = THETA.weights.map((w, i) => (i === p ? w + by : w));
    const theta = { weights, signal: THETA.signal + (p === 2 ? by : 0), noise: THETA.noise + (p === 3 ? by : 0) };
    return logPosterior(DATA, theta, PRIOR).value;
  };
  for (let p = 0; p < 4; p++) expect(gradient[p]).toBeCloseTo((at(p, h) - at(p, -h)) / (2 * h), 4);
});

test('a Parzen density integrates to 1, and says what of it is on a category', () => {
  const dimensions: Dimension[] = [
    { kind: 'ordered', cell: 0 },
    { kind: 'category', count: 3 },
  ];
  // The second centre lacks the first dimension: its kernel is flat there.
  const density = parzen(
    dimensions,
    [
      [0.05, 1],
      [NaN, 2],
    ],
    { ordered: 0.1, category: 0.3 },
    1,
  );
  const mass = (category: number): number => {
    const steps = 2000;
    let sum = 0;
    for (let i = 0; i < steps; i++) sum += Math.exp(density.logDensity([(i + 0.5) / steps, category])) / steps;
    return sum;
  };
  expect(mass(0) + mass(1) + mass(2)).toBeCloseTo(1, 4);
  // (0.1 + 0.8 + 1/3) / 3 on the category of a centre: 1 − λ + λ/3 = 0.8, λ/3 = 0.1.
  expect(mass(2)).toBeCloseTo((0.1 + 0.8 + 1 / 3) / 3, 4);
  const draw = density.draw(randomStream(['search', 1]));
  expect(draw(0)).toBeGreaterThanOrEqual(0);
});
