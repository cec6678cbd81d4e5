import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../src/random.ts';
import { describeFilter, parseFilter } from '../../../src/analysis/filter.ts';
import { adviceText, seedsOverride } from '../../../src/render/report/advice-text.ts';
import { headline } from '../../../src/render/report/headline-text.ts';
import { objectivesText } from '../../../src/render/report/objectives-text.ts';
import { reportTexts } from '../../../src/render/report/report-texts.ts';
import type { TrialRecord } from '../../../src/store/read-model.ts';
import { nextCommands } from '../../../src/render/report/next-commands.ts';
import { describeWarning } from '../../../src/render/report/warning-text.ts';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { betaSweep, seedsWith, snapshotOf, trialRecord, untunedSweep, valMetrics } from '../support.ts';

const beta = (value: number) => ({ parameters: { beta: value } });

test('folds seeds into a mean, an interval and the values in order of seed', () => {
  const [best] = summarize(snapshotOf(seedsWith([-36, -37]).toReversed())).configurations;
  expect(best).toMatchObject({ rank: 1, n: 2, planned: 2 });
  expect(best?.metrics['val/elbo']).toMatchObject({ mean: -36.5, values: [-36, -37] });
  // 12.706 × 0.7071 / √2
  expect(best?.metrics['val/elbo']?.high).toBeCloseTo(-36.5 + 6.353102, 5);
});

test('pairs by seed to tell a small but steady difference from chance', () => {
  const [, second] = summarize(
    snapshotOf([...seedsWith([-36, -40, -44], beta(1)), ...seedsWith([-36.5, -40.6, -44.5], beta(2))]),
  ).configurations;
  expect(second?.vsBest).toMatchObject({ method: 'paired' });
  expect(second?.tied).toBe(false);
});

test('marks what cannot be told from the best as tied, and then the best as well', () => {
  const noisy = [...seedsWith([-36, -40, -44], beta(1)), ...seedsWith([-41, -38, -44], beta(2))];
  const clear = seedsWith([-90, -91, -92], beta(4));
  expect(summarize(snapshotOf([...noisy, ...clear])).configurations.map(({ tied }) => tied)).toEqual([
    true,
    true,
    false,
  ]);
  expect(summarize(snapshotOf([...noisy.slice(0, 3), ...clear])).configurations[0]?.tied).toBe(false);
});

