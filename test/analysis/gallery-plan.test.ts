import { expect, test } from 'vitest';
import { parseFilter } from '../../src/analysis/filter.ts';
import { planGallery } from '../../src/analysis/gallery-plan.ts';
import { snapshotOf, trialRecord, type TrialSketch } from './support.ts';

/** Architectures × βs × seeds; the ELBO falls with β. */
function grid(sketch: (beta: number, architecture: string, seed: number) => TrialSketch = () => ({})) {
  return ['mlp', 'conv'].flatMap((architecture) =>
    [4, 0.5, 1].flatMap((beta) =>
      [1, 0].map((seed) =>
        trialRecord({
          parameters: { architecture, beta },
          seed,
          metrics: { 'val/elbo': -50 - beta - (architecture === 'conv' ? 1 : 0) },
          ...sketch(beta, architecture, seed),
        }),
      ),
    ),
  );
}

test('a grid has β to the right in ascending order, and other parameters as the plan has them downwards', () => {
  const { entries, grid: axes, configurations } = planGallery(snapshotOf(grid()), { limit: 24 });
  expect(axes!.columns.values).toEqual([{ beta: 0.5 }, { beta: 1 }, { beta: 4 }]);
  expect(axes!.rows.values).toEqual([{ architecture: 'mlp' }, { architecture: 'conv' }]);
  expect(configurations).toBe(6);
  for (const { row, column, params } of entries) {
    expect(params).toMatchObject({ ...axes!.rows.values[row], ...axes!.columns.values[column] });
  }
  expect(entries.find(({ rank }) => rank === 1)!.params).toMatchObject({ architecture: 'mlp', beta: 0.5 });
});

test('a configuration is shown by its first completed seed, and by its states where it has none', () => {
  const trials = grid((beta, architecture, seed) => {
    if (architecture === 'conv' && beta === 4) return { state: 'diverged', metrics: {} };
    if (architecture === 'mlp' && beta === 4 && seed === 0) return { state: 'failed', metrics: {} };
    return {};
  });
  const { entries } = planGallery(snapshotOf(trials), { limit: 24 });
  expect(entries).toHaveLength(6);
  const of = (architecture: string) =>
    entries.find(({ params }) => params['beta'] === 4 && params['architecture'] === architecture)!;
  expect(of('conv')).toMatchObject({ trial: null, rank: null, state: '2 diverged' });
  expect(of('mlp').trial!.seed).toBe(1);
  expect(entries.find(({ rank }) => rank === 1)!.trial!.seed).toBe(0);
});

test('of more than the limit the best are shown in order, and those without a result are counted', () => {
  const trials = grid((beta, architecture) =>
    architecture === 'conv' && beta === 4 ? { state: 'diverged', metrics: {} } : {},
  );
  const plan = planGallery(snapshotOf(trials), { limit: 3 });
  expect(plan.grid).toBeNull();
  expect(plan.entries.map(({ params }) => [params['architecture'], params['beta']])).toEqual([
    ['mlp', 0.5],
    ['mlp', 1],
    ['conv', 0.5],
  ]);
  expect(plan).toMatchObject({ configurations: 6, unfinished: 1 });
});

test('what is no grid stands in order', () => {
  const trials = [0.1, 0.7, 2.2].map((beta, i) =>
    trialRecord({ parameters: { beta, learning_rate: 10 ** -(2 + i) }, metrics: { 'val/elbo': -60 + 5 * i } }),
  );
  const { entries, grid: axes, differing } = planGallery(snapshotOf(trials), { limit: 24 });
  expect(axes).toBeNull();
  expect(entries.map(({ rank, row, column }) => [rank, row, column])).toEqual([
    [1, 0, 0],
    [2, 1, 0],
    [3, 2, 0],
  ]);
  expect(differing.toSorted()).toEqual(['beta', 'learning_rate']);
});

test('one trial that is asked for stands alone, also if it is no first seed', () => {
  const trials = grid();
  const asked = trials.find(({ seed, params }) => seed === 1 && params['beta'] === 4)!;
  const { entries } = planGallery(snapshotOf(trials), { limit: 24, trial: asked.id });
  expect(entries.map(({ trial }) => trial!.id)).toEqual([asked.id]);
});

test('without a completed trial there is nothing to show, and the states say why', () => {
  const trials = grid((_, architecture) => ({ state: architecture === 'mlp' ? 'queued' : 'diverged', metrics: {} }));
  expect(() => planGallery(snapshotOf(trials), { limit: 24 })).toThrow(
    expect.objectContaining({
      code: 'NOT_FOUND',
      message: 'No trial of beta is completed (6 queued, 6 diverged): a gallery shows what completed trials keep.',
    }),
  );
});

test('a trial that --where leaves out is told', () => {
  const snapshot = snapshotOf(grid());
  const trial = snapshot.trials.find(({ params }) => params['beta'] === 1)!.id;
  const where = parseFilter('beta=4', snapshot);
  expect(() => planGallery(snapshot, { limit: 24, trial, where })).toThrow(
    'is not among those that --where lets through',
  );
});
