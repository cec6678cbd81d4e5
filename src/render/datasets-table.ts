import type { DatasetListing } from '../data/listing.ts';
import { formatCount } from '../text/format-number.ts';
import { renderFitted } from './layout/fitted-table.ts';
import { formatBytes } from './format.ts';
import { columnsOf } from './layout/grid.ts';
import { markedLines, type Layout } from './layout/text.ts';

/** The data sets that a spec may name, and where they are. */
export function renderDatasets(listings: readonly DatasetListing[], layout: Layout): string {
  const column = columnsOf(listings);
  const table = renderFitted(
    [
      column('data set', 0, ({ name }) => name),
      column('images', 0, ({ images }) => formatCount(images), 'right'),
      column(
        'size',
        0,
        ({ height, width, channels }) => [height, width, ...(channels === 1 ? [] : [channels])].join('×'),
        'right',
      ),
      column(
        'train / validation / test',
        1,
        ({ splits }) => [splits.train, splits.validation, splits.test].map(formatCount).join(' / '),
        'right',
      ),
      column('where', 0, placeOf),
    ],
    layout,
    '--json',
  );
  const notes = table.notes.map((note) => ` ${note}`);
  for (const { name, problem } of listings) {
    if (problem !== null) notes.push(markedLines(layout, 'yellow', ' !', `${name}: ${problem}`));
  }
  if (listings.some(({ availability }) => availability === 'missing')) {
    notes.push(' What is not here is downloaded by the first `sweep run` that names it.');
  }
  return [table.text, ...notes].join('\n');
}

function placeOf({ availability, folder, downloadBytes, mirrors }: DatasetListing): string {
  switch (availability) {
    case 'built_in':
      return 'built in';
    case 'present':
      return folder ?? '';
    case 'unusable':
      return "can't be used, see below";
    case 'missing':
      return `not here; ${formatBytes(downloadBytes)} from ${new URL(mirrors[0]!).host}`;
  }
}
