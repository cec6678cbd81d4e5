import { binarize, evaluationBits, trainingBits } from '../data/binarize.ts';
import { loadDataset } from '../data/dataset.ts';
import type { Dataset, DatasetSource, ImageSet } from '../data/source.ts';
import { pixelMeans, pixelMeanSquares } from '../data/pixel-means.ts';
import type { Engine } from '../engine/engine.ts';
import { UnreadableWeights } from '../executor/failure.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TestJob, TrainJob, TrialJob } from '../trial/job.ts';
import type { StopReason, TrialOutcome, TrialSummary } from '../trial/outcome.ts';
import { TrialFiles } from '../files/trial-files.ts';
import type { DatasetSettings } from '../trial/trial.ts';
import { constantElbo } from '../metrics/constant-elbo.ts';
import { metricName } from '../metrics/index.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { likelihoodOf, modelShape, weightSpecs } from '../model/model.ts';
import { valueOf } from '../model/parameter.ts';
import { beta, init } from '../model/parameters.ts';
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
  readonly emit: (event: TrialEvent) => void;
  /** Read between two runs of the engine. */
  readonly stopRequested: () => StopReason | undefined;
}

/** Runs one job to its end. Throws only for bugs, unreadable data and failed allocations. */
export function runTrial(job: TrialJob, context: TrialContext): Promise<TrialOutcome> {
  return job.kind === 'train' ? runTrain(job, context) : runTest(job, context);
}

async function runTrain(job: TrainJob, { engine, emit, stopRequested }: TrialContext): Promise<TrialOutcome> {
  const { config, seed } = job;
  const [dataset, bitClass] = await Promise.all([cachedDataset(job.dataset, config.dataset), bitClassOf(engine)]);
  const stop = stopRequested();
  if (stop) return { kind: 'stopped', reason: stop };
  const files = new TrialFiles(job.directory);
  files.prepare();
  const model = modelShape(config.parameters, dataset);
  const specs = weightSpecs(model);
  const found = await loadCheckpoint(files, job.trial, bitClass, specs);
  const state: TrainingState = found.state ?? {
    tensors: {
      ...initialWeights(model, valueOf(config.parameters, init), seed, trainingMeans(dataset)),
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
    history: [...state.history],
    ...(found.rejected !== undefined && { rejectedCheckpoint: found.rejected }),
  });

  const validation = dataset.validation.count > 0 ? evaluationSplit(dataset, config.dataset, 'validation') : undefined;
  // A batch of more than all images would be padding.
  const batchSize = Math.min(config.train.batchSize, dataset.train.count);
  const result = await train({
    engine,
    model,
    config: { ...config, train: { ...config.train, batchSize } },
    seed,
    train: dataset.train,
    validation,
    state,
    emit,
    save: () => saveCheckpoint(files, job.trial, bitClass, specs, state),
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
      ...(validation && constantMetric('val', model, dataset, validation)),
    },
    klPerDimension: best.klPerDimension,
    trainableWeights: Object.values(best.weights).reduce((sum, values) => sum + values.length, 0),
  };
  const examples = validation ?? firstTrainingImages(dataset, config.dataset, seed);
  const weightsWritten = files.put(
    'weights',
    encodeTensors(
      {
        metadata: {
          trial: job.trial,
          seed: String(seed),
          config: JSON.stringify(config),
          best_epoch: String(best.epoch),
          bit_class: bitClass,
        },
        tensors: Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, values: best.weights[name]! }])),
      },
      'sha256',
    ),
  );
  const written = await Promise.allSettled([
    weightsWritten,
    writePictures(engine, model, best.weights, examples, files),
  ]);
  // Not sooner: once a trial has an outcome, nothing of it may run.
  for (const result of written) if (result.status === 'rejected') throw result.reason;
  return { kind: 'completed', summary };
}

async function runTest(job: TestJob, { engine, emit, stopRequested }: TrialContext): Promise<TrialOutcome> {
  const { config } = job;
  const dataset = await cachedDataset(job.dataset, config.dataset);
  emit({ type: 'alive' });
  const { metadata, tensors } = await bestWeights(job);
  const weights = Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, values]));
  const model = modelShape(config.parameters, dataset);
  const test = evaluationSplit(dataset, config.dataset, 'test');
  const sums = await evaluateSplit(engine, model, weights, 'test', test, evaluationPace(), () => {
    emit({ type: 'alive' });
    return stopRequested();
  });
  if (typeof sums === 'string') return { kind: 'stopped', reason: sums };
  const metrics = {
    ...evaluationMetrics('test', sums, valueOf(config.parameters, beta)),
    ...constantMetric('test', model, dataset, test),
  };
  // Without validation images nothing has looked at the last weights before; and a held-out image may overflow alone.
  const what = nonFiniteMetric(metrics);
  if (what !== undefined) {
    const epoch = Number(metadata['best_epoch']);
    const step = epoch * Math.ceil(dataset.train.count / config.train.batchSize);
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

/** A held-out split with its bits drawn once, the same for every trial. */
function evaluationSplit(dataset: Dataset, settings: DatasetSettings, split: 'validation' | 'test'): ImageSet {
  const { count, images } = dataset[split];
  return { count, images: binarize(images, settings.binarization, evaluationBits(split)) };
}

function constantMetric(
  split: 'val' | 'test',
  model: ModelShape,
  dataset: Dataset,
  images: ImageSet,
): Record<string, number> {
  const moments = {
    means: pixelMeans(images, imageSize(model)),
    // Not every likelihood asks for it.
    get meanSquares() {
      return pixelMeanSquares(images, imageSize(model));
    },
  };
  return { [metricName(split, constantElbo)]: likelihoodOf(model).constantElbo(trainingMeans(dataset), moments) };
}

const meansOf = new WeakMap<Dataset, Float32Array>();

/** Mean of each pixel over the training images as they are before binarisation. A pass over all of them, so kept. */
function trainingMeans(dataset: Dataset): Float32Array {
  let means = meansOf.get(dataset);
  if (means === undefined)
    meansOf.set(dataset, (means = pixelMeans(dataset.train, dataset.height * dataset.width * dataset.channels)));
  return means;
}

/** As many as a picture shows, as the first epoch saw them. */
function firstTrainingImages(dataset: Dataset, settings: DatasetSettings, seed: number): ImageSet {
  const count = Math.min(RECONSTRUCTIONS, dataset.train.count);
  const images = dataset.train.images.slice(0, count * dataset.height * dataset.width * dataset.channels);
  return { count, images: binarize(images, settings.binarization, trainingBits(settings.binarization, seed, 1)) };
}

/** The data set of the last job: the trials of a sweep share theirs. */
let loaded: { key: string; dataset: Promise<Dataset> } | undefined;

function cachedDataset(source: DatasetSource, settings: DatasetSettings): Promise<Dataset> {
  const key = JSON.stringify([source.fingerprint, settings.train, settings.validation]);
  if (loaded?.key !== key) {
    const loading = { key, dataset: loadDataset(source, settings) };
    loaded = loading;
    // A failed load may be tried again by the next trial.
    loading.dataset.catch(() => {
      if (loaded === loading) loaded = undefined;
    });
  }
  return loaded.dataset;
}
