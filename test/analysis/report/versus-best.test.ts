import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differencesToBest, type SeedValues } from '../../../src/analysis/report/versus-best.ts';
import { simulate, type Setting } from '../../support/seed-simulation.ts';

const seeds = (...values: number[]): SeedValues => new Map(values.map((value, seed) => [seed, value]));
const standings = (...ranked: SeedValues[]) => differencesToBest(ranked, 1).map(({ standing }) => standing);

describe('from simulated sweeps', () => {
  const now = (ranked: readonly SeedValues[]) => differencesToBest(ranked, 1);
  const usual = { noise: 'normal', shared: 'nothing' } as const;
  const settings: Setting[] = [
    { ...usual, seeds: 2, configurations: 4, spread: 'equal' },
    { ...usual, seeds: 2, configurations: 10, spread: 'half × 4' },
    { ...usual, seeds: 3, configurations: 10, spread: 'lognormal 0.7', noise: 'heavy tails' },
    { ...usual, seeds: 2, configurations: 4, spread: 'equal', shared: 'one of two' },
    { ...usual, seeds: 5, configurations: 40, spread: 'ramp 1 to 4' },
    { ...usual, seeds: 3, configurations: 10, spread: 'equal', missing: 'last' },
    // A configuration that was looked at more closely: most of its seeds are nobody else's.
    { ...usual, seeds: 30, configurations: 4, spread: 'equal', missing: 'all but two' },
  ];
  test.each(settings)(
    'all intervals hold together in 95 of 100, and 95 of 100 raise no false alarm: $seeds seeds, $configurations configurations, $spread, $noise, $shared, missing $missing',
    (setting) => {
      const { coverage, falseAlarms } = simulate(setting, { now }, 1000).now;
      // Three standard errors of 1,000 and of 500 sweeps; the long run of test/long is sharper.
      expect(coverage).toBeGreaterThan(0.95 - 0.021);
      expect(falseAlarms).toBeLessThan(0.05 + 0.029);
    },
  );

  test('two seeds find most differences of six standard errors among ten configurations, where they found one in twenty', () => {
    const setting = { ...usual, seeds: 2, configurations: 10, spread: 'equal' } as const;
    expect(simulate(setting, { now }, 400).now.power).toBeGreaterThan(0.35);
  });
});

describe('the built-in beta sweep with its two seeds', () => {
  // val/elbo of conv at β = 1, 0.5, 2, 4, 8 and of mlp at 8, seeds 0 and 1, as trained for 3 epochs.
  const trained = [
    [-56.33, -55.41],
    [-57.81, -56.19],
    [-57.9, -57.68],
    [-62.67, -62.73],
    [-75.57, -76.13],
    [-96.9, -94.95],
  ].map((values) => seeds(...values));

  test('separates β = 8 from β = 1, and ties what is close', () => {
    expect(standings(...trained)).toEqual(['tied', 'tied', 'worse', 'worse', 'worse']);
  });
});

test('what lies further down is never tied while something above it, with no more seeds, is worse', () => {
  const values = fc.array(fc.double({ min: -100, max: 0, noNaN: true }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(values, { minLength: 2, maxLength: 12 }), (sweep) => {
      const mean = (one: readonly number[]): number => one.reduce((sum, value) => sum + value, 0) / one.length;
      const ranked = sweep.toSorted((a, b) => mean(b) - mean(a)).map((one) => seeds(...one));
      const all = standings(...ranked);
      const firstWorse = all.indexOf('worse');
      if (firstWorse >= 0) expect(all.slice(firstWorse)).not.toContain('tied');
    }),
  );
});

test('a configuration close to divergence is not called tied, and takes no other from the best', () => {
  const wild = seeds(-175, -37_211);
  const all = standings(seeds(-44.1, -44.8), seeds(-45.2, -44.9), seeds(-60.1, -60.9), seeds(-68.5, -69.1), wild);
  expect(all).toEqual(['tied', 'worse', 'worse', 'unclear']);
});

test('where few seeds tell nothing apart, nothing is called tied; many equal ones are', () => {
  expect(standings(seeds(-40, -46), seeds(-47, -41))).toEqual(['unclear']);
  expect(standings(seeds(-40, -41, -42, -43, -44, -45), seeds(-41, -40, -43, -42, -45, -44.1))).toEqual(['tied']);
});

test('between single seeds there is no interval, unless others tell the noise', () => {
  const [only] = differencesToBest([seeds(-36), seeds(-50)], 1);
  expect(only).toEqual({ method: 'paired', mean: -14, low: null, high: null, standing: 'unclear' });
  const [, third] = differencesToBest([seeds(-36.1, -36), seeds(-36.5, -36.4), seeds(-90)], 1);
  expect(third).toMatchObject({ method: 'paired', mean: -53.9, standing: 'worse' });
});

test('without shared seeds both sides carry their own noise', () => {
  const other = new Map([
    [7, -80.7],
    [8, -80.8],
  ]);
  const [second] = differencesToBest([seeds(-36, -36.2), other], 1);
  expect(second).toMatchObject({ method: 'unpaired', standing: 'worse' });
  expect(second!.mean).toBeCloseTo(-44.65, 9);
});

test('where less is better, more is worse', () => {
  const ranked = [seeds(40, 40.4), seeds(40.5, 40.1), seeds(70, 70.2)];
  expect(differencesToBest(ranked, -1).map(({ standing }) => standing)).toEqual(['tied', 'worse']);
});

test('two configurations are compared by a plain paired t, as by `sweep compare`', () => {
  const [only] = differencesToBest([seeds(-36, -40, -44), seeds(-36.5, -40.6, -44.5)], 1);
  // Differences −0.5, −0.6, −0.5: 4.3027 × 0.05774 / √3
  expect(only!.high! - only!.mean).toBeCloseTo(0.14342, 4);
});
