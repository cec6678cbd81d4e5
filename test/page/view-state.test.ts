import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMPTY_VIEW, readView, selected, writeView, type FilterChoice } from '../../src/page/view-state.ts';

const model = {
  axes: [
    { name: 'beta', scale: 'log' as const, values: [0.5, 1, 4] },
    { name: 'hidden', scale: 'category' as const, values: ['[8]', '[16,8]', 'a&b=c'] },
  ],
  metric: { name: 'val/elbo', label: 'elbo', unit: 'nats', decimals: 2, goal: 'maximize' as const },
  split: 'val' as const,
};

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const range: fc.Arbitrary<FilterChoice> = fc
  .tuple(number, number)
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const category: fc.Arbitrary<FilterChoice> = fc
  .subarray(['[8]', '[16,8]', 'a&b=c'], { minLength: 1 })
  .map((values) => ({ values }));

test('what an address says is what was written into it', () => {
  const views = fc.record({
    filters: fc
      .record({ beta: range, hidden: category, 'val/elbo': range, 'val/kl': range }, { requiredKeys: [] })
      .map((own) => ({ ...own })),
    axes: fc.constantFrom(null, ['hidden', 'beta']),
    colour: fc.constantFrom(null, 'beta', 'hidden'),
    heat: fc.constantFrom(null, ['beta', 'hidden'] as const),
    pick: fc.constantFrom(null, '3f2a91'),
    theme: fc.constantFrom(null, 'light' as const, 'dark' as const),
    all: fc.boolean(),
    over: fc.constantFrom('order' as const, 'time' as const),
  });
  fc.assert(
    fc.property(views, (view) => {
      expect(readView(`#${writeView(view)}`, model)).toEqual(view);
    }),
  );
});

test('an address of another sweep, or of none, is read as far as it makes sense', () => {
  fc.assert(fc.property(fc.string(), (hash) => void readView(hash, model)));
  expect(readView('#gamma=1..2&beta=x..2&colour=gamma&hidden=[9]', model)).toEqual(EMPTY_VIEW);
});

test('a filter lets through what lies within, ends included, and nothing that has no such value', () => {
  const interval = (mean: number | null) => (mean === null ? null : { mean, low: null, high: null });
  const configuration = (at: (number | null)[], mean: number | null, rate = 10) =>
    ({ at, value: interval(mean), rate: interval(rate) }) as never;
  const configurations = [
    configuration([0.5, 0], -50, 20),
    configuration([1, 1], -60),
    configuration([4, null], -70),
    configuration([1, 0], null),
  ];
  const of = (filters: Record<string, FilterChoice>): readonly boolean[] =>
    selected({ ...model, configurations }, { filters });
  expect(of({})).toEqual([true, true, true, true]);
  expect(of({ beta: { from: 0.5, to: 1 } })).toEqual([true, true, false, true]);
  expect(of({ hidden: { values: ['[8]'] } })).toEqual([true, false, false, true]);
  expect(of({ 'val/kl': { from: 15, to: 25 } })).toEqual([true, false, false, false]);
  expect(of({ 'val/elbo': { from: -60, to: 0 }, beta: { from: 0, to: 1 } })).toEqual([true, true, false, false]);
});
