import type { ImageSet } from '../data/source.ts';
import { binarize, trainingBits } from '../data/binarize.ts';
import type { Engine } from '../engine/engine.ts';
import { freeArrays } from '../free-arrays.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { StopReason } from '../trial/outcome.ts';
import { annealing } from '../metrics/annealing.ts';
import { metricName, metricsOf } from '../metrics/index.ts';
import { klPerDimension } from '../metrics/kl-per-dimension.ts';
import { randomStream } from '../random.ts';
import { isBetterEpoch, type EpochScore } from '../trial/best-epoch.ts';
import type { EpochRecord, TrialConfig } from '../trial/trial.ts';
import type { ModelShape } from '../model/architecture.ts';
import { isAnnealing } from '../model/annealing.ts';
import { penaltyOf } from '../model/objective.ts';
import { patience } from '../model/optimizer-parameters.ts';
import { valueOr } from '../model/parameter.ts';
import type { BackgroundSaves } from './background-saves.ts';
import { batchImages, chunkInputs, stepOptions, type EpochImages } from './chunk-inputs.ts';
import { nonFiniteTerm, type Diverged, type LossTerms } from './divergence.ts';
import { evaluateSplit, evaluationMetrics, evaluationPace } from './evaluate.ts';
import { GatheredImages, mostBatches } from './gathered-images.ts';
import { epochOverflow, lossOverflow, weightsOf } from './overflow.ts';
import { Pace } from './pace.ts';
import { trainingProgram } from './programs.ts';
import { stopwatch, type TimeTaken } from './stopwatch.ts';
import { emptyEpoch, type TrainingState } from './training-state.ts';

/**
 * How old the last checkpoint is when another is written: at the end of an epoch, and within one. Where epochs take a
 * fraction of a second, a checkpoint for each would cost a slot and its neighbours 5 % of their time.
 */
const CHECKPOINT_SECONDS = { epochs: 1, steps: 60 };

export interface TrainInputs {
  readonly engine: Engine;
  readonly model: ModelShape;
  readonly config: TrialConfig;
  readonly seed: number;
  /** Epochs after which it stops; undefined for none. */
  readonly pauseAt?: number | undefined;
  /** Binarised already, but for dynamic binarisation, which draws other bits in each epoch. */
  readonly train: ImageSet;
  /** Binarised already; undefined when the spec keeps no validation split. */
  readonly validation: ImageSet | undefined;
  /** Changed in place as training goes on. */
  readonly state: TrainingState;
  readonly emit: (event: TrialEvent) => void;
  /** Takes `state` as it is when called; resolves when that is safely on disk. */
  readonly save: () => Promise<void>;
  /** Where saves go on meanwhile; the caller waits for the last. */
  readonly saves: BackgroundSaves;
  readonly stopRequested: () => StopReason | undefined;
}

export type TrainResult =
  { readonly kind: 'trained' } | { readonly kind: 'stopped'; readonly reason: StopReason } | Diverged;

/** What goes on from epoch to epoch beside the training state, and needs not be saved. */
interface Progress {
  readonly training: Pace;
  readonly evaluation: Pace;
  /** Epochs that are done and in no checkpoint yet. */
  unsaved: EpochRecord[];
}

/**
 * Trains to the last epoch. Every epoch sees every image once, in an order of its own, then evaluates the validation
 * split. It is reported once a checkpoint that has it is on disk, and not before; training goes on meanwhile, and may
 * have ended. All randomness is keyed by seed, epoch and step, so a run that was stopped anywhere and resumed ends with
 * the same bits as one that was not.
 */
export async function train(inputs: TrainInputs): Promise<TrainResult> {
  const { model, config } = inputs;
  const progress: Progress = {
    training: new Pace(mostBatches(model, config.train.batchSize)),
    evaluation: evaluationPace(model),
    unsaved: [],
  };
  const result = await trainEpochs(inputs, progress);
  if (progress.unsaved.length > 0) await startSave(inputs, progress);
  return result;
}

/** Writes a checkpoint, and reports the epochs that are safe then, while training goes on. */
function startSave({ saves, save, emit }: TrainInputs, progress: Progress): Promise<void> {
  return saves.start(async () => {
    const records = progress.unsaved;
    progress.unsaved = [];
    await save();
    for (const record of records) emit({ type: 'epoch', record });
  });
}

