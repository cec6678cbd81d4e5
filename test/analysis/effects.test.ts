/** Synthetic tables whose shares of variance are known by construction. */
import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../src/analysis/filter.ts';
import type { Effects } from '../../src/analysis/effects/effects.ts';
import { effectsOf } from '../../src/analysis/effects/effects-of.ts';
import { randomStream, type RandomStream } from '../../src/random.ts';
import { renderEffects } from '../../src/render/effects/effects-table.ts';
import { effectsSentences } from '../../src/render/effects/effects-text.ts';
import type { TrialRecord } from '../../src/store/read-model.ts';
import { snapshotOf, trialRecord, valMetrics } from './support.ts';

type Point = Readonly<Record<string, string | number>>;

/** Trials whose ELBO is −100 and `effect` of the point, and normal noise of this deviation, drawn anew for each seed. */
function trialsOf(
  points: readonly Point[],
  seeds: number,
  effect: (point: Point) => number,
  deviation = 0,
  run = 0,
): TrialRecord[] {
  const stream = randomStream(['test noise', run]);
  return points.flatMap((parameters) =>
    Array.from({ length: seeds }, (_, seed) => {
      const metrics = valMetrics(-100 + effect(parameters) + deviation * normal(stream));
      return trialRecord({ parameters, seed, metrics });
    }),
  );
}

function normal(stream: RandomStream): number {
  return stream.fillNormal(new Float32Array(1))[0]!;
}

const SWEPT = ['beta', 'latent_dim', 'learning_rate', 'activation'];
const GRID = {
  beta: [0.5, 1, 2, 4, 8],
  latent_dim: [2, 8, 32],
  learning_rate: [3e-4, 1e-3, 3e-3],
  activation: ['relu', 'tanh'],
};
const gridPoints: Point[] = GRID.beta.flatMap((beta) =>
  GRID.latent_dim.flatMap((latent_dim) =>
    GRID.learning_rate.flatMap((learning_rate) =>
      GRID.activation.map((activation): Point => ({ beta, latent_dim, learning_rate, activation })),
    ),
  ),
);
const SHARES = { beta: 0.55, latent_dim: 0.3, learning_rate: 0.1, activation: 0.05 };

/** The values' effects with mean 0 and variance 1 over a uniform choice of them. */
function standardized(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance));
}
const PATTERNS: Readonly<Record<string, readonly number[]>> = {
  beta: standardized([0, 3, 2, -1, -5]),
  latent_dim: standardized([-2, 1, 1]),
  learning_rate: standardized([0, 1, 3]),
  activation: standardized([0, 1]),
};
const SCALE = 10;
function onGrid(point: Point): number {
  return Object.entries(SHARES).reduce((sum, [name, share]) => {
    const position = (GRID[name as keyof typeof GRID] as readonly unknown[]).indexOf(point[name]);
    return sum + SCALE * Math.sqrt(share) * PATTERNS[name]![position]!;
  }, 0);
}

/** A random search of these ranges; the coordinate of each is uniform. */
const RANGES = {
  beta: { min: 0.1, max: 10, scale: 'log' },
  latent_dim: { min: 2, max: 66, scale: 'linear' },
  learning_rate: { min: 1e-4, max: 1e-2, scale: 'log' },
} as const;
function coordinate(point: Point, name: keyof typeof RANGES): number {
  const { min, max, scale } = RANGES[name];
  const [low, high, at] = [min, max, point[name] as number].map((x) => (scale === 'log' ? Math.log(x) : x));
  return (at! - low!) / (high! - low!);
}
function randomPoints(count: number, run = 0): Point[] {
  const stream = randomStream(['test points', run]);
  const draw = (name: keyof typeof RANGES): number => {
    const { min, max, scale } = RANGES[name];
    const at = stream.uniform();
    return scale === 'log' ? min * (max / min) ** at : min + at * (max - min);
  };
  return Array.from({ length: count }, (): Point => {
    const [beta, learning_rate] = [draw('beta'), draw('learning_rate')];
    return {
      beta,
      latent_dim: Math.round(draw('latent_dim')),
      learning_rate,
      activation: stream.below(2) === 0 ? 'relu' : 'tanh',
    };
  });
}
/** Curved, linear, linear and a step, each with variance 1 before it is scaled by its share. */
function atRandom(point: Point): number {
  const u = coordinate(point, 'beta') - 0.5;
  return (
    SCALE *
    (Math.sqrt(SHARES.beta) * -Math.sqrt(180) * (u * u - 1 / 12) +
      Math.sqrt(SHARES.latent_dim) * Math.sqrt(12) * (coordinate(point, 'latent_dim') - 0.5) +
      Math.sqrt(SHARES.learning_rate) * Math.sqrt(12) * (coordinate(point, 'learning_rate') - 0.5) +
      Math.sqrt(SHARES.activation) * (point['activation'] === 'relu' ? 1 : -1))
  );
}

