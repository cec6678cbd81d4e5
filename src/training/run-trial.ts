import { binarize, trainingBits } from '../data/binarize.ts';
import type { ImageSet, Values } from '../data/source.ts';
import { firstOf } from '../data/stored-images.ts';
import { loadTrialImages, type TrialImages } from '../data/trial-images.ts';
import { momentsOf } from '../data/pixel-means.ts';
import type { Engine } from '../engine/engine.ts';
import { UnreadableWeights } from '../executor/failure.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TestJob, TrainJob, TrialJob } from '../trial/job.ts';
import type { StopReason, TrialOutcome, TrialSummary } from '../trial/outcome.ts';
import { TrialFiles } from '../files/trial-files.ts';
import { columnMetadata, columnTensors, labelMetadata, weightsIn } from './trained-weights.ts';
import { trialOfEpochs } from '../trial/shorter-trial.ts';
import { withoutPlace, type DatasetSettings, type TrialConfig, type TrialId } from '../trial/trial.ts';
import { constantElbo } from '../metrics/constant-elbo.ts';
import { metricName } from '../metrics/index.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import type { Moments } from '../model/moments.ts';
import { mayGoOn } from '../model/longer-training.ts';
import { likelihoodOf, modelShape, weightCount, weightSpecs } from '../model/model.ts';
import { valueOf } from '../model/parameter.ts';
import { init } from '../model/parameters.ts';
import { loadRecorded } from '../own/load-recorded.ts';
import { BackgroundSaves } from './background-saves.ts';
import { bitClassOf } from './bit-class.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { diverged, nonFiniteMetric } from './divergence.ts';
import { evaluateSplit, evaluationMetrics, evaluationPace } from './evaluate.ts';
import { initialWeights, zeroMoments } from './initial-state.ts';
import { RECONSTRUCTIONS, writePictures } from './pictures.ts';
import { decodeTensors, encodeTensors, type TensorFile } from './safetensors.ts';
import { train } from './train.ts';
import { emptyEpoch, type TrainingState } from './training-state.ts';

export interface TrialContext {
  readonly engine: Engine;
  /** Of the job's data set; `loadImages` has them. Left as they are: other trials read them, too. */
  readonly images: TrialImages;
  readonly emit: (event: TrialEvent) => void;
  /** Read between two runs of the engine. */
  readonly stopRequested: () => StopReason | undefined;
}

/** What a job trains on, to be shared by all jobs of equal data. @throws SweepError DATA_MISSING or DATA_CORRUPT */
export function loadImages({ dataset, config }: TrialJob): Promise<TrialImages> {
  return loadTrialImages(dataset, config.dataset);
}

/** Runs one job to its end. Throws only for bugs and failed allocations. */
export function runTrial(job: TrialJob, context: TrialContext): Promise<TrialOutcome> {
  return job.kind === 'train' ? runTrain(job, context) : runTest(job, context);
}

async function runTrain(job: TrainJob, context: TrialContext): Promise<TrialOutcome> {
  const saves = new BackgroundSaves();
  try {
    return await trainAndKeep(job, context, saves);
  } finally {
    // Not sooner: once a trial has an outcome, nothing of it may run, and its epochs are told.
    await saves.settled();
  }
}

async function trainAndKeep(
  job: TrainJob,
  { engine, images, emit, stopRequested }: TrialContext,
  saves: BackgroundSaves,
): Promise<TrialOutcome> {
  const { config, seed } = job;
  await loadRecorded(config);
  const bitClass = await bitClassOf(engine);
  const stop = stopRequested();
  if (stop) return { kind: 'stopped', reason: stop };
  const files = new TrialFiles(job.directory);
  files.prepare();
  const model = shapeFor(config, images);
  const specs = weightSpecs(model);
  const found = await loadCheckpoint(files, job.trial, bitClass, specs, (other, done) => isShorter(job, other, done));
  const state: TrainingState = found.state ?? {
    tensors: {
      ...initialWeights(model, valueOf(config.parameters, init), seed, trainingMoments(model, images)),
      ...zeroMoments(specs),
    },
    step: 0,
    history: [],
    partial: emptyEpoch(),
    best: undefined,
    lastLoss: undefined,
  };
  emit({
    type: 'started',
    engine: engine.choice,
    bitClass,
    history: [...state.history],
    ...(found.rejected !== undefined && { rejectedCheckpoint: found.rejected }),
    ...(found.from !== undefined && { wentOnFrom: found.from }),
  });

  const validation = images.validation.count > 0 ? images.validation : undefined;
  // A batch of more than all images would be padding.
  const batchSize = Math.min(config.train.batchSize, images.train.count);
  const result = await train({
    engine,
    model,
    config: { ...config, train: { ...config.train, batchSize } },
    seed,
    pauseAt: job.pauseAt,
    train: images.train,
    validation,
    state,
    emit,
    save: () => saveCheckpoint(files, job.trial, bitClass, specs, state),
    saves,
    stopRequested,
  });
  if (result.kind !== 'trained') return result;

  const best = state.best!;
  const summary: TrialSummary = {
    bestEpoch: best.epoch,
    epochs: state.history.length,
    // Only here, so that a trial has it once, however often it was resumed.
    metrics: {
      ...state.history[best.epoch - 1]!.metrics,
      ...(validation && constantMetric('val', model, images, validation)),
    },
    klPerDimension: best.klPerDimension,
    trainableWeights: weightCount(model),
  };
  const examples = validation
    ? firstOf(validation, RECONSTRUCTIONS, imageSize(model))
    : firstTrainingImages(images, imageSize(model), config.dataset, seed);
  const weightsWritten = files.put(
    'weights',
    encodeTensors(
      {
        metadata: {
          trial: job.trial,
          seed: String(seed),
          config: JSON.stringify(withoutPlace(config)),
          best_epoch: String(best.epoch),
          bit_class: bitClass,
          ...(images.columns && columnMetadata(images.columns)),
          ...(model.classes !== undefined && labelMetadata(examples.labels!.subarray(0, RECONSTRUCTIONS))),
        },
        tensors: {
          // First, where float64 is aligned.
          ...(images.columns && columnTensors(images.columns)),
          ...Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, values: best.weights[name]! }])),
        },
      },
      'sha256',
    ),
  );
  const written = await Promise.allSettled([
    weightsWritten,
    model.isReal ? undefined : writePictures(engine, model, best.weights, examples, files),
  ]);
  for (const result of written) if (result.status === 'rejected') throw result.reason;
  return { kind: 'completed', summary };
}

