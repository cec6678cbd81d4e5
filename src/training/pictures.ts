/** The pictures of a completed trial, from the weights of its best epoch. */
import { probit } from 'simple-statistics';
import type { Arrays, Engine } from '../engine/engine.ts';
import type { ImageSet, Values } from '../data/source.ts';
import type { TrialFile, TrialFiles } from '../files/trial-files.ts';
import { randomStream } from '../random.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { EVALUATION_BATCH } from './evaluate.ts';
import { GatheredImages } from './gathered-images.ts';
import { conditionInput } from './one-hot.ts';
import { encodeTiles, toTiles } from './png.ts';
import { decodingProgram, evaluationProgram } from './programs.ts';

/** Images shown with their reconstructions. */
export const RECONSTRUCTIONS = 16;
const SAMPLES_A_SIDE = 8;
const MANIFOLD_A_SIDE = 15;

/** Rows of samples by label, at most: the first labels. */
const MOST_LABELS = 16;

/**
 * Writes the pictures into the trial's folder, each pixel the mean of p(x|z): images above the reconstruction from their
 * posterior mean, draws of z from the prior, and the manifold of two latents. `examples` are held-out images (training
 * ones where none are held out). A model that is told labels reconstructs under those of the images and draws a row under
 * each label, one z a column; its manifold would be another one under each, and is left out.
 */
export async function writePictures(
  engine: Engine,
  model: ModelShape,
  weights: Arrays,
  examples: ImageSet<Values>,
  files: TrialFiles,
): Promise<void> {
  const write = (file: TrialFile, pixels: Float32Array, count: number, columns: number): Promise<void> =>
    files.put(file, [encodeTiles(toTiles(pixels, count, model), columns)]);
  const decode = (latents: Float32Array, count: number, labels?: Uint16Array): Promise<Float32Array> =>
    decodeLatents(engine, model, weights, latents, count, labels);

  const shown = Math.min(RECONSTRUCTIONS, examples.count);
  const originals = Float32Array.from(examples.images.subarray(0, shown * imageSize(model)), (v) => v / 255);
  const reconstructions = await decode(
    await posteriorMeans(engine, model, weights, examples, shown),
    shown,
    examples.labels,
  );

  const { latents, labels, count: drawn } = sampledLatents(model);
  const samples = await decode(latents, drawn, labels);

  const tiles = MANIFOLD_A_SIDE ** 2;
  const manifold =
    model.latentDim === 2 && model.classes === undefined
      ? await decode(manifoldGrid(MANIFOLD_A_SIDE), tiles)
      : undefined;

  // At the same time: each waits for the disk.
  await Promise.all([
    write('reconstructions', join(originals, reconstructions), 2 * shown, shown),
    write('samples', samples, drawn, SAMPLES_A_SIDE),
    manifold && write('manifold', manifold, tiles, MANIFOLD_A_SIDE),
  ]);
}

/**
 * [side², 2]: the centres of an equal grid of the unit square, pushed through the inverse normal CDF, so that each tile
 * stands for the same prior mass (Kingma & Welling 2014, figure 4). First latent to the right, second upwards.
 */
export function manifoldGrid(side: number): Float32Array {
  const coordinate = (i: number): number => probit((i + 0.5) / side);
  return Float32Array.from({ length: 2 * side * side }, (_, k) => {
    const tile = k >> 1;
    return k % 2 === 0 ? coordinate(tile % side) : coordinate(side - 1 - Math.floor(tile / side));
  });
}

/** What `samples` shows, eight a row. */
function sampledLatents({ latentDim, classes }: ModelShape): {
  latents: Float32Array;
  labels?: Uint16Array;
  count: number;
} {
  const rows = Math.min(Math.max(SAMPLES_A_SIDE, classes ?? 0), MOST_LABELS);
  const row = SAMPLES_A_SIDE * latentDim;
  const latents = randomStream(['picture', 'samples']).fillNormal(new Float32Array(rows * row));
  const count = rows * SAMPLES_A_SIDE;
  if (classes === undefined) return { latents, count };
  const labels = Uint16Array.from({ length: count }, (_, i) => Math.floor(i / SAMPLES_A_SIDE) % classes);
  // Each time that all labels have had their row, other draws begin.
  for (let at = 0; at < rows; at++)
    latents.copyWithin(at * row, (at - (at % classes)) * row, (at - (at % classes) + 1) * row);
  return { latents, labels, count };
}

/** E_q[z|x] of the first `count` images. */
async function posteriorMeans(
  engine: Engine,
  model: ModelShape,
  weights: Arrays,
  examples: ImageSet<Values>,
  count: number,
): Promise<Float32Array> {
  const scan = await engine.prepare(evaluationProgram(model, EVALUATION_BATCH));
  const indices = Int32Array.from({ length: EVALUATION_BATCH }, (_, i) => (i < count ? i : 0));
  const { outputs } = await scan.run({
    count: 1,
    state: {},
    constants: weights,
    steps: {
      images: new GatheredImages(model).gather(examples.images, indices),
      ...conditionInput(model, examples.labels, indices),
      noise: new Float32Array(EVALUATION_BATCH * model.latentDim),
    },
  });
  return outputs['mean']!.subarray(0, count * model.latentDim);
}

async function decodeLatents(
  engine: Engine,
  model: ModelShape,
  weights: Arrays,
  latents: Float32Array,
  count: number,
  labels: Uint16Array | undefined,
): Promise<Float32Array> {
  const scan = await engine.prepare(decodingProgram(model, EVALUATION_BATCH));
  const steps = Math.ceil(count / EVALUATION_BATCH);
  const padded = new Float32Array(steps * EVALUATION_BATCH * model.latentDim);
  padded.set(latents);
  const indices = Int32Array.from({ length: steps * EVALUATION_BATCH }, (_, i) => (i < count ? i : 0));
  const given = { latents: padded, ...conditionInput(model, labels, indices) };
  const { outputs } = await scan.run({ count: steps, state: {}, constants: weights, steps: given });
  return outputs['pixels']!.subarray(0, count * imageSize(model));
}

function join(first: Float32Array, second: Float32Array): Float32Array {
  const whole = new Float32Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
