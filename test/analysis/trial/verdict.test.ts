import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { noiseOf, risingP, slopeOf } from '../../../src/analysis/statistics/trend.ts';
import { countVerdicts, verdictOf, type TrialVerdict } from '../../../src/analysis/trial/verdict.ts';
import { describeVerdict, verdictInShort } from '../../../src/render/trial/verdict-text.ts';
import { randomStream } from '../../../src/random.ts';
import type { MetricCurves } from '../../../src/store/read-model.ts';
import { trialRecord, valMetrics, type TrialSketch } from '../support.ts';

const points = (values: readonly number[]) => values.map((value, index) => ({ epoch: index + 1, value }));

function curvesOf(curves: Readonly<Record<string, readonly number[]>>): MetricCurves {
  return new Map(Object.entries(curves).map(([name, values]) => [name, points(values)] as const));
}

function judge(
  val: readonly number[],
  { train = val, objective = train.map((value) => -value), ...sketch }: TrialSketch2 = {},
): TrialVerdict {
  const trial = trialRecord({ metrics: valMetrics(Math.max(...val)), epochs: val.length, ...sketch });
  return verdictOf(trial, curvesOf({ 'val/elbo': val, 'train/elbo': train, 'train/objective': objective }));
}
type TrialSketch2 = Omit<TrialSketch, 'train'> & {
  readonly train?: readonly number[];
  readonly objective?: readonly number[];
};

const rising = [-90, -70, -62, -58, -56, -54.5, -53.2, -52.1];
const flat = [-90, -70, -62, -60, -60.3, -59.9, -60.2, -60.1, -60, -60.2];
/** Best at the third epoch. */
const falling = [-90, -70, -62, -63, -64, -65, -66, -67, -68, -69];

