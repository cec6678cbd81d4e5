import { sizeOf } from '../engine/engine.ts';
import { ACTIVATIONS } from '../model/activation.ts';
import { OUTPUT_BIAS, OUTPUT_WEIGHT, type ModelShape, type WeightSpec } from '../model/architecture.ts';
import { likelihoodOf, weightSpecs } from '../model/model.ts';
import { spreadOf, type Moments } from '../model/moments.ts';
import type { INITIALIZATIONS } from '../model/parameters.ts';
import { randomStream } from '../random.ts';
import { momentName } from './adam.ts';

/** Of the decoder's output beside the other linear layers; measured (BENCHMARKS.md), as 1 lets deep models collapse. */
const OUTPUT_SCALE = 0.1;

/**
 * Weights before the first step, uniform, from the trial's seed; biases 0.
 * - `glorot`: U(±√(6 / (in + out))) (Glorot & Bengio 2010).
 * - `he`: hidden layers U(±gain·√(3 / in)), so that what goes through keeps its size (He et al. 2015); the posterior's heads
 *   and what a convolutional decoder starts with as `glorot`; the decoder's output a tenth of that: a code that means
 *   nothing yet would only disturb the image, and a deep model learns to ignore it for good.
 *
 * The decoder's output bias is where the likelihood puts the training data's mean (per pixel, or over all pixels where there is one per
 * channel), so training starts at the best constant image instead of at grey.
 */
export function initialWeights(
  model: ModelShape,
  init: (typeof INITIALIZATIONS)[number],
  seed: number,
  training: Pick<Moments, 'means' | 'meanSquares'>,
): Record<string, Float32Array> {
  const likelihood = likelihoodOf(model);
  const own = new Map(likelihood.weights?.map((weight) => [weight.name, weight]));
  let known: number | undefined;
  const spread = (): number => (known ??= spreadOf(training));
  return Object.fromEntries(
    weightSpecs(model).map(({ name, shape, fan, activation }) => {
      const values = new Float32Array(sizeOf(shape));
      if (fan) {
        const stream = randomStream(['init', seed, name]);
        const glorot = Math.sqrt(6 / (fan.in + fan.out));
        const linear = name === OUTPUT_WEIGHT ? OUTPUT_SCALE * glorot : glorot;
        const he = activation === null ? linear : ACTIVATIONS[activation].gain * Math.sqrt(3 / fan.in);
        const limit = init === 'he' ? he : glorot;
        for (let i = 0; i < values.length; i++) values[i] = (2 * stream.uniform() - 1) * limit;
      } else if (name === OUTPUT_BIAS) {
        const { channels, outputChannels } = model;
        const pixels = values.length / outputChannels;
        const { means } = training;
        const shared = pixels === 1 ? channelMeans(means, channels) : undefined;
        for (let p = 0; p < pixels; p++) {
          const ofPixel = shared ?? Array.from({ length: channels }, (_, c) => means[p * channels + c]!);
          values.set(likelihood.outputBias(ofPixel, spread), p * outputChannels);
        }
      } else if (own.has(name)) values.fill(own.get(name)!.initial(spread()));
      return [name, values];
    }),
  );
}

/** Mean of each channel over all pixels. */
function channelMeans(means: ArrayLike<number>, channels: number): number[] {
  const sums = new Array<number>(channels).fill(0);
  for (let i = 0; i < means.length; i++) sums[i % channels]! += means[i]!;
  return sums.map((sum) => sum / (means.length / channels));
}

/** Adam's moments before the first step. */
export function zeroMoments(specs: readonly WeightSpec[]): Record<string, Float32Array> {
  return Object.fromEntries(
    specs
      .filter(({ isObserved }) => isObserved !== true)
      .flatMap(({ name, shape }) =>
        (['first', 'second'] as const).map((order) => [momentName(order, name), new Float32Array(sizeOf(shape))]),
      ),
  );
}
