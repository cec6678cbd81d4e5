import { describe, expect, test } from 'vitest';
import { compare } from '../../../src/analysis/comparison/compare.ts';
import { comparisonNotes, comparisonSentence } from '../../../src/render/comparison/comparison-text.ts';
import { parseFilter } from '../../../src/analysis/filter.ts';
import type { SweepSnapshot, TrialRecord } from '../../../src/store/read-model.ts';
import { betaSweep, seedsWith, snapshotOf, trialRecord, valMetrics } from '../support.ts';

function compareTexts(snapshot: SweepSnapshot, left: string, right: string) {
  const comparison = compare(snapshot, parseFilter(left, snapshot), parseFilter(right, snapshot));
  return { ...comparison, sentence: comparisonSentence(comparison), notes: comparisonNotes(comparison) };
}
const seeds = (count: number, elbo: number) => Array.from({ length: count }, (_, seed) => elbo - seed);
const beta = (value: number) => ({ parameters: { beta: value } });

describe('pairs', () => {
  test('share seed and every parameter but the one named', () => {
    const { pairs, differs, varies } = compareTexts(betaSweep(), 'architecture=mlp', 'architecture=conv');
    expect(pairs).toHaveLength(9);
    for (const { left, right } of pairs) {
      expect([left.seed, left.params['beta']]).toEqual([right.seed, right.params['beta']]);
    }
    expect(differs).toEqual(['architecture', 'hidden', 'channels']);
    expect(varies).toEqual(['beta', 'seed']);
  });

  test('keep the architecture when beta is named', () => {
    const { pairs } = compareTexts(betaSweep(), 'beta=1', 'beta=4');
    expect(pairs.map(({ left, right }) => [left.params['architecture'], right.params['architecture']])).toEqual([
      ['mlp', 'mlp'],
      ['mlp', 'mlp'],
      ['conv', 'conv'],
      ['conv', 'conv'],
    ]);
  });

  test('need completion on both sides; what is left out is counted', () => {
    const lonely = trialRecord({ ...beta(1), seed: 9, metrics: valMetrics(-1) });
    const diverged = trialRecord({ ...beta(4), seed: 2, state: 'diverged' });
    const trials = [...seedsWith([-36, -37, -38], beta(1)), lonely, ...seedsWith([-40, -41], beta(4)), diverged];
    const { pairs, plannedPairs, left, right, notes } = compareTexts(snapshotOf(trials), 'beta=1', 'beta=4');
    expect([pairs.length, plannedPairs]).toEqual([2, 3]);
    expect([left.unmatched, right.unmatched]).toEqual([[lonely.id], []]);
    expect(notes.join('\n')).toContain(
      '1 of 3 pairs left out of the figures: not completed on both sides; what diverges',
    );
    expect(notes).toContain('1 completed trial of beta=1 left out: nothing on the other side matches');
  });

  test('are refused when two widths of one architecture meet one of the other, with the way out', () => {
    const widths = [[512], [1024]].map((hidden) => trialRecord({ parameters: { hidden }, metrics: valMetrics(-40) }));
    const conv = trialRecord({ parameters: { architecture: 'conv' }, metrics: valMetrics(-36) });
    const snapshot = snapshotOf([...widths, conv]);
    expect(() => compareTexts(snapshot, 'architecture=mlp', 'architecture=conv')).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringMatching(
          /differ in hidden \(\[512\], \[1024\]\).*sweep compare beta 'architecture=mlp hidden=\[512\]' architecture=conv$/,
        ) as string,
      }),
    );
    expect(compareTexts(snapshot, 'architecture=mlp hidden=[512]', 'architecture=conv').pairs).toHaveLength(1);
  });

  test('are refused when the sides share trials', () => {
    expect(() => compareTexts(betaSweep(), 'architecture=mlp', 'beta=1')).toThrow(/share trials/);
    expect(() => compareTexts(betaSweep(), 'beta=1', 'beta=1')).toThrow(/share trials/);
  });

  test('are refused across likelihoods', () => {
    const gaussian = { parameters: { likelihood: 'gaussian' } };
    const snapshot = snapshotOf([...seedsWith([-36]), ...seedsWith([12], gaussian)]);
    expect(() => compareTexts(snapshot, 'likelihood=bernoulli', 'likelihood=gaussian')).toThrow(
      /different likelihoods/,
    );
  });

  test('without one completed on both sides nothing is found, and the message says how far each side is', () => {
    const open = trialRecord({ ...beta(4), state: 'running' });
    expect(() => compareTexts(snapshotOf([...seedsWith([-36], beta(1)), open]), 'beta=1', 'beta=4')).toThrow(
      expect.objectContaining({
        code: 'NOT_FOUND',
        message: expect.stringContaining('1 of 1 trial of beta=1 completed, 0 of 1 trial of beta=4') as string,
      }),
    );
  });
});

