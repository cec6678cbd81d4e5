import type { Arrays, Engine } from '../engine/engine.ts';
import type { ImageSet } from '../data/source.ts';
import type { StopReason } from '../trial/outcome.ts';
import { emptySums, type EvaluationSums } from '../metrics/evaluation-sums.ts';
import { metricsOf } from '../metrics/index.ts';
import { loadedMetrics } from '../metrics/own.ts';
import { klPerDimension } from '../metrics/kl-per-dimension.ts';
import { randomStream } from '../random.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { likelihoodOf } from '../model/model.ts';
import { penaltyOf } from '../model/objective.ts';
import type { TrialConfig } from '../trial/trial.ts';
import { GatheredImages, mostBatches } from './gathered-images.ts';
import { conditionInput } from './one-hot.ts';
import { Pace } from './pace.ts';
import { evaluationProgram } from './programs.ts';

/** Images of one step of evaluation, whatever the batch of training: the noise of an image follows from its place here. */
export const EVALUATION_BATCH = 128;
/** Most steps of one run of the program: bounds the memory of its outputs. */
const STEPS_PER_RUN = 32;

export function evaluationPace(model: ModelShape): Pace {
  return new Pace(Math.min(STEPS_PER_RUN, mostBatches(model, EVALUATION_BATCH)));
}

/**
 * The ELBO's terms over a whole split, with one sampled z per image. The noise depends on the split's name alone, so
 * all trials of equal latent dimension, and all epochs, share it; every image counts once. `between` is called before
 * each run of the program; a reason to stop ends the evaluation and is returned instead. Where the runs begin and end
 * changes nothing: sums are added image by image.
 */
export async function evaluateSplit(
  engine: Engine,
  model: ModelShape,
  weights: Arrays,
  split: 'validation' | 'test',
  { images, count, labels }: ImageSet,
  pace: Pace,
  between: () => StopReason | undefined,
): Promise<EvaluationSums | StopReason> {
  const scan = await engine.prepare(evaluationProgram(model, EVALUATION_BATCH));
  const gathered = new GatheredImages(model);
  const sums = emptySums(model.latentDim);
  const batches = Math.ceil(count / EVALUATION_BATCH);
  for (let first = 0, steps; first < batches; first += steps) {
    const stop = between();
    if (stop) return stop;
    steps = Math.min(pace.steps, batches - first);
    const startedMs = performance.now();
    const offset = first * EVALUATION_BATCH;
    const size = EVALUATION_BATCH * model.latentDim;
    const noise = new Float32Array(steps * size);
    for (let step = 0; step < steps; step++) {
      randomStream(['evaluation', split, first + step]).fillNormal(noise.subarray(step * size, (step + 1) * size));
    }
    // Past the last image the batch repeats image 0; its results are not read.
    const indices = Int32Array.from({ length: steps * EVALUATION_BATCH }, (_, i) =>
      offset + i < count ? offset + i : 0,
    );
    const { outputs } = await scan.run({
      count: steps,
      state: {},
      constants: weights,
      steps: { images: gathered.gather(images, indices), ...conditionInput(model, labels, indices), noise },
    });
    addToSums(sums, outputs, Math.min(steps * EVALUATION_BATCH, count - offset));
    pace.measured(steps, (performance.now() - startedMs) / 1000);
    // Lets the commands that came in meanwhile be read, and what was said be sent.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return sums;
}

function addToSums(sums: EvaluationSums, outputs: Readonly<Record<string, Float32Array>>, images: number): void {
  const { reconstruction, kl, mean } = outputs as Record<'reconstruction' | 'kl' | 'mean', Float32Array>;
  const latentDim = sums.kl.length;
  for (let i = 0; i < images; i++) {
    sums.reconstruction += reconstruction[i]!;
    for (let j = 0; j < latentDim; j++) {
      const value = mean[i * latentDim + j]!;
      sums.kl[j]! += kl[i * latentDim + j]!;
      sums.mean[j]! += value;
      sums.meanSquare[j]! += value * value;
    }
  }
  sums.images += images;
}

/** All metrics of one split, named `val/…` or `test/…`. */
export function evaluationMetrics(
  split: 'val' | 'test',
  model: ModelShape,
  sums: EvaluationSums,
  { parameters, dataset, ownMetrics }: Pick<TrialConfig, 'parameters' | 'dataset' | 'ownMetrics'>,
): Record<string, number> {
  const perDimension = klPerDimension(sums);
  const kl = perDimension.reduce((sum, value) => sum + value, 0);
  const penalty = penaltyOf(parameters, kl, perDimension);
  const { mass } = likelihoodOf(model);
  const isProbability = mass === 'bytes' || (mass === 'bits' && dataset.binarization !== 'grey');
  const numbers = isProbability ? { numbers: imageSize(model) } : {};
  const measured = { reconstruction: sums.reconstruction / sums.images, kl, penalty, sums, ...numbers };
  return metricsOf(split, measured, loadedMetrics(ownMetrics));
}
