import path from 'node:path';
import { listDatasets, type DatasetListing } from '../data/listing.ts';
import { examineImages } from '../data/own/examine.ts';
import { sampleImages } from '../data/own/sample-images.ts';
import { entryAt } from '../data/refusal.ts';
import { SweepError } from '../errors.ts';
import { imagesJson, imagesLines } from '../render/images-text.ts';
import { encodeTiles } from '../training/png.ts';
import { formatBytes } from '../render/format.ts';
import { formatCount } from '../text/format-number.ts';
import { renderFitted } from '../render/fitted-table.ts';
import { columnsOf } from '../render/grid.ts';
import { toJsonLine } from '../render/json.ts';
import { markedLines } from '../render/text.ts';
import { toUserSpelling } from '../sweep-file/naming.ts';
import { defineCommand } from './command.ts';
import { OWN_FLAGS, type GlobalFlags } from './flags.ts';
import { writeChunks } from './output-file.ts';
import { print, stdoutLayout } from './output.ts';

export const data = defineCommand({
  options: (yargs) =>
    yargs
      .positional('path', {
        type: 'string',
        describe: 'Images of your own: a folder of PNGs or JPEGs, or a file .npy, .npz or IDX',
      })
      .option('output', {
        group: OWN_FLAGS,
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: 'With a path: file to write a contact sheet to, .png',
      })
      .example('$0 data', 'data sets a spec may name, and where they are')
      .example('$0 data --data ~/datasets', 'look there too')
      .example('$0 data ./faces -o sheet.png', 'what is in images of your own, and some of them'),

  run: async (flags) => {
    if (flags.path !== undefined) return describeImages(flags.path, flags);
    if (flags.output !== undefined)
      throw new SweepError('USAGE', 'A contact sheet is of images: sweep data PATH -o FILE.png');
    const listings = await listDatasets({ dataDir: flags.data });
    if (flags.json) print(toJsonLine({ schema: 'vae-sweep.data/1', datasets: toUserSpelling(listings) }));
    else print(describe(listings));
    return 0;
  },
});

const SHEET_ACROSS = 16;

async function describeImages(
  written: string,
  flags: GlobalFlags & { readonly output: string | undefined },
): Promise<0> {
  const { output } = flags;
  if (output !== undefined && path.extname(output).toLowerCase() !== '.png') {
    throw new SweepError('USAGE', `-o ${output}: a contact sheet is written as .png.`);
  }
  const place = path.resolve(written);
  if ((await entryAt(place)) === 'nothing') {
    throw new SweepError(
      'USAGE',
      `There is no file and no folder ${place}. \`sweep data\` alone lists the data sets by name.`,
    );
  }
  const facts = await examineImages(place);
  if (output !== undefined) {
    const { width, height, channels } = facts;
    const sample = await sampleImages(place, SHEET_ACROSS ** 2);
    const tiles = { ...sample, width, height, channels: channels === 3 ? 3 : 1 } as const;
    await writeChunks([encodeTiles(tiles, Math.min(SHEET_ACROSS, sample.count))], flags);
  }
  if (output === '-') return 0;
  if (flags.json) print(toJsonLine(imagesJson(place, facts)));
  else print(imagesLines(place, facts, stdoutLayout()).join('\n'));
  return 0;
}

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