function study(trials: readonly TrialRecord[], names: readonly string[] = []): Effects {
  const rangeOf = (name: string) => (RANGES as Readonly<Record<string, (typeof RANGES)[keyof typeof RANGES]>>)[name];
  return effectsOf(snapshotOf(trials, { swept: SWEPT }), { parameters: names, rangeOf });
}
function gridStudy(trials: readonly TrialRecord[]): Effects {
  return effectsOf(snapshotOf(trials, { swept: SWEPT }));
}

/** The two largest shares are these parameters', within ten points of what was built in. */
function expectTopTwo({ parameters }: Effects, signal: number): void {
  const [first, second] = parameters;
  expect(first!.parameters).toEqual(['beta']);
  expect(second!.parameters).toEqual(['latent_dim']);
  for (const [effect, share] of [
    [first!, SHARES.beta],
    [second!, SHARES.latent_dim],
  ] as const) {
    expect(Math.abs(effect.share!.share - share * signal)).toBeLessThan(0.1);
  }
}

describe('shares of the variance', () => {
  it('a grid without noise: exact', () => {
    const effects = gridStudy(trialsOf(gridPoints, 1, onGrid));
    expect(effects.method).toBe('grid');
    for (const { parameters, share } of effects.parameters) {
      expect(share!.share).toBeCloseTo(SHARES[parameters[0] as keyof typeof SHARES], 6);
    }
    expect(effects.rest).toBeCloseTo(0, 6);
    expect(effects.seeds).toBeNull();
  });

  it('a grid with noise between seeds, which has a share of its own, and intervals that hold the truth', () => {
    // Noise of a quarter of the design's variance is a fifth of one trial's.
    const effects = gridStudy(trialsOf(gridPoints, 3, onGrid, SCALE / 2));
    expectTopTwo(effects, 0.8);
    expect(Math.abs(effects.seeds! - 0.2)).toBeLessThan(0.05);
    expect(Math.abs(effects.seedDeviation! - SCALE / 2)).toBeLessThan(1);
  });

  it('intervals of 95 % hold the truth as often as that, on grids and at random', () => {
    const isHeld = ({ parameters }: Effects): boolean[] =>
      parameters.map(({ parameters: [name], share }) => {
        const truth = 0.8 * SHARES[name as keyof typeof SHARES];
        return share!.low! <= truth && truth <= share!.high!;
      });
    const part = (held: readonly boolean[]): number => held.filter(Boolean).length / held.length;
    const runs = Array.from({ length: 12 }, (_, run) => run);
    const onGrids = runs.flatMap((run) => isHeld(gridStudy(trialsOf(gridPoints, 2, onGrid, SCALE / 2, run))));
    const onSearches = runs.flatMap((run) =>
      isHeld(study(trialsOf(randomPoints(60, run), 2, atRandom, SCALE / 2, run))),
    );
    expect(part(onGrids)).toBeGreaterThan(0.88);
    expect(part(onSearches)).toBeGreaterThan(0.85);
  });

  it('noise alone: no parameter is told from chance', () => {
    const effects = gridStudy(trialsOf(gridPoints, 2, () => 0, 3));
    for (const { share } of effects.parameters) expect(share!.share).toBeLessThan(0.05);
    expect(effects.seeds!).toBeGreaterThan(0.85);
    expect(effectsSentences(effects)[0]).toMatch(/^No parameter is told from chance here\./);
  });

  it.each([60, 150])('a random search of %i configurations, without noise and with', (count) => {
    const without = study(trialsOf(randomPoints(count), 1, atRandom));
    expect(without.method).toBe('polynomials');
    expectTopTwo(without, 1);
    const noisy = study(trialsOf(randomPoints(count), 2, atRandom, SCALE / 2));
    expectTopTwo(noisy, 0.8);
    expect(Math.abs(noisy.seeds! - 0.2)).toBeLessThan(0.08);
  });

  it('cliffs at random: the forest foretells them better', () => {
    // Steps at uneven places, each of variance 1 before it is scaled.
    const step = (u: number, at: number): number => (u > at ? Math.sqrt(at / (1 - at)) : -Math.sqrt((1 - at) / at));
    const cliffs = (point: Point): number =>
      SCALE *
      (Math.sqrt(SHARES.beta) * step(coordinate(point, 'beta'), 0.85) +
        Math.sqrt(SHARES.latent_dim) * step(coordinate(point, 'latent_dim'), 0.15) +
        Math.sqrt(SHARES.learning_rate) * step(coordinate(point, 'learning_rate'), 0.5));
    const effects = study(trialsOf(randomPoints(200), 2, cliffs, SCALE / 4));
    expect(effects.method).toBe('forest');
    expectTopTwo(effects, 0.95 / (0.95 + 1 / 16) / 0.95);
  });

  it('a grid with a hole goes by a model, and comes to nearly the same', () => {
    const effects = gridStudy(trialsOf(gridPoints.slice(1), 1, onGrid));
    expect(effects.method).not.toBe('grid');
    expectTopTwo(effects, 1);
  });

  it('many values without an order, beside one that has an effect', () => {
    const points = randomPoints(80).map((point, i): Point => ({ ...point, activation: `a${i % 24}` }));
    const effects = study(trialsOf(points, 1, (point) => 10 * coordinate(point, 'beta')));
    expect(effects.parameters[0]!.parameters).toEqual(['beta']);
    expect(effects.parameters[0]!.share!.share).toBeGreaterThan(0.8);
  });

  it('few configurations at random: no shares, but means', () => {
    const effects = study(trialsOf(randomPoints(8), 1, atRandom));
    expect(effects.method).toBe('none');
    expect(effects.parameters.every(({ share }) => share === null)).toBe(true);
    expect(effectsSentences(effects)[0]).toContain('8 configurations with a result are too few to tell');
  });
});

