/** Training a trial of the results once more, elsewhere, and holding it to what is recorded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { compareMetrics, type SameBits } from '../analysis/trial/same-bits.ts';
import { locateOwn } from '../data/own/locate-own.ts';
import { SweepError } from '../errors.ts';
import { ResultsLayout } from '../files/paths.ts';
import { readWhole } from '../files/read-whole.ts';
import { bitClassOfTrial } from '../answers/lost-weights.ts';
import { loadRecorded } from '../own/load-recorded.ts';
import type { Observer } from '../scheduler/events.ts';
import type { MetricRow, TrialRecord } from '../store/read-model.ts';
import { openReadModel } from '../store/sqlite-read-model.ts';
import { specTextOf } from '../sweep-file/spec-object.ts';
import { runSweep, type RunOptions } from '../sweep.ts';
import { trainedWeights } from '../training/trained-weights.ts';
import { NUMERICS_VERSION } from '../trial/identity.ts';

export interface ReproduceOptions extends Pick<RunOptions, 'dataDir' | 'device' | 'stop' | 'stopNow'> {
  readonly trial: TrialRecord;
  /** What is recorded of it. */
  readonly metrics: readonly MetricRow[];
  /** Where its results are; nothing there is written. */
  readonly layout: ResultsLayout;
}

export interface Reproduction {
  /** Null where it was stopped, or ended without a result. */
  readonly metrics: SameBits | null;
  /** Whether the weights are equal byte for byte; null where there is none to compare with. */
  readonly areWeightsSame: boolean | null;
  /** What computed them; null where that is not known. */
  readonly bitClass: { readonly before: string | null; readonly now: string | null };
  readonly interrupted: boolean;
  /** Why this training has no result. */
  readonly cause: string | null;
}

/**
 * Trains it in a folder of its own, which is gone afterwards.
 * @throws SweepError USAGE for a trial that isn't completed, or that another arithmetic computed; what `runSweep` throws
 */
export async function reproduce(options: ReproduceOptions, observe: Observer): Promise<Reproduction> {
  const { trial, metrics, layout, ...run } = options;
  if (trial.state !== 'completed') {
    throw new SweepError('USAGE', `Trial ${trial.id} is ${trial.state}: only a completed one can be reproduced.`);
  }
  if (trial.numericsVersion !== NUMERICS_VERSION) {
    throw new SweepError(
      'USAGE',
      `Trial ${trial.id} was computed by the arithmetic of version ${trial.numericsVersion}, and this vae-sweep has ` +
        `version ${NUMERICS_VERSION}: the bits are other ones. The run's own vae-sweep is in \`sweep show\`.`,
    );
  }
  // Refused where they are others now, as data are below.
  await loadRecorded(trial.config);
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-reproduce-'));
  try {
    const { own } = trial.config.dataset;
    // Refused where they are others now: the spec would make another trial of them.
    const images = own && (await locateOwn({ ...trial.config.dataset, own }, { dataDir: run.dataDir })).files['images'];
    const place = { specFile: 'spec', specText: specOf(trial, images), overrides: [], resultsDir: folder, slots: 1 };
    const { interrupted, name } = await runSweep({ ...run, ...place }, observe);
    const there = new ResultsLayout(folder);
    const model = openReadModel(there);
    try {
      const again = model.snapshot(name)!.trials.find(({ id }) => id === trial.id);
      if (again === undefined) throw new Error(`the spec of trial ${trial.id} makes other trials`);
      const isDone = again.state === 'completed';
      return {
        metrics: isDone ? compareMetrics(metrics, model.metrics(name, trial.id)) : null,
        areWeightsSame: isDone ? await areSame(trial, layout, there) : null,
        bitClass: {
          before: bitClassOfTrial(trial, layout),
          now: isDone ? bitClassOfTrial({ ...again, reusedFrom: null }, there) : null,
        },
        interrupted,
        cause: isDone ? null : again.cause,
      };
    } finally {
      model[Symbol.dispose]();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A spec of this trial alone. `images`: where its own ones are. */
function specOf({ sweep, config, seed }: TrialRecord, images: string | undefined): string {
  const used = [config.ownLikelihood ?? [], config.ownMetrics ?? []].flat();
  const { name, binarization, train, validation, own } = config.dataset;
  const { epochs, batchSize, clipNorm } = config.train;
  return specTextOf({
    name: sweep,
    dataset: {
      ...(images === undefined ? { name } : { path: images, ...own?.reading }),
      binarization,
      ...(train !== null && { train }),
      ...(validation !== null && { validation }),
    },
    ...(used.length > 0 && { use: [...new Set(used.map(({ path }) => path))] }),
    parameters: config.parameters,
    seeds: [seed],
    train: { epochs, batch_size: batchSize, ...(clipNorm !== null && { clip_norm: clipNorm }) },
  });
}

/** Beside the weights the file has what columns were standardised by, which says the same in another way since a version. */
async function areSame(trial: TrialRecord, before: ResultsLayout, now: ResultsLayout): Promise<boolean | null> {
  const file = (layout: ResultsLayout, sweep: string): Promise<Uint8Array> =>
    readWhole(layout.files(sweep, trial.id).path('weights'));
  let files: readonly [Uint8Array, Uint8Array];
  try {
    files = await Promise.all([file(before, trial.reusedFrom ?? trial.sweep), file(now, trial.sweep)]);
  } catch {
    return null;
  }
  try {
    const [old, fresh] = files.map((one) => trainedWeights(one, trial.id));
    return isDeepStrictEqual(old, fresh);
  } catch {
    return false;
  }
}
