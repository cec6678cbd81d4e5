import type { ImageSet } from '../data/source.ts';
import { binarize, trainingBits } from '../data/binarize.ts';
import type { Engine, ScanInputs } from '../engine/engine.ts';
import type { StopReason, TrialEvent } from '../executor/protocol.ts';
import { klPerDimension } from '../metrics/kl-per-dimension.ts';
import { randomStream } from '../random.ts';
import type { EpochRecord, TrialConfig } from '../trial/trial.ts';
import { adamSchedule, momentName } from './adam.ts';
import { weightSpecs, type ModelShape } from './architecture.ts';
import { BackgroundSaves } from './background-saves.ts';
import {
  areFinite,
  describeLoss,
  diverged,
  nonFiniteMetric,
  nonFiniteTerm,
  type Diverged,
  type LossTerms,
} from './divergence.ts';
import { evaluateSplit, evaluationMetrics, evaluationPace, lossMetrics } from './evaluate.ts';
import { Pace } from './pace.ts';
import { trainingProgram } from './programs.ts';
import { emptyEpoch, type TrainingState } from './training-state.ts';

/** Within an epoch, a checkpoint is written when the last one is this old. */
const CHECKPOINT_SECONDS = 60;

export interface TrainInputs {
  readonly engine: Engine;
  readonly model: ModelShape;
  readonly config: TrialConfig;
  readonly seed: number;
  readonly train: ImageSet;
  /** Binarised already; undefined when the spec keeps no validation split. */
  readonly validation: ImageSet | undefined;
  /** Changed in place as training goes on. */
  readonly state: TrainingState;
  readonly emit: (event: TrialEvent) => void;
  /** Takes `state` as it is when called; resolves when that is safely on disk. */
  readonly save: () => Promise<void>;
  readonly stopRequested: () => StopReason | undefined;
}

export type TrainResult =
  { readonly kind: 'trained' } | { readonly kind: 'stopped'; readonly reason: StopReason } | Diverged;

/** What goes on from epoch to epoch beside the training state, and needs not be saved. */
interface Progress {
  readonly saves: BackgroundSaves;
  readonly training: Pace;
  readonly evaluation: Pace;
}

/**
 * Trains to the last epoch. Every epoch sees every image once, in an order of its own, then evaluates the validation
 * split, checkpoints, and only when that is on disk reports; the next epoch trains meanwhile. All randomness is keyed by
 * seed, epoch and step, so a run that was stopped anywhere and resumed ends with the same bits as one that was not.
 */
export async function train(inputs: TrainInputs): Promise<TrainResult> {
  const progress: Progress = { saves: new BackgroundSaves(), training: new Pace(), evaluation: evaluationPace() };
  try {
    return await trainEpochs(inputs, progress);
  } finally {
    await progress.saves.settled();
  }
}

async function trainEpochs(inputs: TrainInputs, progress: Progress): Promise<TrainResult> {
  const { config, seed, train, state } = inputs;
  const { binarization } = config.dataset;
  let images: ImageSet['images'] | undefined;
  while (state.history.length < config.train.epochs) {
    const epoch = state.history.length + 1;
    const startedMs = performance.now();
    if (images === undefined || binarization === 'dynamic') {
      // Over the last epoch's bits: those of a large data set would wait long for the garbage collector.
      images = binarize(train.images, binarization, trainingBits(binarization, seed, epoch), images?.buffer);
      inputs.emit({ type: 'alive' });
    }
    const ended = await trainEpoch(inputs, progress, epoch, images);
    if (ended) return ended;
    const { reconstruction, kl, images: count, seconds } = state.partial;
    // Averages over the epoch, each batch with the weights it met: not an evaluation of any one model.
    const metrics = lossMetrics('train', reconstruction / count, kl / count, config.parameters.beta);
    const stop = await evaluateEpoch(inputs, progress.evaluation, epoch, metrics);
    if (stop) {
      // All steps of the epoch are kept: whoever resumes begins with its evaluation.
      state.partial.seconds = seconds + (performance.now() - startedMs) / 1000;
      await progress.saves.start(inputs.save);
      return { kind: 'stopped', reason: stop };
    }
    const overflow = epochOverflow(inputs, epoch, metrics);
    if (overflow) return overflow;
    const total = seconds + (performance.now() - startedMs) / 1000;
    const record: EpochRecord = { epoch, step: state.step, metrics, seconds: total };
    state.history.push(record);
    state.partial = emptyEpoch();
    await progress.saves.start(async () => {
      await inputs.save();
      inputs.emit({ type: 'epoch', record });
    });
  }
  return { kind: 'trained' };
}

