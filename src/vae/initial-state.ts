import type { Activation, Initialization } from '../trial/trial.ts';
import type { WeightSpec } from './architecture.ts';
import { OUTPUT_BIAS, OUTPUT_WEIGHT } from './architecture.ts';
import { sizeOf } from '../engine/engine.ts';
import { logitOfMean } from '../metrics/constant-elbo.ts';
import { randomStream } from '../random.ts';
import { momentName } from './adam.ts';

/** Of the decoder's output beside the other linear layers; measured (BENCHMARKS.md), as 1 lets deep models collapse. */
const OUTPUT_SCALE = 0.1;

/** 1 / √E[f(x)²] for x ~ N(0, 1): an activation gives back the size of what it is given. */
const GAIN: Readonly<Record<Activation, number>> = {
  relu: Math.SQRT2,
  leaky_relu: Math.sqrt(2 / (1 + 0.01 ** 2)),
  elu: 1.2452,
  tanh: 1.5925,
};

/**
 * Weights before the first step, uniform, from the trial's seed; biases 0. `glorot`: U(±√(6 / (in + out))) (Glorot & Bengio
 * 2010). `he`: for hidden layers U(±gain·√(3 / in)), so that what goes through keeps its size (He et al. 2015), for the
 * posterior's heads as `glorot`, for the decoder's output a tenth of that: a code that means nothing yet would only disturb
 * the image, and a deep model learns to ignore it for good. The decoder's output bias is the logit of the training data's
 * mean (per pixel, or over all pixels where there is one per channel), so training starts at the best constant image
 * instead of at grey.
 */
export function initialWeights(
  specs: readonly WeightSpec[],
  init: Initialization,
  seed: number,
  pixelMeans: Float32Array,
): Record<string, Float32Array> {
  return Object.fromEntries(
    specs.map(({ name, shape, fan, activation }) => {
      const values = new Float32Array(sizeOf(shape));
      if (fan) {
        const stream = randomStream(['init', seed, name]);
        const glorot = Math.sqrt(6 / (fan.in + fan.out));
        const linear = name === OUTPUT_WEIGHT ? OUTPUT_SCALE * glorot : glorot;
        const he = activation === null ? linear : GAIN[activation] * Math.sqrt(3 / fan.in);
        const limit = init === 'he' ? he : glorot;
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