/** Whether a checkpoint with so many epochs done is of a training that differs in having fewer epochs, and these are the same. */
function isShorter({ config, dataset, seed }: TrainJob, other: TrialId, done: number): boolean {
  if (!mayGoOn(config.parameters)) return false;
  for (let epochs = Math.max(1, done); epochs < config.train.epochs; epochs++)
    if (trialOfEpochs(config, dataset.fingerprint, seed, epochs) === other) return true;
  return false;
}

async function runTest(job: TestJob, { engine, images, emit, stopRequested }: TrialContext): Promise<TrialOutcome> {
  const { config } = job;
  await loadRecorded(config);
  emit({ type: 'alive' });
  const { metadata, tensors } = await bestWeights(job);
  const weights = weightsIn(tensors);
  const model = shapeFor(config, images);
  const { test, train } = images;
  const sums = await evaluateSplit(engine, model, weights, 'test', test, evaluationPace(model), () => {
    emit({ type: 'alive' });
    return stopRequested();
  });
  if (typeof sums === 'string') return { kind: 'stopped', reason: sums };
  const metrics = {
    ...evaluationMetrics('test', model, sums, config),
    ...constantMetric('test', model, images, test),
  };
  // Without validation images nothing has looked at the last weights before; and a held-out image may overflow alone.
  const what = nonFiniteMetric(metrics);
  if (what !== undefined) {
    const epoch = Number(metadata['best_epoch']);
    const step = epoch * Math.ceil(train.count / config.train.batchSize);
    return diverged({ step, epoch, what, finite: undefined }, config.train);
  }
  return { kind: 'tested', metrics };
}

async function bestWeights({ directory }: TestJob): Promise<TensorFile> {
  const files = new TrialFiles(directory);
  try {
    return decodeTensors(await files.get('weights'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UnreadableWeights(
      `${files.path('weights')} ${code === 'ENOENT' ? 'is missing' : `can't be used: ${message}`}`,
      {
        cause: error,
      },
    );
  }
}

function constantMetric(
  split: 'val' | 'test',
  model: ModelShape,
  images: TrialImages,
  judged: ImageSet,
): Record<string, number> {
  const training = trainingMoments(model, images);
  const moments = momentsOf(judged, imageSize(model));
  const value = likelihoodOf(model).constantElbo(training, moments, model.own);
  return value === undefined ? {} : { [metricName(split, constantElbo)]: value };
}

function shapeFor(
  { parameters, dataset, ownLikelihood }: TrialConfig,
  { height, width, channels, columns }: TrialImages,
): ModelShape {
  const images = { height, width, channels, ...(columns && { isReal: true as const }) };
  return modelShape(parameters, images, dataset.labels, ownLikelihood);
}

/** Means are of the images before they are binarised. */
function trainingMoments(model: ModelShape, { trainingMeans, train }: TrialImages): Moments {
  return Object.defineProperty(momentsOf(train, imageSize(model)), 'means', { value: trainingMeans });
}

/** As many as a picture shows, as the first epoch saw them. */
function firstTrainingImages(
  { train }: TrialImages,
  size: number,
  { binarization }: DatasetSettings,
  seed: number,
): ImageSet<Values> {
  const first = firstOf(train, RECONSTRUCTIONS, size);
  if (binarization !== 'dynamic') return first;
  const bits = trainingBits(binarization, seed, 1);
  return { ...first, images: binarize(first.images as Uint8Array, binarization, bits) };
}
