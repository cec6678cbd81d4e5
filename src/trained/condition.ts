/** What a model that is told labels is told of the samples that it is given. */
import { LABEL_PLACES } from '../data/labels.ts';
import { SweepError } from '../errors.ts';
import { nearest } from '../sweep-file/suggest.ts';
import { formatCount } from '../text/format-number.ts';
import { plain } from '../text/printable.ts';
import type { Samples } from './samples.ts';
import type { TrainedModel } from './trained-model.ts';

/** Of `count` samples from `first` on, their labels' places among the model's; undefined where it is told none. */
export type LabelsOf = (first: number, count: number) => Uint16Array | undefined;

type Labelled = Pick<Samples, 'what' | 'count' | 'labelOf'> & {
  /** Where labels are looked for, a clause, where that is not among images. */
  readonly labelPlaces?: string;
};
type Told = Pick<TrainedModel, 'labels'>;

/**
 * `asked`, the label of all, or else what the samples' data say of each. All labels are looked at before anything is computed.
 * @throws SweepError USAGE for one that the model doesn't know, where a sample has none, and where the model is told none
 */
export function labelsFor(model: Told, samples: Labelled, asked: string | undefined): LabelsOf {
  const { what, count, labelOf, labelPlaces = LABEL_PLACES } = samples;
  if (asked !== undefined) {
    const place = placeOf(model, asked);
    return (_, some) => new Uint16Array(some).fill(place);
  }
  if (model.labels.length === 0) return () => undefined;
  const forAll = `--condition LABEL tells the same of all: ${listedLabels(model)}`;
  if (labelOf === undefined) {
    const fix = `Labels are ${labelPlaces}; ${forAll}.`;
    throw new SweepError('USAGE', `The model is told a label of each, and nothing says what the ${what} are. ${fix}`);
  }
  const places = new Map(model.labels.map((label, place) => [label, place]));
  const all = Uint16Array.from({ length: count }, (_, sample) => {
    const label = labelOf(sample);
    const place = places.get(label);
    if (place !== undefined) return place;
    const is = label === '' ? 'has no label' : `is labelled ${plain(label)}, which the model was not trained with`;
    throw new SweepError('USAGE', `Of the ${what} number ${formatCount(sample + 1)} ${is}. ${forAll}.`);
  });
  return (first, some) => all.subarray(first, first + some);
}

/** @throws SweepError USAGE for a label that the model doesn't know */
export function placeOf(model: Told, label: string): number {
  if (model.labels.length === 0) {
    const fix = 'Leave it out, or name a trial with `condition: label`.';
    throw new SweepError('USAGE', `condition ${plain(label)}: this trial's model is told no labels. ${fix}`);
  }
  const place = model.labels.indexOf(label);
  if (place >= 0) return place;
  const near = nearest(label, model.labels);
  const hint = near === undefined ? '' : ` Did you mean \`${plain(near)}\`?`;
  throw new SweepError(
    'USAGE',
    `condition ${plain(label)}: no label of the model.${hint} There are: ${listedLabels(model)}.`,
  );
}

const MOST_LISTED = 20;

/** `0, 1, 2, … (1,000 labels)`. */
export function listedLabels({ labels }: Told): string {
  const shown = labels.slice(0, MOST_LISTED).map((label) => plain(label));
  return shown.join(', ') + (labels.length > MOST_LISTED ? `, … (${formatCount(labels.length)} labels)` : '');
}
