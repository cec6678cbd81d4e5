import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisScale, robustDomain, tellingDecimals, tickText } from '../../src/charts/scales.ts';

describe('the range of an axis', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

  test('has the better end whole, lies within the values and holds at least half of them', () => {
    fc.assert(
      fc.property(values, fc.constantFrom('maximize' as const, 'minimize' as const, null), (all, goal) => {
        const [low, high] = robustDomain(all, goal);
        expect(low).toBeGreaterThanOrEqual(Math.min(...all));
        expect(high).toBeLessThanOrEqual(Math.max(...all));
        if (goal === 'maximize') expect(high).toBe(Math.max(...all));
        if (goal === 'minimize') expect(low).toBe(Math.min(...all));
        expect(2 * all.filter((value) => value >= low && value <= high).length).toBeGreaterThanOrEqual(all.length);
      }),
    );
  });

  test('leaves out one that dwarfs the others, on the worse side alone', () => {
    const all = [-60, -61, -62, -63, -64, -5000];
    expect(robustDomain(all, 'maximize')).toEqual([-64, -60]);
    expect(robustDomain(all, 'minimize')).toEqual([-5000, -60]);
  });

  test('leaves out none of so few that the middle half is one or two of them', () => {
    expect(robustDomain([-73.57, -73.63, -89.79], 'maximize')).toEqual([-89.79, -73.57]);
  });
});

test('ticks of listed values are the values; of a log range 1, 2, 5 as there is room', () => {
  const labels = (values: readonly number[], room: number): string[] =>
    axisScale({ name: 'beta', scale: 'log', values }, [room, 0]).ticks.map(({ label }) => label);
  expect(labels([0.5, 1, 2, 4, 8], 300)).toEqual(['0.5', '1', '2', '4', '8']);
  const many = Array.from({ length: 50 }, (_, i) => 1e-4 * 1.15 ** i);
  expect(labels(many, 120)).toEqual(['1e−4', '0.001', '0.01', '0.1'].slice(0, labels(many, 120).length));
  expect(labels(many, 400)).toContain('0.005');
});

test('numbers of ticks have a real minus sign and no more digits than they need', () => {
  expect([-60, 0.1 + 0.2, 1e-4, -2.5e7, 0].map(tickText)).toEqual(['−60', '0.3', '1e−4', '−2.5e7', '0']);
});

test('figures tell values apart, with no more digits than that takes', () => {
  expect(tellingDecimals([-46.96, -45.93, -48.31, -67.62, -46.26], 2)).toBe(1);
  expect(tellingDecimals([-178, -163, -171], 2)).toBe(0);
  expect(tellingDecimals([-45.331, -45.329, -60], 2)).toBe(0);
  expect(tellingDecimals([-1, -1], 2)).toBe(2);
});
