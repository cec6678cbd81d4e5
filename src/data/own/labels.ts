import { createHash } from 'node:crypto';
import { SweepError } from '../../errors.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { specWord } from '../../text/spec-word.ts';
import { MisfitReading } from './misfit-reading.ts';

/** What each of a user's own images is, where the place that they are in says so. They train nothing but models that are told them. */
export interface StreamLabels {
  /** Where they stand, a clause: `the folders that they are in`. */
  readonly from: string;
  /** One for each image, in their order. @throws SweepError DATA_CORRUPT, DATA_MISSING */
  read(): Promise<readonly string[]>;
}

export interface LabelCounts {
  readonly from: string;
  /** How many different ones there are. */
  readonly different: number;
  /** How often each comes, in the order of labels; at most MOST_COUNTED of them. */
  readonly counts: readonly (readonly [label: string, images: number])[];
  /** All of them, in their order; none where they are more than MOST_CLASSES. */
  readonly names: readonly string[];
  /** Hash of those of all images. */
  readonly fingerprint: string;
  /** The first image whose label is empty, counted from 0; null where all have one. */
  readonly unlabelled: number | null;
}

/** So many labels are classes; more of them are names of the images. */
export const MOST_CLASSES = 1000;

const MOST_COUNTED = 100;
const collator = new Intl.Collator('en', { numeric: true });

/** Each once: numbers by size, all others by the alphabet. */
export function differentLabels(labels: readonly string[]): string[] {
  return [...new Set(labels)].sort((a, b) => collator.compare(a, b) || (a < b ? -1 : 1));
}

export function labelsFingerprint(labels: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(labels)).digest('hex');
}

export async function countLabels(labels: StreamLabels | undefined): Promise<LabelCounts | null> {
  if (labels === undefined) return null;
  const times = new Map<string, number>();
  const all = await labels.read();
  for (const label of all) times.set(label, (times.get(label) ?? 0) + 1);
  const names = differentLabels(all);
  const counts = names.slice(0, MOST_COUNTED).map((name) => [name, times.get(name)!] as const);
  const unlabelled = all.indexOf('');
  return {
    ...{ from: labels.from, different: names.length, counts, fingerprint: labelsFingerprint(all) },
    names: names.length > MOST_CLASSES ? [] : names,
    unlabelled: unlabelled < 0 ? null : unlabelled,
  };
}

/** What an array of labels is called, the first that there is. */
export const LABEL_NAMES: readonly string[] = ['labels', 'label', 'y', 'targets', 'target'];
/** What a column of them is called, the first that there is; `y` is one of numbers, beside `x`. */
export const LABEL_COLUMNS: readonly string[] = ['label', 'labels', 'target', 'targets'];

/** What a spec calls the samples of a file, their labels, and columns that are left out, where it does; `isGiven`: as AdvisedColumn. */
export interface NamesInFile {
  readonly key?: string | undefined;
  readonly label?: string | undefined;
  readonly drop?: readonly string[] | undefined;
  readonly isGiven?: boolean | undefined;
}

/** Those that a message names. */
const MOST_NAMED = 12;

/** `a, b and 3 more`. */
export function someOf(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${formatCount(rest)} more` : '');
}

/** Of what could be named, a sentence. */
export function thereAre(names: readonly string[]): string {
  return `There ${names.length === 1 ? 'is' : 'are'} ${someOf(names)}`;
}

/** Of a `label` that names nothing. `there`: what could be named, of this `kind`. */
export function noSuchLabels(
  place: string,
  { name, kind, there }: { readonly name: string; readonly kind: string; readonly there: readonly string[] },
): MisfitReading {
  const fix =
    there.length === 0 ? `There is no ${kind} that could be: leave \`label\` out` : thereAre(there.map(specWord));
  return wrongLabels(place, `no ${kind} in it that could be labels is called ${plain(name)}`, fix);
}

/** Of a `label` whose value is at fault. */
export function wrongLabels(place: string, what: string, fix: string): MisfitReading {
  return new MisfitReading({ place, key: 'label', at: 'value', what, fix });
}

/**
 * Of a column that a spec names: a kind has more than one sample. @throws SweepError DATA_CORRUPT for measurements or names, of which
 * (nearly) each sample has its own, and for more kinds than models are told
 */
export function checkNamedLabels(place: string, { from, different }: LabelCounts, samples: number): void {
  if (different <= MOST_CLASSES && 2 * different <= samples) return;
  const what = `${from}, which \`label\` names, has ${formatCount(different)} different values in ${count(samples, 'sample')}`;
  const fix = `Labels are of kinds, at most ${formatCount(MOST_CLASSES)}, and of two samples each on average: make classes of measurements, or name another`;
  throw wrongLabels(place, what, fix);
}

/** The error for other labels than when the sweep was planned. */
export function changedLabels(place: string): SweepError {
  return new SweepError(
    'DATA_CHANGED',
    `The labels of ${place} have changed since the sweep was planned, and its models are told them. Put back what they were, ` +
      'or start the sweep anew: `sweep run` plans it with the new labels, and keeps the old results apart.',
  );
}

/** The first folder of each path, where all images are in one. */
export function folderLabels(paths: readonly string[]): StreamLabels | undefined {
  if (!paths.every((one) => one.includes('/'))) return undefined;
  return {
    from: 'the folders that they are in',
    read: () => Promise.resolve(paths.map((one) => one.split('/', 1)[0]!)),
  };
}
