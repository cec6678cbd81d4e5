import type { WeightSpec } from './architecture.ts';
import { OUTPUT_BIAS } from './architecture.ts';
import { sizeOf } from '../engine/engine.ts';
import { logitOfMean } from '../metrics/constant-elbo.ts';
import { randomStream } from '../random.ts';
import { momentName } from './adam.ts';

/**
 * Weights before the first step: Glorot uniform, U(±√(6 / (in + out))), from the trial's seed; biases 0. The decoder's
 * output bias is the logit of the training data's mean (per pixel, or over all pixels where there is one per channel),
 * so training starts at the best constant image instead of at grey.
 */
export function initialWeights(
  specs: readonly WeightSpec[],
  seed: number,
  pixelMeans: Float32Array,
): Record<string, Float32Array> {
  return Object.fromEntries(
    specs.map(({ name, shape, fan }) => {
      const values = new Float32Array(sizeOf(shape));
      if (fan) {
        const stream = randomStream(['init', seed, name]);
        const limit = Math.sqrt(6 / (fan.in + fan.out));
        for (let i = 0; i < values.length; i++) values[i] = (2 * stream.uniform() - 1) * limit;
      } else if (name === OUTPUT_BIAS) {
        const mean = pixelMeans.reduce((sum, value) => sum + value, 0) / pixelMeans.length;
        for (let i = 0; i < values.length; i++) values[i] = logitOfMean(values.length === 1 ? mean : pixelMeans[i]!);
      }
      return [name, values];
    }),
  );
}

/** Adam's moments before the first step. */
export function zeroMoments(specs: readonly WeightSpec[]): Record<string, Float32Array> {
  return Object.fromEntries(
    specs.flatMap(({ name, shape }) =>
      (['first', 'second'] as const).map((order) => [momentName(order, name), new Float32Array(sizeOf(shape))]),
    ),
  );
}
