/** Pictures of one's own, by the real command: in colour, and of all sizes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode } from 'fast-png';
import { ResultsLayout } from '../../src/files/paths.ts';
import { png } from '../data/own/write.ts';
import { bitsOf, place, spec } from './own-place.ts';

describe('images in colour', () => {
  it('train, and come back in colour: pictures, gallery, page', async () => {
    const { at, specAt, ok } = place();
    const file = specAt('c.yaml', spec('./colour'));
    await ok('run', file, '--results', at('r'), '--device', 'cpu', '--quiet');
    const { found } = bitsOf(at('r'));
    expect(found.map(({ shape }) => shape)).toEqual([3, 3]);
    const layout = new ResultsLayout(at('r'));
    for (const { id } of found) {
      const { channels, data } = decode(readFileSync(layout.files('spots', id).path('reconstructions')));
      expect(channels).toBe(3);
      // Of the first original, inside the margin.
      expect([...data].some((value, i) => i % 3 === 0 && value !== data[i + 1])).toBe(true);
    }
    for (const panel of ['reconstructions', 'samples', 'traversals', 'interpolations', 'scatter', 'worst']) {
      const { cells } = JSON.parse(
        await ok('gallery', '--panel', panel, '--json', '-o', at(`${panel}.png`), '--results', at('r')),
      ) as { cells: { missing?: string | null }[] };
      expect(cells.length).toBeGreaterThan(0);
      expect(cells.every(({ missing }) => missing == null)).toBe(true);
    }
  });
});

it('sweeps likelihoods on colour: each reports by itself, none is ranked with another, the best of each is tested', async () => {
  const { specAt, sweep, ok, folder } = place();
  const likelihoods = 'bernoulli, gaussian, gaussian_optimal, discretized_logistic';
  const text = (more: string) =>
    `name: spots\ndataset: ./colour\nparameters: { likelihood: [${likelihoods}], hidden: [16], latent_dim: 2 }\n${more}`;
  const file = specAt('likelihoods.yaml', text('train: { epochs: 1 }\n'));
  const results = ['--results', path.join(folder, 'results')];
  const ended = await ok('run', file, '--device', 'cpu', ...results);
  expect(ended.match(/^ {2}best {2}likelihood=\w+/gm)).toEqual([
    '  best  likelihood=bernoulli',
    expect.stringMatching(/likelihood=gaussian/),
    '  best  likelihood=discretized_logistic',
  ]);
  expect(ended.match(/^ {2}test /gm)).toHaveLength(3);
  const report = await ok('report', ...results);
  expect(report.match(/^spots where .* ·/gm)).toHaveLength(3);
  expect(report).toContain('bits/dim');
  expect(report).not.toContain('grey pixels');
  const refused = await sweep('report', '--json', ...results);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("can't be compared. Look at one at a time: --where likelihood=bernoulli, ");
  expect((await sweep('compare', 'likelihood=bernoulli', 'likelihood=gaussian', ...results)).stderr).toContain(
    "Values of different likelihoods (bernoulli, gaussian) can't be compared",
  );
  const unfit = 'dataset: { path: ./colour, binarization: static }\ntry: [{ likelihood: continuous_bernoulli }]\n';
  const tried = await sweep('plan', specAt('tried.yaml', `name: a\n${unfit}`));
  expect(tried.code).toBe(2);
  expect(tried.stderr).toMatch(/tried\.yaml:3:\d+ .*`binarization: static` makes them black and white/);
});

it('pictures of all sizes are brought to one, those that a trained model is given as well', async () => {
  const { at, specAt, sweep, ok } = place();
  mkdirSync(at('photos'));
  for (let i = 0; i < 30; i++) {
    const [height, width] = [8 + i, 20 - (i % 7)];
    const pixels = Uint8Array.from({ length: height * width }, (_, k) => (k * (i + 3)) % 256);
    mkdirSync(at(`photos/${i % 2}`), { recursive: true });
    writeFileSync(at(`photos/${i % 2}/${String(i)}.png`), png(width, height, pixels));
  }
  const text = (dataset: string) =>
    `name: photos\ndataset: ${dataset}\nparameters: { hidden: [8], latent_dim: 2 }\ntrain: { epochs: 1 }\n`;
  const mixed = await sweep('plan', specAt('a.yaml', text('./photos')));
  expect(mixed.code).toBe(2);
  expect(mixed.stderr).toMatch(
    /0\/10\.png: it is of 18×17 pixels, and 0\/0\.png of 8×20.*With `size:` in the spec they are brought to one/,
  );
  const slip = await sweep('plan', specAt('b.yaml', text('{ path: ./photos, resize: fit }')));
  expect(slip.stderr).toMatch(/b\.yaml:2:28 .*there is none/);
  const file = specAt('c.yaml', text('{ path: ./photos, size: [8, 6], channels: colour }'));
  const where = ['--results', at('r')];
  await ok('run', file, '--device', 'cpu', '--quiet', ...where);
  expect(await ok('plan', file, 'dataset.resize=stretch', ...where)).not.toContain('have changed');
  mkdirSync(at('new'));
  writeFileSync(at('new/one.png'), png(40, 9, new Uint8Array(360).fill(200)));
  const scored = await ok('score', 'photos', '--data', at('new'), '--json', ...where);
  const { samples, trial } = JSON.parse(scored) as { samples: number; trial: string };
  expect(samples).toBe(1);
  expect(await ok('reproduce', trial, ...where)).toContain('the same bits');
  writeFileSync(at('table.csv'), 'a,b\n1,2\n');
  const table = await sweep('score', 'photos', '--data', at('table.csv'), ...where);
  expect(table.stderr).toContain('table.csv: it holds rows of numbers, and the trial trained on images.');
  const said = await ok('data', at('photos'), '--size', '8x6', '--channels', 'colour');
  expect(said).toContain('30 of 8×6 pixels, in colour');
  expect(said).toContain('2 different, by the folders that they are in: 0 (15), 1 (15)');
});
