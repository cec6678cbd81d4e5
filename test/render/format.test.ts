import { expect, test } from 'vitest';
import {
  alignIntervals,
  formatBytes,
  formatClock,
  formatDuration,
  formatEta,
  formatInterval,
  formatP,
  formatRoughly,
  formatSigned,
} from '../../src/render/format.ts';
import { describeParams } from '../../src/analysis/parameters.ts';
import { count, formatNumber } from '../../src/text/format-number.ts';
import { formatValue } from '../../src/text/format-value.ts';

test('numbers have their decimals, and zero no sign', () => {
  expect(formatNumber(-36.414, 2)).toBe('-36.41');
  expect(formatNumber(-0.001, 2)).toBe('0.00');
  expect([formatSigned(1.5, 1), formatSigned(-1.5, 1), formatSigned(0.01, 1)]).toEqual(['+1.5', '-1.5', '0.0']);
  expect([formatP(0.0004), formatP(0.03125)]).toEqual(['< 0.001', '0.031']);
});

test('an interval is its mean and half-width, or the mean alone', () => {
  expect(formatInterval({ mean: -36.41, low: -36.93, high: -35.89 }, 2)).toBe('-36.41 ± 0.52');
  expect(formatInterval({ mean: -36.41, low: null, high: null }, 2)).toBe('-36.41');
});

test('intervals of a column align at the mean and at the half-width', () => {
  const wide = { mean: -100, low: -112.5, high: -87.5 };
  const narrow = { mean: -36.41, low: -36.93, high: -35.89 };
  const single = { mean: -1, low: null, high: null };
  expect(
    alignIntervals([wide, narrow, single, undefined].map((one) => (one === undefined ? '' : formatInterval(one, 2)))),
  ).toEqual(['-100.00 ± 12.50', '-36.41 ±  0.52', '-1.00        ', '']);
});

test.each([
  [0, '0 s'],
  [0.42, '0.4 s'],
  [41.2, '41 s'],
  [60, '1 min'],
  [1023, '17 min 3 s'],
  [3600, '1 h'],
  [3605, '1 h'],
  [183_600, '2 d 3 h'],
])('%f seconds are %s', (seconds, expected) => {
  expect(formatDuration(seconds)).toBe(expected);
});

test('values are written as in a spec', () => {
  expect([0.001, 1e-7, [512, 256], 'mlp', null].map(formatValue)).toEqual([
    '0.001',
    '1e-7',
    '[512,256]',
    'mlp',
    'null',
  ]);
});

test.each([
  [0.2, '1 s'],
  [42.4, '42 s'],
  [99.4, '99 s'],
  [99.6, '2 min'],
  [3569, '59 min'],
  [3571, '1 h 00 min'],
  [86_399, '1 d 0 h'],
  [100_000, '1 d 4 h'],
])('about %d seconds are %s', (seconds, text) => expect(formatRoughly(seconds)).toBe(text));

test.each([
  [0, '0:00'],
  [61_900, '1:01'],
  [3_723_000, '1:02:03'],
])('a clock at %d ms shows %s', (milliseconds, text) => expect(formatClock(milliseconds)).toBe(text));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [11_594_722, '11.6 MB'],
  [999_600, '1.0 MB'],
  [8.29e10, '82.9 GB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test('counts with thousands, in English', () => {
  expect([count(1, 'trial'), count(1440, 'trial')]).toEqual(['1 trial', '1,440 trials']);
});

test('writes parameters as they may be typed, without those a configuration lacks', () => {
  expect(describeParams({ architecture: 'mlp', hidden: [512, 256], beta: 1e-7 }, ['beta', 'channels', 'hidden'])).toBe(
    'beta=1e-7 hidden=[512,256]',
  );
});

test('what is left has a range, but where its ends are written alike', () => {
  const of = (seconds: number, lowSeconds: number, highSeconds: number) =>
    formatEta({ seconds, lowSeconds, highSeconds });
  expect(of(240, 180, 360)).toBe('4 min (3–6)');
  expect(of(42, 35, 60)).toBe('42 s (35–60)');
  expect(of(95, 80, 130)).toBe('95 s (80 s – 2 min)');
  expect(of(3900, 3000, 4800)).toBe('1 h 05 min (50 min – 1 h 20 min)');
  expect(of(600, 595, 610)).toBe('10 min');
});
