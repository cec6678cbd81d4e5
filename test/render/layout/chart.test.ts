import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { renderChart } from '../../../src/render/layout/chart.ts';

const points = (values: readonly number[]) => values.map((value, index) => ({ epoch: index + 1, value }));
const options = { title: 'ELBO', rows: 4, decimals: 2, bestEpoch: null };

it('draws one line solid, the other dotted, between the lowest and the highest value', () => {
  const lines = renderChart(
    [
      { points: points([0, 3]), isDotted: false },
      { points: points([3, 0]), isDotted: true },
    ],
    { ...options, bestEpoch: 2 },
    { columns: 18, colour: false },
  );
  expect(lines).toEqual([
    'ELBO',
    '3.00 ┤⠁⠠       ⣀⠔⠊',
    '     │   ⠁⠠ ⣀⠔⠊   ',
    '     │   ⡠⠔⠉⠁⠠    ',
    '0.00 ┤⡠⠔⠉      ⠁⠠ ',
    '     └───────────▲',
    '      1     best 2',
  ]);
});

it('is as wide as it may be at most, whatever the curve, and marks the best epoch', () => {
  const value = fc.oneof(fc.double({ min: -500, max: 0, noNaN: true }), fc.constantFrom(-9e7, 1e34, 0));
  const curves = fc.array(value, { minLength: 2, maxLength: 300 });
  fc.assert(
    fc.property(curves, curves, fc.integer({ min: 26, max: 140 }), fc.boolean(), (val, train, columns, colour) => {
      const series = [
        { points: points(val), isDotted: false, style: 'green' as const },
        { points: points(train.slice(0, val.length)), isDotted: true },
      ];
      const lines = renderChart(series, { ...options, bestEpoch: val.length }, { columns, colour });
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(stripVTControlCharacters(lines.join('')).match(/▲/g)).toHaveLength(1);
    }),
  );
});

it('leaves out what would flatten the rest, and says so', () => {
  const series = [{ points: points([-8.6e7, -60, -55, -52, -51, -50]), isDotted: false }];
  const lines = renderChart(series, options, { columns: 40, colour: false });
  expect(lines.at(-1)).toBe('1 off: down to -8.60e7');
  expect(lines[1]).toMatch(/^-50\.00 ┤/);
  expect(lines[4]).toMatch(/^-60\.00 ┤/);
});

it('draws what never changes in the middle', () => {
  const lines = renderChart([{ points: points([5, 5, 5]), isDotted: false }], options, { columns: 20, colour: false });
  expect(lines.filter((line) => /[\u2801-\u28ff]/.test(line))).toHaveLength(1);
});
