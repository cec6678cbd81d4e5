import { listDatasets, type DatasetListing } from '../data/listing.ts';
import { renderGrid } from '../report/grid.ts';
import { defineCommand } from './command.ts';
import { formatBytes, formatCount } from './format.ts';
import { print, printJson, stdoutLayout } from './output.ts';
import { toUserSpelling } from './json-view.ts';

export const data = defineCommand({
  options: (yargs) =>
    yargs
      .example('$0 data', 'data sets a spec may name, and where they are')
      .example('$0 data --data ~/datasets', 'look there too')
      .epilogue('A data set that is not here is downloaded by the first `sweep run` that names it.'),

  run: async (flags) => {
    const listings = await listDatasets({ dataDir: flags.data });
    if (flags.json) printJson({ schema: 'vae-sweep.data/1', datasets: toUserSpelling(listings) });
    else print(describe(listings));
    return 0;
  },
});

function describe(listings: readonly DatasetListing[]): string {
  const column = (header: string, align: 'left' | 'right', cell: (listing: DatasetListing) => string) => {
    return { header, align, sacrifice: 0, cells: listings.map(cell) };
  };
  return renderGrid(
    [
      column('data set', 'left', ({ name }) => name),
      column('images', 'right', ({ images }) => formatCount(images)),
      column('size', 'right', ({ height, width }) => `${height}×${width}`),
      column('train / validation / test', 'right', ({ splits }) =>
        [splits.train, splits.validation, splits.test].map(formatCount).join(' / '),
      ),
      column('where', 'left', describePlace),
    ],
    stdoutLayout(),
  );
}

function describePlace({ availability, folder, downloadBytes, mirrors }: DatasetListing): string {
  switch (availability) {
    case 'built_in':
      return 'built in';
    case 'present':
      return folder ?? '';
    case 'missing':
      return `not here; ${formatBytes(downloadBytes)} from ${new URL(mirrors[0]!).host}`;
  }
}
