import type { StoredImages, Values } from '../data/source.ts';
import type { ScanInputs } from '../engine/engine.ts';
import { capacity, freeBits } from '../model/objective-parameters.ts';
import { weightDecay } from '../model/optimizer-parameters.ts';
import { valueOf, valueOr, type Parameters } from '../model/parameter.ts';
import { beta, learningRate } from '../model/parameters.ts';
import { randomStream } from '../random.ts';
import { adamSchedule } from './adam.ts';
import type { GatheredImages } from './gathered-images.ts';
import { conditionInput } from './one-hot.ts';
import type { StepOptions } from './programs.ts';
import { betaShare, capacityShare, rateShare } from './schedules.ts';
import type { TrainInputs } from './train.ts';

/** What an epoch trains on. */
export interface EpochImages {
  /** Binarised. */
  readonly images: Values | StoredImages;
  /** Of each, where models are told them. */
  readonly labels?: Uint16Array | undefined;
  /** In which they are trained on. */
  readonly order: Int32Array;
  readonly gathered: GatheredImages;
}

/** The next `count` batches. The last batch of an epoch is filled up with image 0 at weight 0. */
export function chunkInputs(
  inputs: TrainInputs,
  { images, labels, order, gathered }: EpochImages,
  count: number,
): ScanInputs {
  const { model, config, seed, state } = inputs;
  const { batchSize, clipNorm } = config.train;
  const { parameters } = config;
  const training = { parameters, epochs: config.train.epochs, batches: Math.ceil(order.length / batchSize) };
  const has = stepOptions(parameters);
  const first = state.partial.steps * batchSize;
  const indices = new Int32Array(count * batchSize);
  indices.set(order.subarray(first, first + indices.length));
  const imageWeights = new Float32Array(count * batchSize);
  const noise = new Float32Array(count * batchSize * model.latentDim);
  const stepSize = new Float32Array(count);
  const stabilizer = new Float32Array(count);
  const [betas, capacities, decays] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
  for (let i = 0; i < count; i++) {
    const size = batchImages(order.length, batchSize, state.partial.steps + i);
    imageWeights.fill(1 / size, i * batchSize, i * batchSize + size);
    const noiseSize = batchSize * model.latentDim;
    randomStream(['noise', seed, state.step + i]).fillNormal(noise.subarray(i * noiseSize, (i + 1) * noiseSize));
    const step = state.step + i;
    const rate = valueOf(parameters, learningRate) * rateShare(training, step);
    betas[i] = valueOf(parameters, beta) * betaShare(training, step);
    capacities[i] = valueOr(parameters, capacity) * capacityShare(training, step);
    decays[i] = valueOr(parameters, weightDecay) * rate;
    const schedule = adamSchedule(rate, step + 1);
    stepSize[i] = schedule.stepSize;
    stabilizer[i] = schedule.stabilizer;
  }
  return {
    count,
    state: state.tensors,
    constants: {},
    steps: {
      images: gathered.gather(images, indices),
      ...conditionInput(model, labels, indices),
      imageWeights,
      noise,
      beta: betas,
      stepSize,
      stabilizer,
      ...(clipNorm !== null && { clipNorm: new Float32Array(count).fill(clipNorm) }),
      ...(has.freeBits && { freeBits: new Float32Array(count).fill(valueOr(parameters, freeBits)) }),
      ...(has.capacity && { capacity: capacities }),
      ...(has.decays && { decay: decays }),
    },
  };
}

/** What of a training step the parameters ask for. */
export function stepOptions(parameters: Parameters): Required<StepOptions> {
  return {
    freeBits: valueOr(parameters, freeBits) > 0,
    capacity: valueOr(parameters, capacity) > 0,
    decays: valueOr(parameters, weightDecay) > 0,
  };
}

/** How many images a batch of an epoch has: the last may have fewer. */
export function batchImages(total: number, batchSize: number, batch: number): number {
  return Math.min(batchSize, total - batch * batchSize);
}
