/** What is told of each parameter beside its share: values, and which trials they are of. */
import { describe, expect, it } from 'vitest';
import { effectsOf } from '../../../src/analysis/effects/effects-of.ts';
import { renderEffects } from '../../../src/render/effects/effects-table.ts';
import { effectsSentences } from '../../../src/render/effects/effects-text.ts';
import { snapshotOf, trialRecord, valMetrics } from '../support.ts';
import {
  atRandom,
  gridPoints,
  gridStudy,
  onGrid,
  randomPoints,
  SCALE,
  study,
  SWEPT,
  trialsOf,
  type Point,
} from './designs.ts';

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
