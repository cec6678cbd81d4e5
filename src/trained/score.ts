import { auroc } from '../analysis/statistics/auroc.ts';
import { LABEL_PLACES } from '../data/labels.ts';
import { SweepError } from '../errors.ts';
import type { Values } from '../data/source.ts';
import { imageSize } from '../model/architecture.ts';
import { nearest } from '../sweep-file/suggest.ts';
import { encodeTiles, joinTiles, toTiles, type Tiles } from '../training/png.ts';
import type { LabelsOf } from './condition.ts';
import { normalDraws } from './noise.ts';
import type { Samples } from './samples.ts';
import type { Told } from './told.ts';
import type { TrainedModel } from './trained-model.ts';

/** What the model makes of each sample, nats, and their order. */
export interface Scores {
  readonly elbo: Float64Array;
  readonly reconstruction: Float64Array;
  readonly kl: Float64Array;
  /** Samples, the lowest ELBO first. */
  readonly order: Int32Array;
  /** Pictures of the worst with their reconstructions, in that order. */
  readonly worst: readonly WorstSample[];
}

export interface WorstSample {
  readonly sample: number;
  readonly elbo: number;
  readonly image: Values;
  readonly mean: Float32Array;
  /** What the model was told of it, where it is told labels. */
  readonly label: number;
}

/** Samples that are kept as pictures. */
const WORST = 48;

/**
 * The terms of the ELBO of each sample, with one z drawn for each. The noise is that of the test (or validation) images, so
 * over the trial's own split the means are the recorded metrics.
 */
export async function scoreSamples(
  model: TrainedModel,
  samples: Samples,
  labelsOf: LabelsOf,
  told: Told,
  noiseOf: 'validation' | 'test' = 'test',
): Promise<Scores> {
  const { latentDim } = model.shape;
  const [elbo, reconstruction, kl] = [0, 1, 2].map(() => new Float64Array(samples.count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const size = imageSize(model.shape);
  let worst: WorstSample[] = [];
  let first = 0;
  for await (const images of samples.read(model.piece)) {
    const some = images.length / size;
    const labels = labelsOf(first, some);
    const terms = await model.terms(images, normalDraws(['evaluation', noiseOf], first, some, latentDim), labels);
    for (let i = 0; i < some; i++) {
      const sample = first + i;
      reconstruction[sample] = terms.reconstruction[i]!;
      kl[sample] = terms.kl[i]!;
      const sum = -(reconstruction[sample] + kl[sample]);
      // What overflows is beyond anything that doesn't.
      elbo[sample] = Number.isFinite(sum) ? sum : -Infinity;
      if (worst.length === WORST && elbo[sample] >= worst.at(-1)!.elbo) continue;
      const image = images.slice(i * size, (i + 1) * size);
      const mean = terms.mean.slice(i * latentDim, (i + 1) * latentDim);
      worst = insert(worst, { sample, elbo: elbo[sample], image, mean, label: labels?.[i] ?? 0 });
    }
    told((first += some), samples.count);
  }
  const order = Int32Array.from({ length: samples.count }, (_, i) => i).sort((a, b) => elbo[a]! - elbo[b]! || a - b);
  return { elbo, reconstruction, kl, order, worst };
}

function insert(worst: readonly WorstSample[], one: WorstSample): WorstSample[] {
  const at = worst.findIndex(({ elbo }) => one.elbo < elbo);
  return worst.toSpliced(at < 0 ? worst.length : at, 0, one).slice(0, WORST);
}

const MOST_ACROSS = 12;

/** A PNG of the worst, in rows: each image above what the model decodes from its posterior mean. */
export async function worstSheet(model: TrainedModel, { worst }: Scores): Promise<Uint8Array> {
  const across = Math.min(MOST_ACROSS, worst.length);
  const rows: Tiles[] = [];
  for (let from = 0; from < worst.length; from += across) {
    const shown = worst.slice(from, from + across);
    const images = Float32Array.from(shown.flatMap(({ image }) => Array.from(image, (byte) => byte / 255)));
    const decoded = await model.decode(
      Float32Array.from(shown.flatMap(({ mean }) => [...mean])),
      Uint16Array.from(shown, ({ label }) => label),
    );
    for (const pixels of [images, decoded]) {
      // Behind the last ones of all, black.
      const row = new Float32Array(across * imageSize(model.shape));
      row.set(pixels);
      rows.push(toTiles(row, across, model.shape));
    }
  }
  return encodeTiles(joinTiles(rows as [Tiles, ...Tiles[]]), across);
}

/** The labels that count as normal. Labels are known before anything is scored. @throws SweepError USAGE */
export function normalLabels({ what, count, labelOf }: Samples, asked: readonly string[]): ReadonlySet<string> {
  if (labelOf === undefined) {
    throw new SweepError(
      'USAGE',
      `--normal ${asked[0]}: nothing says what the ${what} are. Labels are ${LABEL_PLACES}.`,
    );
  }
  const labels = new Set(Array.from({ length: count }, (_, sample) => labelOf(sample)).filter((label) => label !== ''));
  const there = `Labels: ${[...labels].sort().slice(0, 20).join(', ')}${labels.size > 20 ? ', …' : ''}.`;
  const normal = new Set(asked.flatMap((one) => (labels.has(one) ? [one] : one.split(','))));
  for (const one of normal) {
    if (labels.has(one)) continue;
    const near = nearest(one, [...labels]);
    const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`;
    throw new SweepError('USAGE', `--normal ${one}: none of the ${what} is labelled so.${hint} ${there}`);
  }
  if (normal.size === labels.size) {
    throw new SweepError(
      'USAGE',
      `--normal: all of the ${what} are normal then, and nothing is left to be found. ${there}`,
    );
  }
  return normal;
}

/** How well a low ELBO tells what isn't normal, among what has a label: what has none may be either. */
export function anomaliesAmong(
  { elbo }: Scores,
  { count, labelOf }: Samples,
  normal: ReadonlySet<string>,
): { readonly others: number; readonly unlabelled: number; readonly auroc: number } {
  const labelled = Array.from({ length: count }, (_, sample) => sample).filter((sample) => labelOf!(sample) !== '');
  const isOther = (at: number): boolean => !normal.has(labelOf!(labelled[at]!));
  const others = labelled.filter((_, at) => isOther(at)).length;
  const scores = labelled.map((sample) => -elbo[sample]!);
  return { others, unlabelled: count - labelled.length, auroc: auroc(scores, isOther) };
}
