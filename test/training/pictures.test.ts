import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import { loadEngine } from '../../src/engine/load.ts';
import { manifoldGrid, writePictures } from '../../src/training/pictures.ts';
import { TrialFiles } from '../../src/files/trial-files.ts';
import { decodingProgram, evaluationProgram } from '../../src/training/programs.ts';
import { decodeTiles, encodeTiles, toTiles } from '../../src/training/png.ts';
import { testModels, testWeights } from './support.ts';

it('lays tiles out row by row, in grey, with a gap of two pixels around each', () => {
  const { width, height, data } = decode(
    encodeTiles(toTiles(Float32Array.of(0, 1, 0.5, 2), 4, { height: 1, width: 1, channels: 1 }), 2),
  );
  expect([width, height]).toEqual([8, 8]);
  expect([data[2 * 8 + 2], data[2 * 8 + 5], data[5 * 8 + 2], data[5 * 8 + 5]]).toEqual([0, 255, 128, 255]);
});

it.each([1, 2, 3])('takes apart what it laid out, of images with %i channels', (channels) => {
  const shape = { height: 2, width: 3, channels };
  const shown = channels === 3 ? 3 : 1;
  const pixels = Float32Array.from({ length: 4 * 6 * channels }, (_, i) => ((i * 37) % 256) / 255);
  const tiles = decodeTiles(encodeTiles(toTiles(pixels, 4, shape), 2), shape);
  expect(tiles).toMatchObject({ count: 4, width: 3, height: 2, channels: shown });
  const first = Array.from(pixels, (value) => Math.round(255 * value)).filter((_, i) => i % channels < shown);
  expect([...tiles.bytes]).toEqual(first);
});

it('takes no other picture apart', () => {
  const png = encodeTiles(toTiles(new Float32Array(12), 2, { height: 2, width: 3, channels: 1 }), 2);
  expect(() => decodeTiles(png, { height: 3, width: 3, channels: 1 })).toThrow("don't hold images of 3×3");
  expect(() => decodeTiles(png, { height: 2, width: 3, channels: 3 })).toThrow("don't hold");
});

it('walks the manifold by equal prior mass: each tile is 1/15 of the normal distribution wide', () => {
  const grid = manifoldGrid(15);
  expect(grid).toHaveLength(450);
  // Top left tile: first latent lowest, second highest; ±1.834 is where Φ is 1/30 from the end.
  expect(grid[0]).toBeCloseTo(-1.834, 2);
  expect(grid[1]).toBeCloseTo(1.834, 2);
  expect([grid[2 * 112], grid[2 * 112 + 1]]).toEqual([expect.closeTo(0, 6), expect.closeTo(0, 6)]);
});

it('shows originals above their reconstructions', async () => {
  const engine = await loadEngine({ engine: 'compiled', provider: 'cpu' });
  const model = testModels['mlp relu']!;
  const images = new Uint8Array(3 * 30).map((_, i) => (i * 7) % 256);
  const directory = await mkdtemp(path.join(tmpdir(), 'pictures-'));
  await writePictures(engine, model, testWeights(model), { count: 3, images }, new TrialFiles(directory));
  const { width, height, data } = decode(await readFile(path.join(directory, 'reconstructions.png')));
  expect([width, height]).toEqual([2 + 3 * (5 + 2), 2 + 2 * (6 + 2)]);
  const firstRow = [...data.subarray(2 * width + 2, 2 * width + 7)];
  expect(firstRow).toEqual([...images.subarray(0, 5)]);

  // From the posterior mean (issue 10, line 3), and no draw of it.
  const weights = testWeights(model);
  const mean = await engine.prepare(evaluationProgram(model, 3));
  const noise = new Float32Array(3 * model.latentDim);
  const steps = { images, noise };
  const encoded = await mean.run({ count: 1, state: {}, constants: weights, steps });
  const decoder = await engine.prepare(decodingProgram(model, 3));
  const latents = encoded.outputs['mean']!;
  const decoded = await decoder.run({ count: 1, state: {}, constants: weights, steps: { latents } });
  const secondRow = [...data.subarray((2 + 6 + 2) * width + 2, (2 + 6 + 2) * width + 7)];
  const expected = [...decoded.outputs['pixels']!.subarray(0, 5)].map((value) => Math.round(255 * value));
  expect(secondRow).toEqual(expected);
});
