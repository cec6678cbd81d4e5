import { expect, test } from 'vitest';
import type { ReportModel } from '../../../src/analysis/report/report-model.ts';
import { headline } from '../../../src/render/report/headline-text.ts';

type Standing = ReportModel['configurations'][number]['standing'];

function counted(standings: readonly Standing[]): Record<string, number> {
  const groups = Map.groupBy(standings, (standing) => standing ?? 'none');
  return Object.fromEntries([...groups].map(([standing, { length }]) => [standing, length]));
}

function model(standings: readonly Standing[], more: Partial<ReportModel> = {}): ReportModel {
  const configurations = standings.map((standing, place) => ({
    rank: place + 1,
    standing,
    params: { architecture: 'conv', beta: place + 1 },
    metrics: { 'val/elbo': { mean: -45.333, low: -45.6, high: -45.066, values: [] } },
  }));
  const whole = {
    configurations,
    differing: ['architecture', 'beta'],
    metric: 'val/elbo',
    goal: 'maximize',
    omitted: 0,
    standings: counted(standings),
    confirmation: null,
    traded: null,
  };
  return { ...whole, trials: { total: 4 }, ...more } as unknown as ReportModel;
}

test('the answer wins only where every other is told from it', () => {
  const of = (...standings: Standing[]): string => headline(model(standings));
  expect(of('best', 'worse', 'worse')).toBe('architecture conv, beta 1 wins with -45.33 ± 0.27 nats of ELBO.');
  expect(of('best', 'tied', 'worse')).toMatch(/leads with .*; 1 of 2 others is tied with it\.$/);
  expect(of('best', 'tied', 'tied', 'unclear')).toMatch(
    /; 2 of 3 others are tied with it, 1 can't be told from it yet\.$/,
  );
  expect(of('best', 'unclear', 'unclear')).toMatch(/; 2 of 2 others can't be told from it yet\.$/);
  expect(of('best', 'tied')).toMatch(/; the other is tied with it\.$/);
  expect(of('best', 'worse', 'lost')).toMatch(/wins with .*; 1 configuration lost seeds and can't be compared\.$/);
  expect(of('lost', 'lost')).toMatch(/leads with .*, but every configuration lost seeds\.$/);
});

test('of the best alone it says what it says of all', () => {
  const all: Standing[] = ['best', 'tied', 'tied', 'unclear', 'worse', 'lost'];
  for (const shown of [1, 2, 4]) {
    const few = model(all.slice(0, shown), { omitted: all.length - shown, standings: counted(all) });
    expect(headline(few)).toBe(headline(model(all)));
  }
});

test('without a better end, without a result, and with a single configuration it says so', () => {
  expect(headline(model([null, null], { goal: null }))).toMatch(
    /^2 configurations by val\/elbo, which has no better end/,
  );
  expect(headline(model([]))).toBe('No completed trial has val/elbo yet.');
  expect(headline(model(['best'], { differing: [] }))).toBe(
    'The one configuration reaches -45.33 ± 0.27 nats of ELBO.',
  );
});
