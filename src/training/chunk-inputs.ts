import type { ScanInputs } from '../engine/engine.ts';
import { valueOf } from '../model/parameter.ts';
import { beta, learningRate } from '../model/parameters.ts';
import { randomStream } from '../random.ts';
import { adamSchedule } from './adam.ts';
import type { GatheredImages } from './gathered-images.ts';
import type { TrainInputs } from './train.ts';

/** What an epoch trains on. */
export interface EpochImages {
  /** Binarised. */
  readonly images: Uint8Array;
  /** In which they are trained on. */
  readonly order: Int32Array;
  readonly gathered: GatheredImages;
}

/** The next `count` batches. The last batch of an epoch is filled up with image 0 at weight 0. */
export function chunkInputs(inputs: TrainInputs, { images, order, gathered }: EpochImages, count: number): ScanInputs {
  const { model, config, seed, state } = inputs;
  const { batchSize, clipNorm } = config.train;
  const rate = valueOf(config.parameters, learningRate);
  const first = state.partial.steps * batchSize;
  const indices = new Int32Array(count * batchSize);
  indices.set(order.subarray(first, first + indices.length));
  const imageWeights = new Float32Array(count * batchSize);
  const noise = new Float32Array(count * batchSize * model.latentDim);
  const stepSize = new Float32Array(count);
  const stabilizer = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const size = batchImages(order.length, batchSize, state.partial.steps + i);
    imageWeights.fill(1 / size, i * batchSize, i * batchSize + size);
    const noiseSize = batchSize * model.latentDim;
    randomStream(['noise', seed, state.step + i]).fillNormal(noise.subarray(i * noiseSize, (i + 1) * noiseSize));
    const schedule = adamSchedule(rate, state.step + i + 1);
    stepSize[i] = schedule.stepSize;
    stabilizer[i] = schedule.stabilizer;
  }
  return {
    count,
    state: state.tensors,
    constants: {},
    steps: {
      images: gathered.gather(images, indices),
      imageWeights,
      noise,
      beta: new Float32Array(count).fill(valueOf(config.parameters, beta)),
      stepSize,
      stabilizer,
      ...(clipNorm !== null && { clipNorm: new Float32Array(count).fill(clipNorm) }),
    },
  };
}

/** How many images a batch of an epoch has: the last may have fewer. */
export function batchImages(total: number, batchSize: number, batch: number): number {
  return Math.min(batchSize, total - batch * batchSize);
}