describe('the sentence', () => {
  const sentence = (left: number[], right: number[]): string =>
    compareTexts(
      snapshotOf([...seedsWith(left), ...seedsWith(right, { parameters: { architecture: 'conv' } })]),
      'architecture=mlp',
      'architecture=conv',
    ).sentence;

  test('names the better side, by how much, and how sure', () => {
    expect(sentence(seeds(6, -41), seeds(6, -38))).toBe(
      'conv is better than mlp by 3.00 nats of ELBO (95 % 3.00 to 3.00, 6 pairs)',
    );
    expect(sentence(seeds(6, -38), seeds(6, -41))).toMatch(/^mlp is better than conv by 3\.00/);
  });

  test('gives the interval from the side that is ahead', () => {
    const [, low, high] = /95 % (\S+) to (\S+),/.exec(
      sentence([-38, -39, -38, -39, -38, -39], [-41, -40, -42, -41, -43, -40]),
    )!;
    expect(Number(low)).toBeGreaterThan(0);
    expect(Number(low)).toBeLessThan(Number(high));
  });

  test('does not over-claim with too few pairs', () => {
    expect(sentence([-41, -44, -40], [-38, -37, -41])).toMatch(
      /ahead of mlp by 3\.00 .*3 pairs\): too few pairs to be sure$/,
    );
    expect(sentence([-41], [-38])).toBe('conv is ahead of mlp by 3.00 nats of ELBO (1 pair): too few pairs to be sure');
  });

  test('has one method for interval and verdict: better exactly where the interval leaves out 0', () => {
    // An interval of 2.85 to 17147 stood beside p = 0.051: each came from a method of its own.
    const explosive = [-40, -42, -17_000, -41, -60_000, -44, -42, -45, -49, -43];
    const { metrics, sentence: text } = compareTexts(
      snapshotOf([...seedsWith(explosive), ...seedsWith(seeds(10, -38), { parameters: { architecture: 'conv' } })]),
      'architecture=mlp',
      'architecture=conv',
    );
    const { difference, verdict } = metrics[0]!;
    expect(difference.low!).toBeLessThan(0);
    expect(difference.p!).toBeGreaterThan(0.05);
    expect(verdict).toBe('unclear');
    expect(text).toMatch(/^conv and mlp can't be told apart/);
  });

  test('says when the sides cannot be told apart', () => {
    const text = sentence([-40, -41, -42, -40, -41, -42], [-41, -40, -42.5, -39, -41.5, -41.4]);
    expect(text).toMatch(/^conv and mlp can't be told apart/);
    expect(sentence(seeds(6, -41), seeds(6, -41))).toMatch(/^conv and mlp are equal/);
  });
});

describe('figures', () => {
  const comparison = compareTexts(betaSweep(), 'architecture=mlp', 'architecture=conv');
  const metric = (name: string) => comparison.metrics.find((one) => one.name === name)!;

  test('are means of both sides and their paired difference, right minus left', () => {
    const { left, right, difference, pairs } = metric('val/elbo');
    expect(difference.mean).toBeCloseTo(right - left, 10);
    expect(difference.values).toHaveLength(pairs);
  });

  test('call better or worse only what has a direction', () => {
    expect(comparison.metrics.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['val/elbo', 'better'],
      ['val/reconstruction', 'better'],
      ['val/kl', null],
      ['val/active_units', null],
      ['seconds', 'worse'],
      ['trainable_weights', null],
    ]);
  });

  test('tell that pairs of two seeds are weaker evidence than as many seeds', () => {
    expect(comparison.notes[0]).toMatch(/^9 pairs, but 2 seeds: /);
    const apart = [...seedsWith(seeds(6, -41)), ...seedsWith(seeds(6, -38), beta(4))];
    expect(compareTexts(snapshotOf(apart), 'beta=1', 'beta=4').notes.join()).not.toMatch(/but .* seeds/);
  });

  test('tell that equal epochs are not equal effort', () => {
    expect(comparison.ratio.trainableWeights).toBeCloseTo(0.2416, 4);
    expect(comparison.notes[1]).toMatch(
      /^equal epochs, not equal effort: conv has 0\.24 × the weights and 2\.9\d × the seconds of mlp$/,
    );
  });

  test('call seconds unequal only where they are told from chance', () => {
    const timed = (values: readonly number[], weight: number) =>
      seedsWith([-41, -42, -43], beta(weight)).map((trial, i) => ({ ...trial, seconds: values[i]! }));
    const effort = (left: number[], right: number[]): string =>
      compareTexts(snapshotOf([...timed(left, 1), ...timed(right, 4)]), 'beta=1', 'beta=4').notes.join();
    expect(effort([0.1, 0.1, 0.1], [0.1, 0.3, 0.1])).not.toContain('not equal effort');
    expect(effort([1, 1.01, 1.02], [3, 3.02, 3.01])).toContain('not equal effort');
  });

  test('tell that the pairs are of several bit classes, and nothing where they are of one', () => {
    const classOf = (seed: number): string => `engine, bits ${seed % 2}`;
    const sweep = (of: (trial: TrialRecord, seed: number) => string | null) =>
      snapshotOf([
        ...seedsWith(seeds(6, -41)).map((trial, seed) => ({ ...trial, bitClass: of(trial, seed) })),
        ...seedsWith(seeds(6, -38), beta(4)).map((trial, seed) => ({ ...trial, bitClass: of(trial, seed) })),
      ]);
    const notesOf = (snapshot: SweepSnapshot): string => compareTexts(snapshot, 'beta=1', 'beta=4').notes.join();
    expect(notesOf(sweep((_, seed) => classOf(seed)))).toContain(
      '6 trials were computed by engine, bits 0; 6 by engine, bits 1: ',
    );
    expect(notesOf(sweep(() => classOf(0)))).not.toContain('computed by');
    expect(notesOf(sweep(() => null))).not.toContain('computed by');
  });
});

