/** What trials were trained on, and which of them a plan leaves out, in words. */
import type { TrainedOn } from '../analysis/trained-on.ts';
import { DATASETS } from '../data/datasets/index.ts';
import { count, formatCount } from '../text/format-number.ts';
import { plain } from '../text/printable.ts';
import type { SampleNoun } from '../text/sample-noun.ts';

/** `mnist, grey pixels, 55,000 training and 5,000 validation images`; own images may be of any colour, and are what they are. */
export function describeData(
  { dataset, binarization, train_images, validation_images }: TrainedOn,
  noun: SampleNoun = 'image',
): string {
  const channels = DATASETS.find(({ name }) => name === dataset)?.channels;
  const pixels =
    binarization !== 'grey' || channels === 1 ? binarization : channels === undefined ? undefined : 'colour';
  const kind = plain(dataset) + (pixels === undefined ? '' : `, ${pixels} pixels`);
  if (train_images === null || validation_images === null) return kind;
  const validation = validation_images === 0 ? 'no' : formatCount(validation_images);
  return `${kind}, ${formatCount(train_images)} training and ${validation} validation ${noun}${validation_images === 1 ? '' : 's'}`;
}

/** What takes part in a sweep's ranking is its plan; this says that there is more. Undefined where there isn't. */
export function outsideNote({ outside, outdated }: { outside: number; outdated: number }): string | undefined {
  return outside === 0
    ? undefined
    : `${count(outside, 'more trial')}, outside this plan${outdatedNote(outside, outdated)}`;
}

/** ` (3 of them computed by the arithmetic of an earlier version)`; nothing if there are none. */
export function outdatedNote(outside: number, outdated: number): string {
  if (outdated === 0) return '';
  return ` (${outdated === outside ? '' : `${formatCount(outdated)} of them `}computed by the arithmetic of an earlier version)`;
}