describe('values that can be told from the best', () => {
  it('are none on a grid of noise alone, but in 5 % of sweeps', () => {
    const points = [1, 2, 3, 4, 5, 6, 7, 8].map((beta): Point => ({ beta }));
    const alarms = Array.from({ length: 60 }, (_, run) => run).filter((run) => {
      const [beta] = gridStudy(trialsOf(points, 4, () => 0, 1, run)).parameters;
      return beta!.tied.length < 7;
    });
    expect(alarms.length).toBeLessThanOrEqual(8);
  });

  it('have several configurations at random: one alone has no spread', () => {
    const { parameters } = study(trialsOf(randomPoints(14), 1, atRandom, SCALE));
    const alone = parameters.flatMap(({ levels, tied, extremes }) =>
      levels.flatMap(({ configurations }, place) =>
        configurations === 1 && place !== extremes!.best && levels[extremes!.best]!.configurations > 1
          ? [tied.includes(place)]
          : [],
      ),
    );
    expect(alone.length).toBeGreaterThan(0);
    expect(alone.every(Boolean)).toBe(true);
  });
});

it('a strong interaction is found on a grid and at random, with where the best value turns', () => {
  const turning = (point: Point): number =>
    10 * (Math.log2(point['beta'] as number) > 1 ? 1 : -1) * (point['activation'] === 'relu' ? 1 : -1);
  const grid = gridPoints.filter(({ beta }) => beta !== 2);
  const effects = gridStudy(trialsOf(grid, 1, (point) => turning(point) + (point['beta'] as number)));
  expect(new Set(effects.interaction!.parameters)).toEqual(new Set(['beta', 'activation']));
  expect(effects.interaction!.share.share).toBeGreaterThan(0.8);
  expect(effects.interaction!.turn).toMatchObject({ of: 'activation', values: [8, 0.5], best: ['relu', 'tanh'] });

  const random = study(
    trialsOf(randomPoints(150), 1, (point) => {
      return (
        10 * (coordinate(point, 'beta') > 0.5 ? 1 : -1) * (point['activation'] === 'relu' ? 1 : -1) +
        coordinate(point, 'beta')
      );
    }),
  );
  expect(new Set(random.interaction!.parameters)).toEqual(new Set(['beta', 'activation']));
  expect(random.interaction!.share.share).toBeGreaterThan(0.6);
});