describe('a confirmation', () => {
  const phased = (values: readonly number[], weight: number): TrialRecord[] =>
    seedsWith(values, beta(weight)).map((trial) => ({ ...trial, phase: trial.seed === 0 ? 'screen' : 'confirm' }));
  // The luckiest by seed 0 is 2; by the others 1 is better.
  const trials = [
    ...phased([-40, -41, -41.2, -41.1], 1),
    ...phased([-36, -45, -45.2, -45.1], 2),
    ...phased([-40.5], 4),
  ];

  test('ranks by the seeds that had no part in the choice, and says so', () => {
    const model = summarize(snapshotOf(trials));
    const rows = model.configurations.map(({ params, standing, n, planned }) => [params['beta'], standing, n, planned]);
    expect(rows).toEqual([
      [1, 'best', 3, 3],
      [2, 'worse', 3, 3],
      [4, 'screened', 1, 1],
    ]);
    expect(model.configurations[0]!.metrics['val/elbo']!.values).toEqual([-41, -41.2, -41.1]);
    expect(model.confirmation).toEqual({ screened: 3, confirmed: 2, chosenBy: [0], judgedBy: [1, 2, 3] });
    expect(reportTexts(model).notes[0]).toBe(
      '2 of 3 configurations are confirmed: chosen by val/elbo of seed 0, ranked by seeds 1 to 3 alone, which had no part in the choice',
    );
    expect(headline(model)).toBe('beta 1 wins with -41.10 ± 0.25 nats of ELBO.');
  });

  test('trades rate for distortion among what is confirmed, and before that among all', () => {
    const { trade } = summarize(snapshotOf(trials));
    expect(trade).toMatchObject({ of: 2, leftOut: 0 });
    expect(reportTexts(summarize(snapshotOf(trials))).trade[0]).toMatch(/of means: .*\b2 confirmed$/);
    expect(summarize(snapshotOf(trials.filter(({ seed }) => seed === 0))).trade).toMatchObject({ of: 3, leftOut: 0 });
    // What a screening pruned was never to be confirmed.
    const pruned = phased([-50], 8).map((trial) => ({ ...trial, state: 'pruned' as const, metrics: {} }));
    expect(summarize(snapshotOf([...trials, ...pruned])).trade).toMatchObject({ of: 2, leftOut: 0 });
  });

  test('leaves the screening without a standing, also where it leads', () => {
    const open = summarize(snapshotOf(trials.filter(({ seed }) => seed === 0)));
    expect(open.configurations.map(({ standing, tied }) => [standing, tied])).toEqual(
      Array.from({ length: 3 }, () => ['screened', false]),
    );
    expect(open.warnings.map(({ kind }) => kind)).not.toContain('few_seeds');
    expect(headline(open)).toMatch(/^beta 2 leads the screening with -36.00.*; nothing is confirmed yet\.$/);
  });

  test('advises more seeds of those that it confirms', () => {
    const close = [...phased([-40, -41, -43, -42], 1), ...phased([-36, -41.5, -42.9, -43.6], 2), ...phased([-40.5], 4)];
    const model = summarize(snapshotOf(close));
    expect(headline(model)).toMatch(/; the other confirmed one can't be told from it yet\.$/);
    expect(seedsOverride(model)).toMatch(/^seeds\.confirm=\d+$/);
    expect(model.advice!.cost!.trials).toBe(2 * (model.advice!.list!.length - 4));
  });
});

test('does not call configurations worse that only chance sets apart, however many there are', () => {
  const noise = randomStream(['equal configurations']);
  const sweeps = Array.from({ length: 60 }, () => {
    const trials = Array.from({ length: 10 }, (_, i) =>
      seedsWith([...noise.fillNormal(new Float32Array(5))], beta(i + 1)),
    );
    return summarize(snapshotOf(trials.flat())).configurations;
  });
  // Uncorrected intervals single out some configuration in more than half of such sweeps.
  const wrong = sweeps.filter((configurations) => configurations.some(({ standing }) => standing === 'worse')).length;
  expect(wrong / sweeps.length).toBeLessThan(0.25);
});

test('compares without pairs where seeds are not shared', () => {
  const others = [7, 8].map((seed) => trialRecord({ ...beta(2), seed, metrics: valMetrics(-80 - seed / 10) }));
  const [, second] = summarize(snapshotOf([...seedsWith([-36, -36.2], beta(1)), ...others])).configurations;
  expect(second).toMatchObject({ tied: false, vsBest: { method: 'unpaired' } });
});

test('claims nothing from single seeds, not even a tie, and says so', () => {
  const { configurations, warnings } = summarize(
    snapshotOf([...seedsWith([-36], beta(1)), ...seedsWith([-50], beta(2))]),
  );
  expect(configurations.map(({ tied, standing }) => [tied, standing])).toEqual([
    [false, 'best'],
    [false, 'unclear'],
  ]);
  expect(configurations[1]?.vsBest).toMatchObject({ mean: -14, low: null, high: null });
  expect(warnings.map(({ kind }) => kind)).toContain('few_seeds');
});

test('shows how many of the planned seeds a mean rests on', () => {
  const trials = [...seedsWith([-36, -37]), trialRecord({ seed: 2, state: 'failed', cause: 'out of memory' })];
  const { configurations, warnings, trials: counts } = summarize(snapshotOf(trials));
  expect(configurations[0]).toMatchObject({ n: 2, planned: 3 });
  expect(counts).toMatchObject({ total: 3, completed: 2, failed: 1, queued: 0 });
  expect(warnings.map(({ kind }) => kind)).toEqual(['failed', 'seeds_lost']);
});

test('failures are evidence: what lost seeds is ranked last, however well the others did', () => {
  const lucky = [
    ...seedsWith([-30], beta(4)),
    trialRecord({ ...beta(4), seed: 1, state: 'diverged', cause: 'loss not finite at epoch 1' }),
  ];
  const snapshot = snapshotOf([...seedsWith([-36, -36.4], beta(1)), ...seedsWith([-50, -50.1], beta(2)), ...lucky]);
  const model = summarize(snapshot);
  const { configurations, warnings } = model;
  expect(configurations.map(({ params, rank, standing }) => [params['beta'], rank, standing])).toEqual([
    [1, 1, 'best'],
    [2, 2, 'worse'],
    [4, 3, 'lost'],
  ]);
  expect(configurations[2]).toMatchObject({ vsBest: null, tied: false, lost: { diverged: 1, failed: 0 } });
  expect(
    describeWarning(
      warnings.find(({ kind }) => kind === 'seeds_lost')!,
      model,
    ),
  ).toBe('1 configuration lost seeds and is ranked last, whatever the seeds that are left say');
});

test('a configuration that lost all its seeds is marked as one that lost some is', () => {
  const none = trialRecord({ ...beta(8), state: 'diverged', cause: 'the KL is infinite' });
  const { configurations } = summarize(snapshotOf([...seedsWith([-36, -37], beta(1)), none]));
  expect(configurations[1]).toMatchObject({ rank: null, standing: 'lost', lost: { diverged: 1, failed: 0 } });
});

test('limits the ranking to the best, but lists what has no rank when all are asked for', () => {
  const none = trialRecord({ ...beta(8), state: 'diverged', cause: 'loss not finite at epoch 1' });
  const snapshot = snapshotOf([...seedsWith([-36], beta(1)), none, ...seedsWith([-35], beta(2))]);
  expect(summarize(snapshot).configurations.map(({ rank }) => rank)).toEqual([1, 2, null]);
  const best = summarize(snapshot, { best: 1 });
  expect(best.configurations.map(({ params }) => params['beta'])).toEqual([2]);
  expect(best.omitted).toBe(1);
});

test('says of what only the best were asked for how much it leaves out, also of what has no rank', () => {
  const trials = [1, 2, 4].map((weight) => trialRecord({ ...beta(weight), metrics: valMetrics(-40 - weight) }));
  const pruned = [8, 16].map((weight) => trialRecord({ ...beta(weight), state: 'pruned', metrics: {} }));
  const omitted = (best?: number) => reportTexts(summarize(snapshotOf([...trials, ...pruned]), { best })).omitted;
  expect([omitted(), omitted(2), omitted(3)]).toEqual([
    false,
    'and 1 more configuration, and 2 without a rank',
    'and 2 configurations without a rank',
  ]);
});

test('an end of what was tried is one of what has ended', () => {
  const trials = [1, 2, 4].map((weight) => trialRecord({ ...beta(weight), metrics: valMetrics(-40 - weight) }));
  const open = [2, 8].map((weight) => trialRecord({ ...beta(weight), state: 'queued', metrics: {} }));
  const edges = (some: readonly TrialRecord[]) => summarize(snapshotOf(some), { by: 'recon' }).edges;
  expect(edges(trials).map(({ end }) => end)).toHaveLength(1);
  expect(edges([...trials.slice(0, 1), ...open])).toEqual([]);
});

test('a gap too small for its digits is told as that', () => {
  const close = [-40, -41, -43, -42];
  const same = close.map((value, seed) => value + 0.002 * (-1) ** seed + 0.001);
  const advice = adviceText(summarize(snapshotOf([...seedsWith(close, beta(1)), ...seedsWith(same, beta(2))])));
  expect(advice).toMatch(/less than 0\.01 nats of ELBO apart/);
});

test('what trials minimised is told apart where it has clauses, and counted', () => {
  const trials = [1, 2, 3, 4, 5].map((weight) =>
    trialRecord({ parameters: { beta: weight, free_bits: 0.1 }, metrics: valMetrics(-40 - weight) }),
  );
  expect(objectivesText(summarize(snapshotOf(trials)))).toMatch(/ \(#1\) · .* \(#4\) · and 1 other objective\. /);
});

test('a tie with a configuration that is not shown still counts', () => {
  const noisy = [...seedsWith([-36, -40, -44], beta(1)), ...seedsWith([-41, -38, -44], beta(2))];
  noisy.push(...seedsWith([-90, -91, -92], beta(4)));
  expect(summarize(snapshotOf(noisy), { best: 1 }).configurations[0]?.tied).toBe(true);
});

test('separates what differs from what is the same everywhere', () => {
  const { differing, constants } = summarize(betaSweep());
  expect(differing).toEqual(['architecture', 'beta']);
  expect(constants).toContainEqual({ name: 'latent_dim', value: 10, isPartial: false });
  expect(constants).toContainEqual({ name: 'hidden', value: [512], isPartial: true });
  expect(constants).toContainEqual({ name: 'epochs', value: 10, isPartial: false });
});

test('looks only at the trials a filter names', () => {
  const snapshot = betaSweep();
  const { configurations, trials, where } = summarize(snapshot, {
    where: parseFilter('architecture=mlp beta=8', snapshot),
  });
  expect(configurations.map(({ params }) => params['architecture'])).toEqual(['mlp']);
  expect(trials.total).toBe(2);
  expect(describeFilter(where!)).toBe('architecture=mlp beta=8');
});

test('reports test metrics at the last epoch where nothing was held out', () => {
  const { metric, epoch, configurations } = summarize(untunedSweep());
  expect({ metric, epoch }).toEqual({ metric: 'test/elbo', epoch: 'last' });
  expect(Object.keys(configurations[0]?.metrics ?? {})).toEqual(
    expect.arrayContaining(['test/elbo', 'test/reconstruction', 'test/kl', 'train/elbo']),
  );
});

test('has no ranking before the first completed trial', () => {
  const { configurations, winner } = summarize(snapshotOf([trialRecord({ state: 'queued' })]), { best: 5 });
  expect({ configurations, winner }).toEqual({ configurations: [], winner: null });
  expect(summarize(snapshotOf([])).configurations).toEqual([]);
});

test('leads on to the winner and to a comparison that works', () => {
  const snapshot = betaSweep();
  const model = summarize(snapshot);
  const next = nextCommands(model, '');
  expect(next[0]).toBe(`sweep show ${model.configurations[0]!.trials[0]!.slice(0, 6)}`);
  expect(next[1]).toBe('sweep compare beta architecture=mlp architecture=conv');
  expect(nextCommands(model, ' --results other')[2]).toBe('sweep report beta --format md --results other');
});