/** Goes through the rest of one epoch, on binarised `images`. Undefined when it is complete. */
async function trainEpoch(
  inputs: TrainInputs,
  progress: Progress,
  epoch: number,
  images: ImageSet['images'],
): Promise<TrainResult | undefined> {
  const { engine, model, config, seed, train, state } = inputs;
  const { batchSize, clipNorm } = config.train;
  const scan = await engine.prepare(trainingProgram(model, batchSize, clipNorm !== null));
  inputs.emit({ type: 'alive' });
  const order = randomStream(['order', seed, epoch]).permutation(train.count);
  const batches = Math.ceil(train.count / batchSize);
  const secondsBefore = state.partial.seconds;
  const startedMs = performance.now();
  let savedMs = startedMs;
  while (state.partial.steps < batches) {
    const stop = inputs.stopRequested();
    if (stop) {
      state.partial.seconds = secondsBefore + (performance.now() - startedMs) / 1000;
      await progress.saves.start(inputs.save);
      return { kind: 'stopped', reason: stop };
    }
    const count = Math.min(progress.training.steps, batches - state.partial.steps);
    const chunkStartedMs = performance.now();
    const result = await scan.run(chunkInputs(inputs, images, order, count));
    const chunkSeconds = (performance.now() - chunkStartedMs) / 1000;
    const imagesBefore = state.partial.images;
    const bad = addSteps(inputs, result.outputs, count);
    if (bad !== undefined) {
      const before = bad === 1 ? state.tensors : (await scan.run(chunkInputs(inputs, images, order, bad - 1))).state;
      return lossOverflow(inputs, bad, lossAt(result.outputs, bad - 1), before);
    }
    state.tensors = result.state;
    state.step += count;
    state.partial.steps += count;
    const imagesPerSecond = (state.partial.images - imagesBefore) / chunkSeconds;
    inputs.emit({ type: 'progress', epoch, fraction: state.partial.steps / batches, imagesPerSecond });
    progress.training.measured(count, chunkSeconds);
    if (state.partial.steps < batches && performance.now() - savedMs > CHECKPOINT_SECONDS * 1000) {
      state.partial.seconds = secondsBefore + (performance.now() - startedMs) / 1000;
      await progress.saves.start(inputs.save);
      savedMs = performance.now();
    }
    // Lets the commands that came in meanwhile be read.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  state.partial.seconds = secondsBefore;
  return undefined;
}

/** The next `count` batches. The last batch of an epoch is filled up with image 0 at weight 0. */
function chunkInputs(inputs: TrainInputs, images: Uint8Array, order: Int32Array, count: number): ScanInputs {
  const { model, config, seed, state } = inputs;
  const { batchSize, clipNorm } = config.train;
  const { beta, learningRate } = config.parameters;
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
    const schedule = adamSchedule(learningRate, state.step + i + 1);
    stepSize[i] = schedule.stepSize;
    stabilizer[i] = schedule.stabilizer;
  }
  return {
    count,
    state: state.tensors,
    constants: { images },
    steps: {
      indices,
      imageWeights,
      noise,
      beta: new Float32Array(count).fill(beta),
      stepSize,
      stabilizer,
      ...(clipNorm !== null && { clipNorm: new Float32Array(count).fill(clipNorm) }),
    },
  };
}

/**
 * The `bad`-th step from here has a loss that isn't finite. `tensors` are what it started with: where the weights aren't
 * finite either, it was the gradient of the step before.
 */
function lossOverflow(
  { model, state, config, train }: TrainInputs,
  bad: number,
  loss: LossTerms,
  tensors: TrainingState['tensors'],
): Diverged {
  const batches = Math.ceil(train.count / config.train.batchSize);
  const step = state.step + bad;
  if (!areFinite(weightsOf(model, tensors))) return gradientOverflow(step - 1, batches, state.lastLoss, config);
  const finite = state.lastLoss && `at step ${step - 1} still ${describeLoss(state.lastLoss)}`;
  return diverged({ step, epoch: Math.ceil(step / batches), what: nonFiniteTerm(loss)!, finite }, config.train);
}

