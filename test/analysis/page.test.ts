import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axesOf } from '../../src/analysis/page/axes.ts';
import { failuresOf } from '../../src/analysis/page/failures.ts';
import { heatMap } from '../../src/analysis/page/heat-map.ts';
import type { PageConfiguration, PageModel, PageTrial } from '../../src/analysis/page/page-model.ts';
import { describePage } from '../../src/analysis/page/describe-page.ts';
import { effectsOf } from '../../src/analysis/effects/effects-of.ts';
import { summarize } from '../../src/analysis/report/summarize.ts';
import { colouring } from '../../src/charts/colouring.ts';
import { drawLatentUse } from '../../src/charts/latent-use.ts';
import { paperPalette } from '../../src/charts/palette.ts';
import { planeLayout } from '../../src/charts/rate-distortion.ts';
import { drawTimeline } from '../../src/charts/timeline.ts';
import type { PageContent } from '../../src/page/page-content.ts';
import { panelOf } from '../../src/page/panels.ts';
import { WHOLE_VIEW } from '../../src/page/panel.ts';
import { winner } from '../../src/page/sections/winner.ts';
import type { TrialRecord } from '../../src/store/read-model.ts';
import { timelineOf } from '../../src/analysis/page/timeline.ts';
import { snapshotOf, trialRecord, valMetrics, type TrialSketch } from './support.ts';

/** The page's model of these trials, of a sweep that is over. */
function pageOf(trials: readonly TrialRecord[]) {
  const snapshot = snapshotOf(trials, { swept: ['beta'] });
  return describePage({
    ...{ report: summarize(snapshot), trials, sweep: snapshot.sweep, spec: undefined, metrics: [] },
    ...{ attempts: trials.map(() => []), effects: effectsOf(snapshot), now: new Date(0) },
  });
}

function trade(beta: number, rate: number, distortion: number, more: TrialSketch = {}): TrialRecord {
  const metrics = { 'val/elbo': -rate - distortion, 'val/kl': rate, 'val/reconstruction': distortion };
  return trialRecord({ parameters: { beta }, metrics, ...more });
}

test('the Pareto set is that of the report, smallest rate first: nothing of what lost seeds', () => {
  const trials = [
    ...[trade(1, 10, 40), trade(2, 5, 50), trade(4, 12, 45)],
    ...[trade(8, 1, 1), trade(8, 1, 1, { seed: 1, state: 'diverged', metrics: {} })],
  ];
  const { pareto, configurations } = pageOf(trials);
  expect(pareto!.places.map((place) => configurations[place]!.label)).toEqual(['beta=2', 'beta=1']);
});

test('where most collapsed, the plane still holds the Pareto set', () => {
  const collapsed = Array.from({ length: 12 }, (_, i) => trade(100 + i, 1e-4 + i * 1e-6, 200 + i / 100));
  const model = pageOf([...collapsed, trade(1, 20, 90), trade(2, 15, 100)]);
  const { rates, beyond } = planeLayout(model, 500);
  expect(rates[1]).toBeGreaterThan(20);
  expect(beyond).toBe(0);
});

test('a mean of few is on the plane though most seeds lie close together elsewhere', () => {
  const seeds = [
    ...[
      trade(1, 1.13, 5.83),
      trade(1, 1.61, 5.39, { seed: 1 }),
      trade(2, 1.2, 5.81),
      trade(2, 1.66, 5.37, { seed: 1 }),
    ],
    ...[
      trade(4, 2.3, 5.81),
      trade(4, 1.61, 6.03, { seed: 1 }),
      trade(8, 2.37, 5.77),
      trade(8, 1.64, 6.02, { seed: 1 }),
    ],
  ];
  expect(planeLayout(pageOf(seeds), 500).beyond).toBe(0);
});

test('dimensions that carry nothing make no outliers of those that do', () => {
  const klPerDimension = [5, 4, ...Array.from({ length: 30 }, (_, i) => 1e-4 + i * 1e-5)];
  const model = pageOf([1, 2, 4].map((beta) => trade(beta, 9, 40, { klPerDimension })));
  const { body } = drawLatentUse(model, [0, 1, 2], 900, colouring(model, null, paperPalette), paperPalette);
  expect(body.join('')).toContain('full height 5 nats, by square root<');
});

test('a parameter that only some configurations have says so', () => {
  const points = [{}, { kernel: 3 }, { kernel: 5 }].flatMap((own) => [1, 2].map((beta) => ({ beta, ...own })));
  const { effects } = pageOf(points.map((parameters) => trialRecord({ parameters, metrics: valMetrics(-50) })));
  expect(effects.map(({ name }) => name)).toContain('kernel (where used)');
});

