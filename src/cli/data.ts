import { listDatasets, type DatasetListing } from '../data/listing.ts';
import { formatBytes } from '../render/format.ts';
import { formatCount } from '../text/format-number.ts';
import { renderFitted } from '../render/fitted-table.ts';
import { columnsOf } from '../render/grid.ts';
import { toJsonLine } from '../render/json.ts';
import { markedLines } from '../render/text.ts';
import { toUserSpelling } from '../sweep-file/naming.ts';
import { defineCommand } from './command.ts';
import { print, stdoutLayout } from './output.ts';

export const data = defineCommand({
  options: (yargs) =>
    yargs
      .example('$0 data', 'data sets a spec may name, and where they are')
      .example('$0 data --data ~/datasets', 'look there too'),

  run: async (flags) => {
    const listings = await listDatasets({ dataDir: flags.data });
    if (flags.json) print(toJsonLine({ schema: 'vae-sweep.data/1', datasets: toUserSpelling(listings) }));
    else print(describe(listings));
    return 0;
  },
});

function describe(listings: readonly DatasetListing[]): string {
  const layout = stdoutLayout();
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
      column('where', 0, describePlace),
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

function describePlace({ availability, folder, downloadBytes, mirrors }: DatasetListing): string {
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
