/** What is in a user's own images, for a terminal and as JSON. */
import { sampleNoun } from '../../text/sample-noun.ts';
import type { ImageFacts } from '../../data/own/examine.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { wrap, type Layout } from '../layout/text.ts';

/** `path`: absolute. */
export function imagesLines(path: string, facts: ImageFacts, { columns }: Layout): string[] {
  const { images, height, width, channels, splits, different, least, largest, isBinary } = facts;
  const same = images - different;
  const noun = sampleNoun(facts);
  const values = isBinary ? 'black and white alone' : `values from ${least} to ${largest}, where 255 is white`;
  const rows = [
    [
      facts.isReal ? 'rows' : 'images',
      facts.isReal
        ? `${formatCount(images)} of ${count(width, 'column')}; ${facts.isCounts ? `counts from ${least} to ${largest}, left as they are` : `numbers from ${least} to ${largest}, each column standardised by the training rows`}`
        : `${formatCount(images)} of ${height}×${width} pixels, ${channels === 1 ? 'grey' : 'in colour'}; ${values}`,
    ],
    ['stored as', plain(facts.format) + (facts.passedOver === '' ? '' : `; passed over: ${plain(facts.passedOver)}`)],
    ['equal', same === 0 ? 'none, all differ' : `${count(same, noun)} the same as an earlier one`],
    [
      'splits',
      `${formatCount(splits.train)} to train, ${formatCount(splits.validation)} for validation, ` +
        `${formatCount(splits.test)} for the test: ` +
        (facts.hasTestSet ? 'as its files say, the others ' : '') +
        `by a hash of each ${noun}, so that equal ones are in the same`,
    ],
    ['labels', labelsText(facts.labels)],
    [
      'fingerprint',
      `${facts.fingerprint.slice(0, 12)}: of ${facts.isReal ? 'numbers' : 'pixels'}, shape and order, whatever they are called or stored as`,
    ],
    ...facts.doubts.map((doubt) => ['doubt', plain(doubt)] as const),
  ] as const;
  return [plain(path), ...rows.flatMap(([name, text]) => wrap(text, columns, ' '.repeat(14), `  ${name.padEnd(12)}`))];
}

const SHOWN_LABELS = 12;

function labelsText(labels: ImageFacts['labels']): string {
  if (labels === null) return 'nothing says what they are';
  const { from, counts, unlabelled } = labels;
  const different = labels.different - (unlabelled === null ? 0 : 1);
  const named = counts.filter(([label]) => label !== '').slice(0, SHOWN_LABELS);
  const shown = named.map(([label, images]) => `${plain(label)} (${formatCount(images)})`);
  const none = counts.find(([label]) => label === '');
  const rest =
    (different > shown.length ? ', …' : '') + (none === undefined ? '' : `; ${formatCount(none[1])} without one`);
  return `${formatCount(different)} different, by ${plain(from)}: ${shown.join(', ')}${rest}`;
}

/** `vae-sweep.images/1`. */
export function imagesJson(path: string, facts: ImageFacts) {
  const { fingerprint, images, height, width, channels, splits, different, least, largest, format, passedOver } = facts;
  return {
    schema: 'vae-sweep.images/1',
    ...{ path, format, images, height, width, channels, least, largest },
    is_binary: facts.isBinary,
    ...(facts.isReal && { is_real: true }),
    ...(facts.isCounts && { is_counts: true }),
    ...{ splits, different },
    passed_over: passedOver === '' ? null : passedOver,
    labels: facts.labels && { from: facts.labels.from, different: facts.labels.different, counts: facts.labels.counts },
    fingerprint,
    ...(facts.doubts.length > 0 && { doubts: facts.doubts }),
  };
}
