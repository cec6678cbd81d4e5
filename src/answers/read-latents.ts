/** What a page needs to draw images from latents: the best trial's decoder, and those of the other βs, as far as they fit. */
import { betaOf, sameButBeta } from '../analysis/trial/same-but-beta.ts';
import { definitionOf } from '../data/definition-of.ts';
import { embedDecoder, embeddedSize, openDecoder } from '../decoder/embedded-decoder.ts';
import type { LatentsData, LatentsDecoder, NoLatents } from '../decoder/latents-data.ts';
import type { Bits } from '../decoder/packed-weights.ts';
import { plainModel, type PlainModel, type PlainWeights } from '../decoder/plain-model.ts';
import { UnsupportedOperation } from '../decoder/plain-tf.ts';
import { messageOf } from '../errors.ts';
import type { ResultsLayout } from '../files/paths.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { modelShape } from '../model/model.ts';
import { randomStream } from '../random.ts';
import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { decodeTiles } from '../training/png.ts';
import { keptLabels, trainedWeights } from '../training/trained-weights.ts';

/** Characters that all decoders of a page may take: four of a default mlp for 32×32 pixels at 8 bits, sixteen of a default conv at 16. */
const LATENTS_BUDGET = 3_000_000;

const ORIGINALS = 8;
/** Draws from the prior that rounding is measured by. */
const PROBES = 8;

/**
 * Of a completed trial and the sweep it is in. 16 bits a weight where all βs fit in the budget so; else 8 bits, and the βs
 * that are nearest to the trial's own. Null of rows of numbers, which have no picture.
 */
export async function readLatents(
  snapshot: SweepSnapshot,
  trial: TrialRecord,
  layout: ResultsLayout,
  budget = LATENTS_BUDGET,
): Promise<LatentsData | NoLatents | null> {
  if (trial.config.dataset.own?.isReal) return null;
  const trials = sameButBeta(snapshot, trial);
  const read = await Promise.all(trials.map((each) => tryToRead(each, layout)));
  const own = read[trials.indexOf(trial)]!;
  if ('problem' in own) return own;

  const whole = embeddedSize(own.model, 16);
  const bits: Bits = whole * trials.length <= budget ? 16 : 8;
  const size = embeddedSize(own.model, bits);
  if (size > budget) {
    const [needed, most] = [size, budget].map((bytes) => (bytes / 1e6).toFixed(1));
    return { problem: `its decoder is too large for a page: ${needed} MB, and ${most} MB is the most` };
  }
  const distance = (other: TrialRecord): number => Math.abs(Math.log(betaOf(other) / betaOf(trial)));
  const nearest = trials.toSorted((a, b) => (a === trial ? -1 : b === trial ? 1 : distance(a) - distance(b)));
  const fitting = new Set(nearest.slice(0, Math.floor(budget / size)));

  const originals = await readOriginals(trial, own, layout);
  const count = originals.length / imageSize(own.model);
  const names = trial.config.dataset.labels?.names;
  const labels = names === undefined ? null : { names, ofOriginals: own.kept.slice(0, count) };
  const decoders: LatentsDecoder[] = [];
  const missing: LatentsData['missing'][number][] = [];
  trials.forEach((each, i) => {
    const found = read[i]!;
    if ('problem' in found) missing.push({ beta: betaOf(each), why: 'weights' });
    else if (!fitting.has(each)) missing.push({ beta: betaOf(each), why: 'size' });
    else decoders.push(latentsDecoder(each, found, { originals, labels: labels?.ofOriginals ?? [] }, bits));
  });
  return {
    decoders,
    best: decoders.findIndex(({ trial: id }) => id === trial.id),
    originals: Buffer.from(originals).toString('base64'),
    labels,
    missing,
  };
}

interface ReadModel {
  readonly model: ModelShape;
  readonly weights: PlainWeights;
  readonly plain: PlainModel;
  /** Labels of the images that the trial keeps. */
  readonly kept: readonly number[];
}

async function tryToRead(trial: TrialRecord, layout: ResultsLayout): Promise<ReadModel | NoLatents> {
  if (trial.config.ownLikelihood !== undefined) {
    return {
      problem: `its likelihood ${trial.config.ownLikelihood.name} is a module of its own, which a page runs none of`,
    };
  }
  try {
    const file = await layout.files(trial.reusedFrom ?? trial.sweep, trial.id).get('weights');
    const { parameters, dataset, ownLikelihood } = trial.config;
    const model = modelShape(parameters, definitionOf(dataset), dataset.labels, ownLikelihood);
    const weights = trainedWeights(file, trial.id);
    return { model, weights, plain: plainModel(model, weights), kept: keptLabels(file, trial.id) };
  } catch (error) {
    if (error instanceof UnsupportedOperation) {
      const architecture = String(trial.params['architecture']);
      return { problem: `the architecture ${architecture} can't be decoded in a page: ${error.message}` };
    }
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { problem: isGone ? 'its weights are gone' : `its weights can't be read: ${messageOf(error)}` };
  }
}

/** The first images of the upper row of its reconstructions. None where the picture is gone, or doesn't hold all of an image. */
async function readOriginals(trial: TrialRecord, { model }: ReadModel, layout: ResultsLayout): Promise<Uint8Array> {
  if (model.channels !== 1 && model.channels !== 3) return new Uint8Array();
  try {
    const png = await layout.files(trial.reusedFrom ?? trial.sweep, trial.id).get('reconstructions');
    const { count, bytes } = decodeTiles(png, model);
    return bytes.subarray(0, Math.min(ORIGINALS, count / 2) * imageSize(model));
  } catch {
    return new Uint8Array();
  }
}

function latentsDecoder(
  trial: TrialRecord,
  { model, weights, plain }: ReadModel,
  { originals, labels }: { readonly originals: Uint8Array; readonly labels: readonly number[] },
  bits: Bits,
): LatentsDecoder {
  const { latentDim } = model;
  const means = plain.encode(
    Float32Array.from(originals, (byte) => byte / 255),
    labels,
  );
  // Three decimals are less than a slider's step.
  const codes = Array.from({ length: means.length / latentDim }, (_, i) =>
    Array.from(means.subarray(i * latentDim, (i + 1) * latentDim), (mean) => Math.round(1e3 * mean) / 1e3),
  );
  const embedded = embedDecoder(model, weights, bits);
  const prior = randomStream(['latents', 'probes']).fillNormal(new Float32Array(PROBES * latentDim));
  const probes = Float32Array.from([...codes.flat(), ...prior]);
  const probed = Array.from({ length: codes.length + PROBES }, (_, i) => labels[i] ?? i % (model.classes ?? 1));
  const exact = plain.decode(probes, probed);
  const rounding = openDecoder(embedded)
    .decode(probes, probed)
    .reduce((largest, pixel, i) => Math.max(largest, Math.abs(pixel - exact[i]!)), 0);
  return {
    ...embedded,
    trial: trial.id,
    seed: trial.seed,
    beta: betaOf(trial),
    kl: trial.klPerDimension?.map((kl) => Math.round(1e4 * kl) / 1e4) ?? null,
    codes,
    rounding,
  };
}