async function trainEpochs(inputs: TrainInputs, progress: Progress): Promise<TrainResult> {
  const { model, config, seed, train, state } = inputs;
  const { binarization } = config.dataset;
  const gathered = new GatheredImages(model);
  let bits: Uint8Array | undefined;
  while (state.history.length < config.train.epochs && !isOutOfPatience(inputs)) {
    if (inputs.pauseAt !== undefined && state.history.length >= inputs.pauseAt)
      return { kind: 'stopped', reason: 'paused' };
    const epoch = state.history.length + 1;
    const taken = stopwatch(state.partial);
    if (binarization === 'dynamic') {
      // Over the last epoch's bits: those of a large data set would wait long for the garbage collector.
      bits = binarize(train.images as Uint8Array, binarization, trainingBits(binarization, seed, epoch), bits);
      inputs.emit({ type: 'alive' });
    }
    const order = randomStream(['order', seed, epoch]).permutation(train.count);
    const images: EpochImages = { images: bits ?? train.images, labels: train.labels, order, gathered };
    const ended = await trainEpoch(inputs, progress, epoch, images, taken);
    if (ended) return ended;
    const { reconstruction, kl, images: count } = state.partial;
    // Averages over the epoch, each batch with the weights it met: not an evaluation of any one model.
    const metrics = metricsOf('train', {
      reconstruction: reconstruction / count,
      kl: kl / count,
      penalty: penaltyOf(config.parameters, kl / count, undefined),
      isAnnealing: isAnnealing({ parameters: config.parameters, epochs: config.train.epochs }, epoch),
    });
    const { best } = state;
    const stop = await evaluateEpoch(inputs, progress.evaluation, epoch, metrics);
    if (stop) {
      // All steps of the epoch are kept: whoever resumes begins with its evaluation.
      Object.assign(state.partial, taken());
      await startSave(inputs, progress);
      return { kind: 'stopped', reason: stop };
    }
    const overflow = epochOverflow(inputs, epoch, metrics);
    if (overflow) {
      // A checkpoint of the epochs before may still be written, and must not name this one.
      state.best = best;
      return overflow;
    }
    const record: EpochRecord = { epoch, step: state.step, metrics, ...taken() };
    state.history.push(record);
    state.partial = emptyEpoch();
    progress.unsaved.push(record);
    // The first is told at once: whoever watches sees that it trains.
    const isDue = epoch === 1 || inputs.saves.secondsSinceLast >= CHECKPOINT_SECONDS.epochs;
    if (isDue) await startSave(inputs, progress);
  }
  return { kind: 'trained' };
}

/** Only epochs after all annealing can be the best, so it never runs out before. */
function isOutOfPatience({ config, validation, state: { best, history } }: TrainInputs): boolean {
  const epochs = valueOr(config.parameters, patience);
  return epochs > 0 && validation !== undefined && best !== undefined && history.length - best.epoch >= epochs;
}

/** Goes through the rest of one epoch. `taken`: by the epoch so far. Undefined when it is complete. */
async function trainEpoch(
  inputs: TrainInputs,
  progress: Progress,
  epoch: number,
  images: EpochImages,
  taken: () => TimeTaken,
): Promise<TrainResult | undefined> {
  const { engine, model, config, train, state } = inputs;
  const { batchSize, clipNorm } = config.train;
  const scan = await engine.prepare(
    trainingProgram(model, batchSize, clipNorm !== null, stepOptions(config.parameters)),
  );
  inputs.emit({ type: 'alive' });
  const batches = Math.ceil(train.count / batchSize);
  // Checkpoints and the best epoch keep the tensors they were given.
  let isKept = true;
  while (state.partial.steps < batches) {
    const stop = inputs.stopRequested();
    if (stop) {
      Object.assign(state.partial, taken());
      await startSave(inputs, progress);
      return { kind: 'stopped', reason: stop };
    }
    const count = Math.min(progress.training.steps, batches - state.partial.steps);
    const chunkStartedMs = performance.now();
    const result = await scan.run(chunkInputs(inputs, images, count));
    const chunkSeconds = (performance.now() - chunkStartedMs) / 1000;
    const partial = { ...state.partial };
    const bad = addSteps(inputs, result.outputs, count);
    if (bad !== undefined) {
      // None of the chunk's steps is in the state, which may still be saved.
      state.partial = partial;
      const before = bad === 1 ? state.tensors : (await scan.run(chunkInputs(inputs, images, bad - 1))).state;
      return lossOverflow(inputs, bad, lossAt(result.outputs, bad - 1), before);
    }
    if (!isKept) freeArrays(state.tensors);
    state.tensors = result.state;
    isKept = false;
    state.step += count;
    state.partial.steps += count;
    const imagesPerSecond = (state.partial.images - partial.images) / chunkSeconds;
    inputs.emit({ type: 'progress', epoch, fraction: state.partial.steps / batches, imagesPerSecond });
    progress.training.measured(count, chunkSeconds);
    if (state.partial.steps < batches && inputs.saves.secondsSinceLast >= CHECKPOINT_SECONDS.steps) {
      Object.assign(state.partial, taken());
      await startSave(inputs, progress);
      isKept = true;
    }
    // Lets the commands that came in meanwhile be read.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return undefined;
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

/**
 * Adds `val/…` to the epoch's metrics and keeps the weights if they are the best so far (without validation: the last), and
 * nothing is annealed any more.
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
  Object.assign(metrics, evaluationMetrics('val', model, sums, config));
  if (metricName('train', annealing) in metrics) return undefined;
  const scoreOf = (number: number, record: Readonly<Record<string, number>>): EpochScore => {
    return { epoch: number, elbo: record['val/elbo']! };
  };
  const best = state.best && scoreOf(state.best.epoch, state.history[state.best.epoch - 1]!.metrics);
  if (best === undefined || isBetterEpoch(scoreOf(epoch, metrics), best)) {
    state.best = { epoch, weights, klPerDimension: klPerDimension(sums) };
  }
  return undefined;
}