test('the best of a table misses no pictures, and its commands have room', () => {
  const trials = [trade(1, 10, 40), trade(2, 5, 50)];
  const bodyOf = (noun: 'row' | 'image'): string => {
    const report = { ...summarize(snapshotOf(trials, { swept: ['beta'] })), noun };
    const content = { report, model: pageOf(trials), pictures: new Map(), commands: ['sweep show 3f2a91'] };
    return winner(content as unknown as PageContent)!.body;
  };
  expect(bodyOf('row')).toContain('<div class="pictures"><div class="commands">');
  expect(bodyOf('image')).toMatch(/<div class="pictures"><p[^>]*>Its pictures are not in the results folder/);
});

describe('what has no result', () => {
  const results = [
    ...[trade(1, 10, 40), trade(4, 12, 45, { state: 'diverged', metrics: {} })],
    ...[trade(2, 5, 50, { state: 'pruned', metrics: {} }), trade(8, 1, 1, { state: 'queued', metrics: {} })],
  ];
  const draw = (name: string, trials = results) => {
    const model = pageOf(trials);
    const colours = { ...colouring(model, null, paperPalette), of: () => '#123456' };
    return panelOf(name)!.draw(model, 900, colours, paperPalette, { ...WHOLE_VIEW, heat: ['beta', 'beta'] })!;
  };

  test('is called in a heat map what it is, and means are told to flatter where some were pruned', () => {
    const { drawing, notes } = draw('heat');
    for (const word of ['lost', 'pruned', 'no value']) expect(drawing.body.join('')).toContain(`>${word}<`);
    expect(notes.join(' ')).toMatch(
      /^3 configurations without a result take no part .* 1 of these was pruned: .* flatter/,
    );
    expect(draw('heat', results.slice(0, 2)).notes).toEqual([
      '1 configuration without a result takes no part in a mean; a cell with no other says why.',
    ]);
  });

  test('is red among parallel coordinates only where it was lost', () => {
    const marks = [
      ...draw('parallel')
        .drawing.body.join('')
        .matchAll(/<path[^>]*>/g),
    ].map(([mark]) => mark);
    expect(marks.filter((mark) => mark.includes('stroke-dasharray'))).toHaveLength(3);
    expect(marks.filter((mark) => mark.includes(paperPalette.bad))).toHaveLength(1);
  });
});

describe('axes', () => {
  const of = (name: string, values: readonly unknown[], domain?: object) =>
    axesOf(
      values.map((value) => ({ params: { [name]: value } })),
      [name],
      domain === undefined ? undefined : ({ axes: [{ parameter: name, domain }] } as never),
    )[0];

  test('are logarithmic where the spec says so or listed values span a factor of ten, and never with a zero', () => {
    expect(of('beta', [4, 0.25, 1])).toEqual({ name: 'beta', scale: 'log', values: [0.25, 1, 4] });
    expect(of('beta', [0, 1, 10])?.scale).toBe('linear');
    expect(of('beta', [1, 2])?.scale).toBe('linear');
    expect(of('lr', [1, 2], { kind: 'range', scale: 'log', min: 1, max: 2 })?.scale).toBe('log');
    expect(of('lr', [1, 200], { kind: 'range', scale: 'linear', min: 1, max: 200 })?.scale).toBe('linear');
    expect(of('hidden', [[8], [16, 8]])).toEqual({ name: 'hidden', scale: 'category', values: ['[8]', '[16,8]'] });
  });
});

test('failures of one cause are put together whatever their numbers, with what they share', () => {
  const cause = (step: number): string => `step ${step} (epoch 1): the KL is infinite; at step 0 still KL 0.${step}`;
  const trials = [
    trialRecord({ state: 'diverged', cause: cause(2), parameters: { beta: 1, learning_rate: 1 } }),
    trialRecord(),
    trialRecord({ state: 'diverged', cause: cause(31), parameters: { beta: 4, learning_rate: 1 } }),
    trialRecord({ state: 'failed', cause: 'out of memory', parameters: { beta: 4 } }),
  ];
  expect(failuresOf(trials, ['beta', 'learning_rate'])).toEqual([
    { state: 'diverged', cause: cause(2), isOneCause: false, trials: [0, 2], shared: 'learning_rate=1' },
    { state: 'failed', cause: 'out of memory', isOneCause: true, trials: [3], shared: 'beta=4 learning_rate=0.001' },
  ]);
});

