import type { Arrays, Engine } from '../engine/engine.ts';
import type { ImageSet } from '../data/source.ts';
import { activeUnits } from '../metrics/active-units.ts';
import { elboTerms } from '../metrics/elbo.ts';
import { emptySums, type EvaluationSums } from '../metrics/evaluation-sums.ts';
import { klPerDimension } from '../metrics/kl-per-dimension.ts';
import { randomStream } from '../random.ts';
import type { ModelShape } from './architecture.ts';
import { evaluationProgram } from './programs.ts';

/** Images evaluated by one run of the program: bounds the memory of its outputs and the delay of a stop. */
const IMAGES_PER_RUN = 4096;

/**
 * The ELBO's terms over a whole split, with one sampled z per image. The noise depends on the split's name alone, so
 * all trials and epochs share it; every image counts once.
 */
export async function evaluateSplit(
  engine: Engine,
  model: ModelShape,
  batchSize: number,
  weights: Arrays,
  split: 'validation' | 'test',
  { images, count }: ImageSet,
): Promise<EvaluationSums> {
  const scan = await engine.prepare(evaluationProgram(model, batchSize));
  const sums = emptySums(model.latentDim);
  const batches = Math.ceil(count / batchSize);
  const perRun = Math.max(1, Math.floor(IMAGES_PER_RUN / batchSize));
  for (let first = 0; first < batches; first += perRun) {
    const steps = Math.min(perRun, batches - first);
    const offset = first * batchSize;
    const noise = new Float32Array(steps * batchSize * model.latentDim);
    for (let step = 0; step < steps; step++) {
      const size = batchSize * model.latentDim;
      randomStream(['evaluation', split, first + step]).fillNormal(noise.subarray(step * size, (step + 1) * size));
    }
    // Past the last image the batch repeats image 0; its results are not read.
    const indices = Int32Array.from({ length: steps * batchSize }, (_, i) => (offset + i < count ? offset + i : 0));
    const { outputs } = await scan.run({
      count: steps,
      state: {},
      constants: { ...weights, images },
      steps: { indices, noise },
    });
    addToSums(sums, outputs, Math.min(steps * batchSize, count - offset));
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
export function evaluationMetrics(prefix: 'val' | 'test', sums: EvaluationSums, beta: number): Record<string, number> {
  const kl = klPerDimension(sums).reduce((sum, value) => sum + value, 0);
  const terms = elboTerms(sums.reconstruction / sums.images, kl);
  return {
    [`${prefix}/elbo`]: terms.elbo,
    [`${prefix}/reconstruction`]: terms.reconstruction,
    [`${prefix}/kl`]: terms.kl,
    [`${prefix}/objective`]: terms.reconstruction + beta * terms.kl,
    [`${prefix}/active_units`]: activeUnits(sums),
  };
}