describe('in words', () => {
  const grid = trialsOf(gridPoints, 2, onGrid, 0.3);
  const snapshot = snapshotOf(grid, { swept: SWEPT });
  const said = (options: Parameters<typeof effectsOf>[1]): string =>
    effectsSentences(effectsOf(snapshot, options)).join(' ');

  it('one parameter that was asked for alone is not the one that matters most', () => {
    expect(said({ parameters: ['activation'] })).toMatch(
      /^activation makes \d %.* of the variance: it hardly matters, best at /,
    );
    expect(said({ parameters: ['latent_dim', 'activation'] })).toMatch(/^latent_dim matters most of these /);
    expect(said({})).toMatch(/^beta matters most \(/);
    const flat = trialsOf(gridPoints, 2, ({ beta }) => Number(beta), 0.3);
    const alone = effectsOf(snapshotOf(flat, { swept: SWEPT }), { parameters: ['latent_dim'] });
    expect(effectsSentences(alone)[0]).toMatch(/^latent_dim makes .* of the variance: it hardly matters/);
  });

  it('a best value from which no other is told may be one by chance', () => {
    const points = [1, 2, 3].flatMap((beta) => [1, 2, 3, 4].map((latent_dim): Point => ({ beta, latent_dim })));
    const noisy = (point: Point): number =>
      (point['beta'] === 2 ? 5 : 0) + [0, 9, -9, 4][Number(point['latent_dim']) - 1]!;
    const effects = effectsOf(snapshotOf(trialsOf(points, 1, noisy), { swept: ['beta', 'latent_dim'] }));
    const all = {
      ...effects.parameters[0]!,
      tied: [0, 1, 2, 3].filter((at) => at !== effects.parameters[0]!.extremes!.best),
    };
    const told = effectsSentences({ ...effects, parameters: [all, ...effects.parameters.slice(1)] })[0];
    expect(told).toMatch(/^latent_dim matters most .*: on average best at 2, by .* over 3, which may be chance\./);
    expect(effectsSentences(effects)[0]).toMatch(/^latent_dim matters most .*: best at 2, on average by /);
  });

  it('whether parameters act together is always said, of those that were asked for', () => {
    expect(said({})).toMatch(
      /No two parameters are seen to act together|Whether parameters act together is not told from chance/,
    );
    const product = ({ beta, activation }: Point): number => Number(beta) * (activation === 'relu' ? 2 : 1);
    const together = snapshotOf(trialsOf(gridPoints, 2, product, 0.01), { swept: SWEPT });
    const words = effectsSentences(effectsOf(together)).join(' ');
    expect(words).toMatch(
      /Together, beta and activation make another \d+ % \(\d+ to \d+\): how much beta does depends on activation\./,
    );
    const { interaction } = effectsOf(together, { parameters: ['latent_dim'] });
    expect(interaction === null || interaction.parameters.includes('latent_dim')).toBe(true);
  });

  it('trials that were chosen by their results are', () => {
    const where = parseFilter('elbo=-105..', snapshot);
    expect(said({ where })).toContain('But trials were chosen by val/elbo, which training decides:');
    expect(said({ where: parseFilter('beta=1..', snapshot) })).not.toContain('chosen');
  });
});

describe('evidence that has no metric', () => {
  it('diverged trials count for the value that they were trained with', () => {
    const rates = [1e-3, 1e-2, 1e-1];
    const points = rates.flatMap((learning_rate) => [1, 2, 4, 8].map((beta): Point => ({ beta, learning_rate })));
    const trials = trialsOf(points, 2, ({ learning_rate }) => Math.log10(learning_rate as number)).map((trial) => {
      const lost = trial.params['learning_rate'] === 1e-1 && trial.params['beta'] !== 1;
      return lost ? { ...trial, state: 'diverged' as const, metrics: {} } : trial;
    });
    const effects = effectsOf(snapshotOf(trials, { swept: ['beta', 'learning_rate'] }));
    const rate = effects.parameters.find(({ parameters }) => parameters[0] === 'learning_rate')!;
    expect(rate.levels.at(-1)).toMatchObject({
      value: 0.1,
      trials: 8,
      completed: 2,
      lost: { diverged: 6 },
      configurations: 1,
    });
    expect(effectsSentences(effects)).toContain('Lost, most by learning_rate: 6 diverged of 8 at 0.1.');
  });

  it('a value of which none completed stays in the table', () => {
    const points = [1, 4].flatMap((beta) => [1e-3, 1].map((learning_rate): Point => ({ beta, learning_rate })));
    const trials = trialsOf(points, 2, ({ beta }) => beta as number).map((trial) =>
      trial.params['learning_rate'] === 1 ? { ...trial, state: 'failed' as const, metrics: {} } : trial,
    );
    const text = renderEffects(effectsOf(snapshotOf(trials)), { columns: 80, colour: false });
    expect(text).toMatch(/^ {3}1 +4 failed$/m);
  });
});

it('parameters that advance together are one line, and it is said', () => {
  const points = [1, 2, 4].flatMap((beta) =>
    ['relu', 'tanh'].map((activation): Point => ({ beta, learning_rate: beta / 1000, activation })),
  );
  const effects = effectsOf(
    snapshotOf(
      trialsOf(points, 2, ({ beta }) => beta as number),
      { swept: SWEPT },
    ),
  );
  expect(effects.parameters.map(({ parameters }) => parameters)).toContainEqual(['beta', 'learning_rate']);
  expect(effects.method).toBe('grid');
  expect(effectsSentences(effects)).toContain(
    "beta and learning_rate advance together: their effects can't be told apart.",
  );
});

it('a list of more than eight that advances with another keeps both names', () => {
  const points = Array.from({ length: 10 }, (_, i) => i + 1).flatMap((beta) =>
    ['relu', 'tanh'].map((activation): Point => ({ beta, learning_rate: beta / 1000, activation })),
  );
  const { parameters } = gridStudy(trialsOf(points, 1, ({ beta }) => beta as number));
  expect(parameters.map((one) => one.parameters)).toContainEqual(['beta', 'learning_rate']);
});

it('parameters drawn from ranges do not advance together, however few are drawn', () => {
  const { parameters } = study(trialsOf(randomPoints(5), 1, atRandom));
  expect(parameters.filter((one) => one.parameters.length > 1)).toEqual([]);
});

it('a narrow range is told in parts whose ends differ', () => {
  const points = Array.from({ length: 21 }, (_, i): Point => ({ beta: 0.9 + i / 100 }));
  const [beta] = gridStudy(trialsOf(points, 1, ({ beta: value }) => value as number)).parameters;
  expect(beta!.levels.map(({ value }) => value)).toEqual([
    '0.9–0.94',
    '0.94–0.98',
    '0.98–1.02',
    '1.02–1.06',
    '1.06–1.1',
  ]);
});

it('parameters that the same configurations have share the variance among these', () => {
  const conv = [8, 16].flatMap((channels) =>
    [3, 5].map((kernel) => ({ architecture: 'conv', channels: [channels], kernel })),
  );
  const trials = [...conv, { architecture: 'mlp' }].map((parameters) => {
    const effect = 'kernel' in parameters ? 10 * parameters.kernel + parameters.channels[0]! / 8 : 0;
    return trialRecord({ parameters, metrics: valMetrics(-100 + effect) });
  });
  const { parameters } = effectsOf(snapshotOf(trials, { swept: ['architecture', 'channels', 'kernel'] }));
  const shareOf = (name: string) => parameters.find((one) => one.parameters[0] === name)!.share!.share;
  expect(shareOf('kernel')).toBeCloseTo(400 / 401, 6);
  expect(shareOf('channels')).toBeCloseTo(1 / 401, 6);
});

it('a parameter that only some configurations have is told among these', () => {
  const mlp = [32, 64].flatMap((width) => [1, 4].map((beta) => ({ architecture: 'mlp', hidden: [width], beta })));
  const conv = [1, 4].map((beta) => ({ architecture: 'conv', beta }));
  const trials = [...mlp, ...conv].flatMap((parameters) =>
    [0, 1].map((seed) => {
      const width = 'hidden' in parameters ? (parameters.hidden as number[])[0]! : 48;
      return trialRecord({ parameters, seed, metrics: valMetrics(-100 + width - parameters.beta + 0.1 * seed) });
    }),
  );
  const effects = effectsOf(snapshotOf(trials, { swept: ['architecture', 'hidden', 'beta'] }));
  const hidden = effects.parameters.find(({ parameters }) => parameters[0] === 'hidden')!;
  expect(hidden).toMatchObject({ within: { architecture: 'mlp' }, levels: [{ trials: 4 }, { trials: 4 }] });
  expect(hidden.share!.share).toBeGreaterThan(0.9);
  // The widths average out between the architectures.
  const architecture = effects.parameters.find(({ parameters }) => parameters[0] === 'architecture')!;
  expect(architecture.share!.share).toBeLessThan(0.1);
  // They are of the variance of a trial all the same: half of the trials differ by 16 from the mean of their cell.
  const beta = effects.parameters.find(({ parameters }) => parameters[0] === 'beta')!;
  expect(beta.share!.share).toBeCloseTo(1.5 ** 2 / (1.5 ** 2 + 16 ** 2 / 2), 2);
  expect(effects.rest).toBeGreaterThan(0.9);
});

it('only what was asked for is told, and a slip is named', () => {
  const trials = trialsOf(gridPoints, 1, onGrid);
  expect(study(trials, ['latent_dim']).parameters.map(({ parameters }) => parameters)).toEqual([['latent_dim']]);
  expect(() => study(trials, ['latent'])).toThrow('Unknown parameter latent: did you mean latent_dim?');
  expect(() => study(trials, ['init'])).toThrow('init is the same in every trial here.');
});

it.each([40, 60, 80, 140])(
  'at %i columns no parameter, value or mean is left out, and no line is longer',
  (columns) => {
    const effects = gridStudy(trialsOf(gridPoints, 2, onGrid, 1));
    const text = renderEffects(effects, { columns, colour: false });
    for (const { parameters, levels } of effects.parameters) {
      expect(text).toContain(`\n ${parameters[0]} `);
      for (const { value, mean } of levels) {
        expect(text).toMatch(new RegExp(`^ {3}${String(value).replace('.', '\\.')} .*${mean!.toFixed(2)}`, 'm'));
      }
    }
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
  },
);