describe('the timeline', () => {
  const trial = (value: number | null): PageTrial => ({
    ...{
      id: 'a',
      configuration: 0,
      seed: 0,
      state: 'completed',
      device: 'cpu',
      bestEpoch: 1,
      rate: null,
      distortion: null,
    },
    value,
  });
  const at = (second: number): Date => new Date(1000 * second);
  const attempt = (from: number, to: number | null, outcome: string | null = 'completed') => ({
    ...{ attempt: 1, device: 'cpu', engine: 'compiled', bitClass: null, cause: null, outcome },
    startedAt: at(from),
    endedAt: to === null ? null : at(to),
  });

  test('lays what ran at the same time side by side, ends what still runs now, and leaves out what was taken over', () => {
    const attempts = [[attempt(10, 20)], [attempt(12, 15)], [attempt(15, null, null)], [attempt(0, 5)]];
    const found = timelineOf(
      attempts.map(() => trial(null)),
      [false, false, false, true],
      attempts,
      'maximize',
      at(30),
    );
    expect(found.attempts.map(({ slot, start, end }) => [slot, start, end])).toEqual([
      [0, 0, 10],
      [1, 2, 5],
      [1, 5, 20],
    ]);
    expect(found.devices).toEqual([{ name: 'cpu', slots: 2, busySeconds: 28 }]);
    expect([found.seconds, found.takenOver]).toEqual([20, 1]);
  });

  test('greys only what came to nothing and was tried again: not what was pruned, nor what waited at a rung', () => {
    const attempts = [
      [attempt(0, 1, 'requeued'), attempt(2, 3, 'pruned')],
      [attempt(0, 1, 'lost'), attempt(2, 3)],
    ];
    const trials = attempts.map(() => trial(null));
    const timeline = timelineOf(trials, [false, false], attempts, 'maximize', at(9));
    const model = {
      timeline,
      trials,
      metric: { name: 'val/elbo', unit: '', goal: 'maximize' },
    } as unknown as PageModel;
    const colours = { axis: null, legend: [], isScale: false, of: () => '#123456' };
    const bars = drawTimeline(model, 900, colours, paperPalette)
      .body.join('')
      .match(/<rect[^>]*class="mark"[^>]*>/g)!;
    expect(bars.map((bar) => bar.includes('#123456'))).toEqual([true, false, true, true]);
  });

  test('tells how the best came about, in the order in which trials ended', () => {
    const values = [-50, -40, -45, -60];
    const attempts = [[attempt(0, 9)], [attempt(0, 12)], [attempt(0, 4)], [attempt(0, 20)]];
    const bests = (goal: 'maximize' | 'minimize' | null) =>
      timelineOf(
        values.map(trial),
        values.map(() => false),
        attempts,
        goal,
        at(30),
      ).best.map(({ value }) => value);
    expect(bests('maximize')).toEqual([-45, -40]);
    expect(bests('minimize')).toEqual([-45, -50, -60]);
    expect(bests(null)).toEqual([]);
  });
});

test('every configuration that has both parameters is in exactly one cell, and a cell has the mean of its values', () => {
  const number = fc.double({ min: 0.01, max: 100, noNaN: true });
  const one = fc.record({ at: fc.tuple(number, fc.integer({ min: 0, max: 2 })), mean: fc.option(number) });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 40 }), (drawn) => {
      const values = [...new Set(drawn.map(({ at }) => at[0]))].sort((a, b) => a - b);
      const model = {
        axes: [
          { name: 'beta', scale: 'log' as const, values },
          { name: 'activation', scale: 'category' as const, values: ['relu', 'elu', 'tanh'] },
        ],
        configurations: drawn.map(
          ({ at, mean }) =>
            ({ at, value: mean === null ? null : { mean, low: null, high: null } }) as unknown as PageConfiguration,
        ),
      };
      const { cells } = heatMap(model, ['beta', 'activation'])!;
      expect(cells.flatMap(({ configurations }) => configurations).sort((a, b) => a - b)).toEqual(
        drawn.map((_, i) => i),
      );
      for (const { configurations, measured, mean } of cells) {
        const own = configurations.flatMap((place) => drawn[place]!.mean ?? []);
        expect(measured).toBe(own.length);
        if (own.length === 0) expect(mean).toBe(null);
        else expect(mean).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / own.length, 8);
      }
    }),
  );
});
