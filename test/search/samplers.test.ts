import { expect, test } from 'vitest';
import { bayes } from '../../src/search/bayes.ts';
import type { Observation } from '../../src/search/history.ts';
import { propose } from '../../src/search/propose.ts';
import type { Sampler } from '../../src/search/sampler.ts';
import type { Point } from '../../src/search/space.ts';
import { tpe } from '../../src/search/tpe.ts';
import { regrets } from '../bench/regret.ts';
import { branches, branin, network, pointSpace } from './problems.ts';

/** Spread evenly from the first trial to the last. */
const even: Sampler = { propose: (draws, _history, random) => draws.uniform(random) };

test.each([
  ['tpe', () => tpe],
  ['bayes', bayes],
])('%s beats draws on Branin, and on a space with conditions', (_name, sampler) => {
  for (const [problem, trials] of [
    [branin, 25],
    [network, 35],
  ] as const) {
    const wins = [1, 2, 3].filter((seed) => {
      const [ours, draws] = [sampler(), even].map((one) => regrets(problem, one, seed, trials, 4).at(-1)!);
      return ours! < draws!;
    });
    expect(wins.length).toBeGreaterThanOrEqual(2);
  }
});

test('with eight in flight, 25 trials of a space with branches already gain by what bayes learns', () => {
  const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
  const wins = seeds.filter((seed) => {
    const [ours, draws] = [bayes(), even].map((one) => regrets(branches, one, seed, 25, 8).at(-1)!);
    return ours! < draws!;
  });
  expect(wins.length).toBeGreaterThanOrEqual(10);
});

test.each([
  ['tpe', tpe],
  ['bayes', bayes()],
])(
  '%s keeps to what is allowed and proposes nothing twice, until the space is empty; failures count as the worst',
  (_name, sampler) => {
    // Of 5 × 8 cells 4 × 3 are left.
    const space = pointSpace(
      [
        { kind: 'ordered', cell: 0.2 },
        { kind: 'category', count: 8 },
      ],
      [],
      ([x, c]) => c! < 3 && x! < 0.8,
    );
    const observations: Observation[] = [];
    const seen = new Set<string>();
    for (let i = 0; ; i++) {
      const proposal = propose({ space, sampler, seed: 7 }, i, { observations, pending: [] });
      if (proposal === undefined) break;
      const point: Point = proposal.point;
      expect(space.allows(point)).toBe(true);
      seen.add(point.join());
      // All of the first ten may have failed.
      observations.push({ point, loss: i < 10 ? null : point[0]!, error: i % 2 === 0 ? null : 0.1 });
    }
    expect([seen.size, observations.length]).toEqual([12, 12]);
  },
);

test('the same history gives the same proposal, whatever a sampler was asked before', () => {
  const sampler = bayes();
  const history = {
    observations: Array.from({ length: 14 }, (_, i): Observation => {
      const point = [((i * 7) % 15) / 15, ((i * 4) % 15) / 15];
      return { point, loss: branin.loss(point), error: null };
    }),
    pending: [[0.5, 0.5]],
  };
  const first = propose({ space: branin.space, sampler, seed: 0 }, 15, history);
  propose({ space: branin.space, sampler, seed: 1 }, 12, { ...history, observations: history.observations.slice(2) });
  expect(propose({ space: branin.space, sampler, seed: 0 }, 15, history)).toEqual(first);
  expect(propose({ space: branin.space, sampler: bayes(), seed: 0 }, 15, history)).toEqual(first);
});