describe('a verdict', () => {
  it('is of a curve that still rises, with its pace over the last epochs', () => {
    const verdict = judge(rising);
    expect(verdict).toMatchObject({ kind: 'undertrained', trend: { metric: 'val/elbo', epochs: 3, window: 5 } });
    expect(verdict.kind === 'undertrained' && verdict.trend.natsPerEpoch).toBeCloseTo(1.2, 10);
    expect(describeVerdict(verdict, { clipNorm: null, steps: 1000 }, 'image')).toBe(
      'undertrained: val/elbo still rises by 1.20 nats an epoch over the last 3 (p 0.008): more epochs get further. ' +
        '10 of 10 latents in use',
    );
  });

  it('is healthy where the curve has levelled off', () => {
    expect(judge(flat)).toMatchObject({ kind: 'healthy', decline: null });
  });

  it('takes a rise too slow to matter for none: what a tenth more epochs would bring', () => {
    const slow = [-90, ...Array.from({ length: 9 }, (_, epoch) => -60 + 0.02 * epoch)];
    const verdict = judge(slow);
    expect(verdict.kind).toBe('healthy');
    expect(describeVerdict(verdict, { clipNorm: null, steps: 1000 }, 'image')).toMatch(
      /^healthy: val\/elbo has levelled off \(\+0.020 nats/,
    );
    // Over a thousand epochs the same pace brings two nats.
    const long = Array.from({ length: 1000 }, (_, epoch) => -60 + 0.02 * epoch);
    expect(judge(long).kind).toBe('undertrained');
  });

  it('is overfitting where training went on to rise', () => {
    const verdict = judge(falling, { train: falling.map((_, epoch) => -90 + 5 * epoch) });
    expect(verdict).toMatchObject({
      kind: 'overfitting',
      decline: { bestEpoch: 3, epochs: 10, nats: 6, trainNats: 30 },
    });
    expect(verdictInShort(verdict, 'image')).toBe('overfitting -6.00 since epoch 3');
  });

  it('is unstable where training fell, too, unless the objective got better by it', () => {
    expect(judge(falling).kind).toBe('unstable');
    const objective = falling.map((_, epoch) => 50 - epoch);
    const verdict = judge(falling, { objective });
    expect(verdict).toMatchObject({ kind: 'healthy', decline: { bestEpoch: 3, objectiveNats: -6 } });
    expect(describeVerdict(verdict, { clipNorm: null, steps: 1000 }, 'image')).toContain(
      'while the objective got better by 6.00',
    );
  });

  it('tells nothing from fewer than four epochs', () => {
    expect(judge(rising.slice(0, 3))).toMatchObject({ kind: 'too_short', epochs: 3 });
    expect(judge(rising.slice(0, 4)).kind).toBe('undertrained');
  });

  it('finds collapse only where no dimension is in use', () => {
    const collapsed = judge(flat, { metrics: valMetrics(-60, 0.02, 0) });
    expect(collapsed).toMatchObject({ kind: 'collapsed', kl: 0.02, latents: { used: 0, of: 10 } });
    const few = judge(flat, { metrics: valMetrics(-60, 4, 3) });
    expect(few).toMatchObject({ kind: 'healthy', latents: { used: 3, of: 10 } });
    expect(describeVerdict(few, { clipNorm: null, steps: 1000 }, 'image')).toMatch(
      /\. 3 of 10 latents in use, as beta may have it: no fault$/,
    );
  });

  it('counts latents by their KL where nothing was held out, and judges by the training images', () => {
    const trial = trialRecord({
      metrics: { 'train/elbo': -60, 'train/kl': 3 },
      klPerDimension: [2, 1, 0.001],
      parameters: { latent_dim: 3 },
      epochs: flat.length,
    });
    const verdict = verdictOf(trial, curvesOf({ 'train/elbo': flat }));
    expect(verdict).toMatchObject({ kind: 'healthy', trend: { metric: 'train/elbo' }, latents: { used: 2, of: 3 } });
    expect(describeVerdict(verdict, { clipNorm: null, steps: 1000 }, 'image')).toContain(
      'whether it overfits is not known',
    );
  });

  it('puts what went wrong before what the curve says', () => {
    const constant = { 'val/constant_elbo': -50 };
    expect(judge(rising, { state: 'diverged', cause: 'the KL is infinite' })).toMatchObject({
      kind: 'diverged',
      cause: 'the KL is infinite',
    });
    expect(judge(rising, { state: 'running' }).kind).toBe('unfinished');
    const pruned = judge(rising, { state: 'pruned' });
    expect(countVerdicts([pruned, judge(rising, { state: 'queued' })])).toEqual({ pruned: 1, unfinished: 1 });
    expect(describeVerdict(pruned, { clipNorm: null, steps: 1000 }, 'image')).toMatch(
      /^pruned: it goes on with `sweep run SPEC --revive TRIAL`, or where `prune` is another/,
    );
    expect(verdictInShort(pruned, 'image')).toBe('pruned');
    expect(judge(rising, { metrics: { ...valMetrics(-52.1), ...constant } }).kind).toBe('worse_than_constant');
    expect(judge(rising, { metrics: { ...valMetrics(-52.1, 1), ...constant } })).toMatchObject({
      kind: 'hardly_learnt',
      trend: { epochs: 3 },
    });
    expect(judge(rising, { metrics: { ...valMetrics(-40), ...constant }, lastElbo: -90, bestEpoch: 2 }).kind).toBe(
      'worse_after_best',
    );
  });
});

it('calls few of the curves that neither rise nor fall anything but healthy', () => {
  const stream = randomStream(['verdicts']);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - stream.uniform())) * Math.cos(2 * Math.PI * stream.uniform());
  for (const epochs of [5, 8, 20, 60]) {
    const curves = Array.from({ length: 500 }, () => Array.from({ length: epochs }, () => -60 + normal()));
    const counts = countVerdicts(curves.map((val) => judge(val, { train: rising })));
    // At most 4.2 % by the test for a rise, 2 % by the fall from the best.
    expect(500 - counts.healthy!).toBeLessThan(0.062 * 500 + 3 * Math.sqrt(500 * 0.062 * 0.938));
    expect(counts.undertrained).toBeGreaterThan(0);
  }
});

test('p of a rising trend is the share of orders that fall as seldom', () => {
  expect(risingP([1, 2, 3, 4])).toBeCloseTo(1 / 24, 12);
  expect(risingP([1, 2, 4, 3])).toBeCloseTo(4 / 24, 12);
  expect(risingP([4, 3, 2, 1])).toBe(1);
  // Equal values are no rise.
  expect(risingP([1, 1, 1, 1])).toBe(1);
  const orders = permutations([0, 1, 2, 3, 4, 5]);
  const falls = (values: readonly number[]): number =>
    values.reduce((all, value, index) => all + values.slice(index + 1).filter((later) => later < value).length, 0);
  fc.assert(
    fc.property(fc.constantFrom(...orders), (order) => {
      const share = orders.filter((other) => falls(other) <= falls(order)).length / orders.length;
      expect(risingP(order)).toBeCloseTo(share, 10);
    }),
    { numRuns: 30 },
  );
});

function permutations(values: readonly number[]): number[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value) =>
    permutations(values.filter((other) => other !== value)).map((rest) => [value, ...rest]),
  );
}

test('noise is told apart from a straight line', () => {
  fc.assert(
    fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -5, max: 5 }), (start, slope) => {
      const line = Array.from({ length: 8 }, (_, step) => start + slope * step);
      expect(noiseOf(line)).toBe(0);
      expect(slopeOf(line)).toBeCloseTo(slope, 10);
    }),
  );
  // Second differences of alternating ±1 are ±4: 16/6 of variance, where that of the values is 1.
  expect(noiseOf([1, -1, 1, -1, 1])).toBeCloseTo(Math.sqrt(16 / 6), 12);
});
