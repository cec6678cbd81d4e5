import path from 'node:path';
import { DATASETS } from '../data/datasets/index.ts';
import { imageArrays } from '../data/image-arrays.ts';
import { listDatasets } from '../data/listing.ts';
import { locateDataset } from '../data/locate.ts';
import { ownImages } from '../data/own/examine.ts';
import { MOST_SIDE } from '../data/own/image-stream.ts';
import { examineOwn } from '../data/own/examine-own.ts';
import { READING_KEYS, readingOf } from '../data/own/reading.ts';
import { DEFAULT_RESIZE, RESIZES, type Resize } from '../data/own/pictures/resample.ts';
import { sampleImages } from '../data/own/sample-images.ts';
import { entryAt } from '../data/refusal.ts';
import { SweepError } from '../errors.ts';
import { imagesJson, imagesLines } from '../render/trained/images-text.ts';
import { encodeTiles } from '../training/png.ts';
import { renderDatasets } from '../render/datasets-table.ts';
import { toJsonLine } from '../render/json-line.ts';
import { toUserSpelling } from '../sweep-file/naming.ts';
import { plain } from '../text/printable.ts';
import { archiveOf } from '../trained/archive.ts';
import type { DatasetSettings, OwnReading } from '../trial/trial.ts';
import { defineCommand } from './command.ts';
import { OWN_FLAGS, type GlobalFlags } from './flags/flags.ts';
import { checkWritable, writeChunks } from './files/output-file.ts';
import { print, stdoutLayout } from './output.ts';

export const data = defineCommand({
  options: (yargs) =>
    yargs
      .positional('path', {
        type: 'string',
        describe:
          'Data of your own: a folder of PNGs or JPEGs, a file .npy, .npz, HDF5 or IDX, a table .csv, .tsv (also .gz) or .parquet, or a module .ts or .js that yields samples; with -o FILE.npz also a name',
      })
      .option('output', {
        group: OWN_FLAGS,
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: 'With a path: file to write a contact sheet to, .png; or all images with labels and splits, .npz',
      })
      .option('size', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        describe: 'With a path: bring images to so many pixels, N or HEIGHTxWIDTH, as `size:` of a spec does',
      })
      .option('resize', {
        group: OWN_FLAGS,
        choices: Object.keys(RESIZES) as Resize[],
        requiresArg: true,
        defaultDescription: DEFAULT_RESIZE,
        describe: 'With --size: what is done where they have other proportions',
      })
      .option('channels', {
        group: OWN_FLAGS,
        choices: ['grey', 'colour'] as const,
        requiresArg: true,
        describe: 'With a path: bring images to grey or to colour',
      })
      .option('key', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        describe: 'With a path: which array of an HDF5 file or an .npz, as `key:` of a spec',
      })
      .option('label', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        describe: 'With a path: which column or array holds the labels, as `label:` of a spec',
      })
      .option('values', {
        group: OWN_FLAGS,
        choices: ['counts'] as const,
        requiresArg: true,
        describe: 'With a path: rows of numbers are counts, as `values: counts` of a spec says',
      })
      .option('header', {
        group: OWN_FLAGS,
        type: 'boolean',
        describe:
          'With a path: the first line of a CSV names its columns (--no-header: it is a row), as `header:` of a spec',
      })
      .option('drop', {
        group: OWN_FLAGS,
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'With a path: a column of a table that is left out, as `drop:` of a spec; repeated for several',
      })
      .example('$0 data', 'data sets a spec may name, and where they are')
      .example('$0 data --data ~/datasets', 'look there too')
      .example('$0 data ./faces -o sheet.png', 'what is in images of your own, and some of them')
      .example('$0 data iris.csv --label species', 'a table of numbers, and how often each of its labels comes')
      .example('$0 data mnist -o mnist.npz', 'images, labels and splits of a data set, for NumPy')
      .example('$0 data ./photos --size 64 -o sheet.png', 'of photos of many sizes, as `size: 64` brings them to one'),

  run: async (flags) => {
    if (flags.path !== undefined && DATASETS.some(({ name }) => name === flags.path))
      return writeNamed(flags.path, flags);
    if (flags.path !== undefined) return describeImages(flags.path, flags);
    const flag = READING_KEYS.find((name) => flags[name] !== undefined);
    if (flag !== undefined)
      throw new SweepError('USAGE', `--${flag} is of images of your own: sweep data PATH --${flag} …`);
    if (flags.output !== undefined)
      throw new SweepError('USAGE', 'A contact sheet is of images: sweep data PATH -o FILE.png');
    const listings = await listDatasets({ dataDir: flags.data });
    if (flags.json) print(toJsonLine({ schema: 'vae-sweep.data/1', datasets: toUserSpelling(listings) }));
    else print(renderDatasets(listings, stdoutLayout()));
    return 0;
  },
});

