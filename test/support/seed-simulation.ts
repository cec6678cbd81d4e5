/** Simulated sweeps whose truth is known: how often a method of comparing with the best is right. */
import { randomStream, type RandomStream } from '../../src/random.ts';
import type { Interval } from '../../src/analysis/statistics/statistics.ts';
import { differencesToBest, type SeedValues } from '../../src/analysis/report/versus-best.ts';

/** Standard deviation of each configuration's noise. */
export const SPREADS = {
  equal: (count: number) => Array.from({ length: count }, () => 1),
  'half × 4': (count: number) => Array.from({ length: count }, (_, i) => (i % 4 < 2 ? 1 : 4)),
  'ramp 1 to 4': (count: number) => Array.from({ length: count }, (_, i) => 1 + (3 * i) / (count - 1)),
  'lognormal 0.7': (count: number, draw: Draw) => Array.from({ length: count }, () => Math.exp(0.7 * draw.normal())),
  'one × 10': (count: number) => Array.from({ length: count }, (_, i) => (i === 1 ? 10 : 1)),
} as const;

/** Noise of variance 1. */
export const NOISES = {
  normal: (draw: Draw) => draw.normal(),
  // Student's t with three degrees of freedom, whose variance is 3.
  'heavy tails': (draw: Draw) => draw.normal() / Math.hypot(draw.normal(), draw.normal(), draw.normal()),
} as const;

/** What trials of one seed share: nothing, the same for all, or the same within each half of the configurations. */
export const SHARED = {
  nothing: () => () => 0,
  'one effect': (seeds: number, draw: Draw) => {
    const effect = Array.from({ length: seeds }, () => draw.normal());
    return (_: number, seed: number) => effect[seed]!;
  },
  'one of two': (seeds: number, draw: Draw) => {
    const effects = [0, 1].map(() => Array.from({ length: seeds }, () => 2 * draw.normal()));
    return (configuration: number, seed: number) => effects[configuration % 2]![seed]!;
  },
} as const;

export interface Setting {
  readonly seeds: number;
  readonly configurations: number;
  readonly spread: keyof typeof SPREADS;
  readonly noise: keyof typeof NOISES;
  readonly shared: keyof typeof SHARED;
  /** `last`: a third of the configurations still lacks its last seed; `all but two`: all have two seeds, and one has all. */
  readonly missing?: 'last' | 'all but two';
}

/** Differences to the first of the ranked, which are in order of their means, highest first. */
export type Method = (ranked: readonly SeedValues[]) => readonly Interval[];

export interface Rates {
  /** Sweeps of equal configurations in which any was called worse than the best. */
  readonly falseAlarms: number;
  /** Sweeps in which every interval held the true difference; half of them with equal configurations. */
  readonly coverage: number;
  /** Configurations called worse, of those that are, by six standard errors of a difference. */
  readonly power: number;
}

interface Draw {
  readonly normal: () => number;
}

/** Rates of each method over the same `sweeps` simulated sweeps; the same on every call. */
export function simulate<Name extends string>(
  setting: Setting,
  methods: Readonly<Record<Name, Method>>,
  sweeps: number,
): Record<Name, Rates> {
  const draw = normals(randomStream(['seed-simulation', JSON.stringify(setting)]));
  const names = Object.keys(methods) as Name[];
  const tally = new Map(names.map((name) => [name, { alarms: 0, held: 0, found: 0 }]));
  let inferior = 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isEqual = sweep % 2 === 0;
    const ranked = simulatedSweep(setting, isEqual, draw);
    const truth = ranked.map(({ mean }) => mean - ranked[0]!.mean);
    inferior += truth.filter((difference) => difference < 0).length;
    for (const name of names) {
      const counts = tally.get(name)!;
      const intervals = methods[name](ranked.map(({ values }) => values));
      const isWorse = ({ high }: Interval): boolean => high !== null && high < 0;
      if (isEqual && intervals.some(isWorse)) counts.alarms++;
      if (intervals.every((interval, i) => holds(interval, truth[i + 1]!))) counts.held++;
      counts.found += intervals.filter((interval, i) => truth[i + 1]! < 0 && isWorse(interval)).length;
    }
  }
  const rates = names.map((name) => {
    const { alarms, held, found } = tally.get(name)!;
    const falseAlarms = alarms / Math.ceil(sweeps / 2);
    return [name, { falseAlarms, coverage: held / sweeps, power: inferior === 0 ? NaN : found / inferior }] as const;
  });
  return Object.fromEntries(rates) as Record<Name, Rates>;
}

function simulatedSweep(
  { seeds, configurations, spread, noise, shared, missing }: Setting,
  isEqual: boolean,
  draw: Draw,
): { mean: number; values: SeedValues; score: number }[] {
  const spreads = SPREADS[spread](configurations, draw);
  const effect = SHARED[shared](seeds, draw);
  const seedCount = (i: number): number => {
    if (missing === 'all but two' && i > 0) return 2;
    return missing === 'last' && i % 3 === 2 ? seeds - 1 : seeds;
  };
  return spreads
    .map((sd, i) => {
      const count = seedCount(i);
      const mean =
        isEqual || i % 2 === 0 ? 0 : (-6 * Math.SQRT2 * sd) / Math.sqrt(missing === 'all but two' ? 2 : seeds);
      const values = new Map(
        Array.from({ length: count }, (_, seed) => [seed, mean + sd * NOISES[noise](draw) + effect(i, seed)]),
      );
      return { mean, values, score: [...values.values()].reduce((sum, value) => sum + value, 0) / count };
    })
    .sort((a, b) => b.score - a.score);
}

function holds({ low, high }: Interval, truth: number): boolean {
  return low === null || high === null || (low <= truth && truth <= high);
}

function normals(stream: RandomStream): Draw {
  const buffer = new Float32Array(4096);
  let next = buffer.length;
  return {
    normal: () => {
      if (next === buffer.length) {
        stream.fillNormal(buffer);
        next = 0;
      }
      return buffer[next++]!;
    },
  };
}

/** How often the report's test tells the first two of simulated sweeps, which differ by `effect` standard deviations of a difference. */
export function simulatedPower(effect: number, configurations: number, seeds: number, sweeps: number): number {
  const draws = randomStream(['seed-advice', String(configurations), String(seeds)]).fillNormal(
    new Float32Array(sweeps * configurations * seeds),
  );
  let told = 0;
  let next = 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const values = Array.from({ length: configurations }, (_, i) => {
      const mean = i === 0 ? 0 : -effect * Math.SQRT2 - (i > 1 ? 100 : 0);
      return new Map(Array.from({ length: seeds }, (_, seed) => [seed, mean + draws[next++]!]));
    });
    const [difference] = differencesToBest(values, 1);
    if (difference!.high !== null && difference!.high < 0) told++;
  }
  return told / sweeps;
}