describe('failures are evidence', () => {
  const diverged = (seed: number, value: number) =>
    trialRecord({ ...beta(value), seed, state: 'diverged', cause: 'loss not finite at epoch 1' });
  const sweep = (lost: number, survivors: number) =>
    snapshotOf([
      ...seedsWith(seeds(8, -40), beta(1)),
      ...Array.from({ length: 8 }, (_, seed) =>
        seed < lost ? diverged(seed, 4) : trialRecord({ ...beta(4), seed, metrics: valMetrics(survivors - seed) }),
      ),
    ]);

  test('a setting most of whose trials diverged is worse, whatever its survivors say', () => {
    const { sentence, metrics, divergenceP } = compareTexts(sweep(6, -40.1), 'beta=1', 'beta=4');
    expect(sentence).toBe(
      'beta=1 is better than beta=4: 6 of 8 trials of beta=4 diverged, none of beta=1 (p = 0.031); ' +
        'of those completed on both sides, beta=1 is ahead by 0.10 nats of ELBO (95 % 0.10 to 0.10, 2 pairs)',
    );
    expect(metrics[0]?.verdict).toBe('worse');
    expect(divergenceP).toBeCloseTo(0.03125, 9);
  });

  test('issue 9: survivors that are equal are not called ahead by 0.00', () => {
    const { sentence } = compareTexts(sweep(2, -40), 'beta=1', 'beta=4');
    expect(sentence).toContain('beta=4 and beta=1 are equal in nats of ELBO');
    expect(sentence).not.toContain('ahead');
  });

  test('survivors that do better do not make it better', () => {
    const { sentence, metrics } = compareTexts(sweep(2, -30), 'beta=1', 'beta=4');
    expect(sentence).toBe(
      '2 of 8 trials of beta=4 diverged, none of beta=1; of those completed on both sides, beta=4 is ahead by 10.00 nats ' +
        'of ELBO (95 % 10.00 to 10.00, 6 pairs), and survivors alone decide nothing',
    );
    expect(metrics[0]?.verdict).toBe('unclear');
  });

  test('it is answered even where no trial of it survived', () => {
    const { sentence, metrics } = compareTexts(sweep(8, 0), 'beta=1', 'beta=4');
    expect(sentence).toBe(
      'beta=1 is better than beta=4: 8 of 8 trials of beta=4 diverged, none of beta=1 (p = 0.008); no pair completed on both sides',
    );
    expect(metrics).toEqual([]);
  });

  test('losses that may be chance are told beside what the survivors say', () => {
    const { sentence, notes } = compareTexts(sweep(1, -43), 'beta=1', 'beta=4');
    expect(sentence).toBe(
      'beta=1 is better than beta=4 by 3.00 nats of ELBO (95 % 3.00 to 3.00, 7 pairs); ' +
        '1 of 8 trials of beta=4 diverged, none of beta=1',
    );
    expect(notes.join()).toContain('1 of 8 pairs left out of the figures');
  });

  test('which side diverges more is told by pairs that have ended, not by trials whose partner is still to come', () => {
    const early = Array.from({ length: 6 }, (_, seed) => [
      diverged(seed, 1),
      trialRecord({ ...beta(4), seed, metrics: valMetrics(-40 - seed) }),
    ]);
    const late = Array.from({ length: 8 }, (_, i) => [
      trialRecord({ ...beta(1), seed: 6 + i, state: 'queued' }),
      diverged(6 + i, 4),
    ]);
    const { sentence, left, right } = compareTexts(snapshotOf([...early.flat(), ...late.flat()]), 'beta=1', 'beta=4');
    expect(sentence).toMatch(
      /^beta=4 is better than beta=1: 6 of 6 trials of beta=1 diverged, none of beta=4 \(p = 0.031\)/,
    );
    expect([left.lost.of, right.lost.of]).toEqual([6, 6]);
  });

  test('where nothing can be compared, the message says what diverged', () => {
    const both = [1, 4].flatMap((value) => [diverged(0, value), diverged(1, value)]);
    expect(() => compareTexts(snapshotOf(both), 'beta=1', 'beta=4')).toThrow(
      /0 of 2 trials of beta=4 completed, 2 diverged/,
    );
  });
});