const SHEET_ACROSS = 16;

async function describeImages(
  written: string,
  flags: GlobalFlags & ReadingFlags & { readonly output: string | undefined },
): Promise<0> {
  const { output } = flags;
  const isArchive = output !== undefined && isNpz(output);
  if (output !== undefined && !isArchive && path.extname(output).toLowerCase() !== '.png') {
    throw new SweepError('USAGE', `-o ${output}: a contact sheet is written as .png, the images as .npz.`);
  }
  const place = path.resolve(written);
  if ((await entryAt(place)) === 'nothing') {
    throw new SweepError(
      'USAGE',
      `There is no file and no folder ${place}. \`sweep data\` alone lists the data sets by name.`,
    );
  }
  const reading = askedBy(flags);
  const { file, facts } = await examineOwn(place, { reading });
  if (output !== undefined && facts.isReal) {
    throw new SweepError('USAGE', `-o ${output}: ${place} holds columns of numbers, and this writes images.`);
  }
  if (isArchive) {
    const own = ownImages(file, facts, reading);
    await writeArchive({ ...UNASKED, name: path.basename(place), own }, { ...flags, output });
  } else if (output !== undefined) {
    const { width, height, channels } = facts;
    const sample = await sampleImages(file, SHEET_ACROSS ** 2, reading);
    const tiles = { ...sample, width, height, channels: channels === 3 ? 3 : 1 } as const;
    await writeChunks([encodeTiles(tiles, Math.min(SHEET_ACROSS, sample.count))], flags);
  }
  if (output === '-') return 0;
  if (flags.json) print(toJsonLine(imagesJson(place, facts)));
  else print(imagesLines(place, facts, stdoutLayout()).join('\n'));
  return 0;
}

/** A data set of ours has its facts in the list; its images can be had. */
async function writeNamed(name: string, flags: GlobalFlags & { readonly output: string | undefined }): Promise<0> {
  const { output } = flags;
  if (output === undefined || !isNpz(output)) {
    throw new SweepError(
      'USAGE',
      `${name} is listed by \`sweep data\`; \`sweep data ${name} -o ${name}.npz\` writes its images, labels and splits.`,
    );
  }
  const arrays = await writeArchive({ ...UNASKED, name }, { ...flags, output });
  print(`${plain(output)} · ${name}: ${arrays}`);
  return 0;
}

const UNASKED = { train: null, validation: null, binarization: 'grey' } as const;

function isNpz(output: string): boolean {
  return path.extname(output).toLowerCase() === '.npz';
}

/** What is in it: `images 70000 × 28 × 28, split, label`. */
async function writeArchive(
  settings: DatasetSettings,
  flags: GlobalFlags & { readonly output: string },
): Promise<string> {
  checkWritable(flags.output, flags);
  const source = await locateDataset(settings, { dataDir: flags.data });
  const arrays = await imageArrays(settings, source);
  await writeChunks(archiveOf(arrays), flags);
  return arrays.map(({ name, shape }) => (shape.length > 1 ? `${name} ${shape.join(' × ')}` : name)).join(', ');
}

/** Those that a spec's data set has by the same names. */
type ReadingFlags = { readonly [Key in keyof Omit<OwnReading, 'size'>]-?: OwnReading[Key] | undefined } & {
  readonly size: string | undefined;
};

/** As a spec says it. @throws SweepError USAGE */
function askedBy({ size, ...flags }: ReadingFlags): OwnReading | undefined {
  if (size === undefined && flags.resize !== undefined) {
    throw new SweepError('USAGE', '--resize says how images come to a --size: name that, too.');
  }
  return readingOf({ ...flags, size: size === undefined ? undefined : sidesOf(size) });
}

function sidesOf(size: string): readonly [height: number, width: number] {
  const [, height = '0', width = height] = /^(\d+)(?:x(\d+))?$/i.exec(size) ?? [];
  const sides = [Number(height), Number(width)] as const;
  if (sides.every((side) => side >= 1 && side <= MOST_SIDE)) return sides;
  throw new SweepError('USAGE', `--size ${size}: that is N or HEIGHTxWIDTH, from 1 to ${MOST_SIDE} pixels a side.`);
}