function gradientOverflow(step: number, batches: number, loss: LossTerms | undefined, config: TrialConfig): Diverged {
  const finite = loss && `the loss still is: ${describeLoss(loss)}`;
  return diverged({ step, epoch: Math.ceil(step / batches), what: 'the gradient is not finite', finite }, config.train);
}

/**
 * Held-out images may overflow where training did not; or the last step broke the weights, which no loss has met yet and,
 * without held-out images, none would.
 */
function epochOverflow(
  { model, state, config, validation }: TrainInputs,
  epoch: number,
  metrics: Readonly<Record<string, number>>,
): Diverged | undefined {
  const what = nonFiniteMetric(metrics);
  const { step, lastLoss, tensors } = state;
  const isSuspect = what !== undefined || !validation;
  if (isSuspect && !areFinite(weightsOf(model, tensors))) return gradientOverflow(step, step / epoch, lastLoss, config);
  const finite = lastLoss && `in training still ${describeLoss(lastLoss)}`;
  if (what !== undefined) return diverged({ step, epoch, what, finite }, config.train);
  if (areFinite(secondMoments(model, tensors))) return undefined;
  return diverged({ step, epoch, what: 'the square of a gradient is infinite', finite }, config.train);
}

/** Adds the steps' losses to the epoch's sums. Returns the first step (1-based) whose loss is not finite. */
function addSteps(
  { state, train, config }: TrainInputs,
  outputs: Readonly<Record<string, Float32Array>>,
  count: number,
): number | undefined {
  for (let i = 0; i < count; i++) {
    const loss = lossAt(outputs, i);
    if (nonFiniteTerm(loss) !== undefined) return i + 1;
    const size = batchImages(train.count, config.train.batchSize, state.partial.steps + i);
    state.partial.images += size;
    state.partial.reconstruction += size * loss.reconstruction;
    state.partial.kl += size * loss.kl;
    state.lastLoss = loss;
  }
  return undefined;
}

function lossAt(outputs: Readonly<Record<string, Float32Array>>, step: number): LossTerms {
  const { reconstruction, kl } = outputs as Record<'reconstruction' | 'kl', Float32Array>;
  return { reconstruction: reconstruction[step]!, kl: kl[step]! };
}

function weightsOf(model: ModelShape, tensors: TrainingState['tensors']): Record<string, Float32Array> {
  return Object.fromEntries(weightSpecs(model).map(({ name }) => [name, tensors[name]!]));
}

/** With an infinite one Adam divides by infinity: its weight would never move again, and no loss would tell. */
function secondMoments(model: ModelShape, tensors: TrainingState['tensors']): Record<string, Float32Array> {
  return Object.fromEntries(weightSpecs(model).map(({ name }) => [name, tensors[momentName('second', name)]!]));
}

function batchImages(total: number, batchSize: number, batch: number): number {
  return Math.min(batchSize, total - batch * batchSize);
}

/**
 * Adds `val/…` to the epoch's metrics and keeps the weights if they are the best so far (without validation: the last).
 * Returns why it was stopped before; then it has changed nothing.
 */
async function evaluateEpoch(
  inputs: TrainInputs,
  pace: Pace,
  epoch: number,
  metrics: Record<string, number>,
): Promise<StopReason | undefined> {
  const { engine, model, config, validation, state } = inputs;
  const weights = weightsOf(model, state.tensors);
  if (!validation) {
    state.best = { epoch, weights, klPerDimension: [] };
    return undefined;
  }
  const sums = await evaluateSplit(engine, model, weights, 'validation', validation, pace, () => {
    inputs.emit({ type: 'alive' });
    return inputs.stopRequested();
  });
  if (typeof sums === 'string') return sums;
  Object.assign(metrics, evaluationMetrics('val', sums, config.parameters.beta));
  const best = state.best && state.history[state.best.epoch - 1]!.metrics['val/elbo']!;
  if (best === undefined || metrics['val/elbo']! > best) {
    state.best = { epoch, weights, klPerDimension: klPerDimension(sums) };
  }
  return undefined;
}
