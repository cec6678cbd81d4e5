import { expect, test } from 'vitest';
import type { Measurement, Target } from './bench-case.ts';
import { judge } from './judge.ts';

function measured(ours: number[], peer: number[], target: Target | null): Measurement {
  return { what: 'row', unit: 'ms', ours, peer, target, notes: [] };
}

test('a ratio is the median of the pairs, not the ratio of the medians', () => {
  const target = { figure: 'peer/ours', sense: 'at least', minimum: 1.2, aim: 2 } as const;
  // The machine was slow during the second pair, for both.
  expect(judge(measured([10, 30, 20], [15, 45, 60], target))).toEqual({
    ours: 20,
    peer: 45,
    judged: 1.5,
    verdict: 'minimum',
  });
});

test.each([
  { sense: 'at least', judged: 2, verdict: 'aim' },
  { sense: 'at least', judged: 0.5, verdict: 'below' },
  { sense: 'at most', judged: 0.5, verdict: 'aim' },
  { sense: 'at most', judged: 3, verdict: 'below' },
] as const)('$judged is $verdict when $sense 1, aim 2 or 0.5', ({ sense, judged, verdict }) => {
  const target = { figure: 'ours', sense, minimum: 1, aim: sense === 'at least' ? 2 : 0.5 } as const;
  expect(judge(measured([judged], [], target)).verdict).toBe(verdict);
});

test('within bounds on either side of zero', () => {
  const target = { figure: 'ours-peer', sense: 'within', minimum: 1, aim: 0.2 } as const;
  expect(judge(measured([-100.5], [-100], target))).toMatchObject({ judged: -0.5, verdict: 'minimum' });
  expect(judge(measured([-98], [-100], target)).verdict).toBe('below');
});

test('a row without a target informs', () => {
  expect(judge(measured([1, 3], [], null))).toEqual({ ours: 2, peer: null, judged: 2, verdict: 'informs' });
});
