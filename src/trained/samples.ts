/** What a trained model is given: images of its own data set, of another one, or of a user's own, in an order, as it was evaluated. */
import { sampleNoun } from '../text/sample-noun.ts';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { binarize, evaluationBits, trainingBits } from '../data/binarize.ts';
import { readImages, splitIndices } from '../data/dataset.ts';
import { DATASETS } from '../data/datasets/index.ts';
import { definitionOf } from '../data/definition-of.ts';
import { labelsOf, labelsOfAll, type ImageLabels } from '../data/labels.ts';
import { locateDataset } from '../data/locate.ts';
import { examineImages, ownImages } from '../data/own/examine.ts';
import type { ImageStream } from '../data/own/image-stream.ts';
import { LABEL_COLUMNS } from '../data/own/labels.ts';
import { MisfitReading } from '../data/own/misfit-reading.ts';
import { fittingReading, openOwn } from '../data/own/open-images.ts';
import { readingOf } from '../data/own/reading.ts';
import { MixedSizes } from '../data/own/pictures/picture-folder.ts';
import { isModule, sampledFile } from '../data/own/sampled-module.ts';
import { farValue } from '../data/own/tables/far-values.ts';
import { standardized, type Columns } from '../data/own/tables/standardize.ts';
import { isVectors, type VectorStream } from '../data/own/tables/vector-stream.ts';
import type { Values } from '../data/source.ts';
import { entryAt } from '../data/refusal.ts';
import { SweepError } from '../errors.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import type { StreamKey } from '../random.ts';
import { nearest } from '../sweep-file/suggest.ts';
import { count } from '../text/format-number.ts';
import { plain } from '../text/printable.ts';
import { EVALUATION_BATCH } from '../training/evaluate.ts';
import type { DatasetSettings, OwnReading } from '../trial/trial.ts';
import { checkFit, howToFit } from './check-fit.ts';

export type DatasetSplit = 'train' | 'validation' | 'test';

export interface Samples {
  /** `576 test images of sprites-mini`. */
  readonly what: string;
  readonly count: number;
  /** Of each, its index in the data set or file. */
  readonly indexOf: (sample: number) => number;
  /** Of each, its path in a folder; undefined where they are in no folder. */
  readonly pathOf: ((sample: number) => string) | undefined;
  /** What each is, where that is known: its class, or its label. */
  readonly labelOf: ((sample: number) => string) | undefined;
  /** Bytes of some whole images at a time, whole batches of evaluation but for the end; binarised as the trial was evaluated. */
  readonly read: (piece: number) => Iterable<Values> | AsyncIterable<Values>;
}

export interface SampleRequest {
  readonly shape: ModelShape;
  /** What the model's rows of numbers are standardised by. */
  readonly columns: Columns | undefined;
  /** What the trial trained on. */
  readonly settings: DatasetSettings;
  /** A data set's name, or a path; by default the trial's own. */
  readonly given: string | undefined;
  /** By default `test` of the trial's own, all of another. */
  readonly split: DatasetSplit | undefined;
  /** Where data sets are looked for first. */
  readonly dataDir: string | undefined;
}

/** Reads headers, or what has no headers whole. @throws SweepError DATA_*, USAGE for images that the model doesn't take */
export async function openSamples(request: SampleRequest): Promise<Samples> {
  try {
    return await samplesOf(request);
  } catch (error) {
    if (!(error instanceof SweepError) || !isOfPlaces(error, request)) throw error;
    const hint = 'Here --data names images; data sets are looked for in the folder that SWEEP_DATA names.';
    throw new SweepError(error.code, `${error.message}\n${hint}`, { cause: error });
  }
}

/** Whether an error advises `--data DIR`, or a folder of data sets was given where images are meant. */
function isOfPlaces({ message }: SweepError, { given }: SampleRequest): boolean {
  const folders = DATASETS.map(({ name }) => path.resolve(given ?? '', name));
  return message.includes('--data DIR') || (given !== undefined && folders.some((folder) => existsSync(folder)));
}

async function samplesOf(request: SampleRequest): Promise<Samples> {
  const { shape, columns, settings, given, split, dataDir } = request;
  if (given === undefined) return ofDataset(shape, settings, split ?? 'test', dataDir);
  const { binarization } = settings;
  const unasked = { train: null, validation: null, binarization };
  if (DATASETS.some(({ name }) => name === given)) {
    return ofDataset(shape, { name: given, ...unasked }, split, dataDir);
  }
  const named = path.resolve(given);
  // As those that it trained on were.
  if ((await entryAt(named)) === 'nothing') throw unknown(given);
  const place = isModule(named) ? await sampledFile(named) : named;
  const { stream, reading } = await opened(place, request).catch((error: unknown) => {
    throw error instanceof SweepError ? ofGiven(error, request) : error;
  });
  if (split === undefined) {
    return isVectors(stream) ? ofRows(request, named, stream) : ofStream(shape, named, stream, binarization);
  }
  if (columns !== undefined)
    throw new SweepError('USAGE', "--split is of the images of a data set, or of the trial's own rows.");
  const own = ownImages(place, await examineImages(place, { reading }), reading);
  return ofDataset(shape, { name: path.basename(named), own, ...unasked }, split, dataDir);
}

/** As the trial's own data were read, but for names that aren't there: new samples may have no labels, and nothing to leave out. */
async function opened(
  place: string,
  { settings, columns }: SampleRequest,
): Promise<{ readonly stream: ImageStream | VectorStream; readonly reading: OwnReading }> {
  // A column that is called as labels usually are may be one of numbers beside the named one.
  const isInput = columns?.names?.some((name) => LABEL_COLUMNS.includes(name)) === true;
  let reading = await fittingReading(place, settings.own?.reading);
  let isLabelled = true;
  for (;;) {
    try {
      return { stream: await openOwn(place, { ...reading, ...(!isLabelled && isInput && { label: null }) }), reading };
    } catch (error) {
      const misfit = error instanceof MisfitReading ? error.misfit : undefined;
      if (misfit?.key === 'drop') {
        const left = reading.drop?.filter((name) => misfit.missing?.includes(name) === false) ?? [];
        reading = readingOf({ ...reading, drop: left.length === 0 ? undefined : left }) ?? {};
      } else if (misfit?.key === 'label' && isLabelled) {
        reading = readingOf({ ...reading, label: undefined }) ?? {};
        isLabelled = false;
      } else throw error;
    }
  }
}

/** What the trial's reading is no use for is told of what is given: nobody asked for it here. */
function ofGiven(error: SweepError, { given, shape }: SampleRequest): SweepError {
  if (error instanceof MixedSizes) {
    return new SweepError('USAGE', `--data ${given!}: ${error.what}. ${howToFit(shape)}`, { cause: error });
  }
  if (!(error instanceof MisfitReading)) return error;
  const { key } = error.misfit;
  const isOfImages = key === 'size' || key === 'resize' || key === 'channels';
  if (!isOfImages && key !== 'values') return error;
  const [found, wanted] = isOfImages ? ['rows of numbers', 'images'] : ['images', 'rows of numbers'];
  const message = `--data ${given!}: it holds ${found}, and the trial trained on ${wanted}.`;
  return new SweepError('USAGE', message, { cause: error });
}

function unknown(given: string): SweepError {
  const names = DATASETS.map(({ name }) => name);
  const near = nearest(given, names);
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`;
  return new SweepError(
    'USAGE',
    `--data ${given}: there is no data set of this name, and no file or folder ${path.resolve(given)}.${hint} ` +
      `Data sets: ${names.join(', ')}.`,
  );
}

async function ofDataset(
  shape: ModelShape,
  settings: DatasetSettings,
  split: DatasetSplit | undefined,
  dataDir: string | undefined,
): Promise<Samples> {
  const definition = definitionOf(settings);
  checkFit(settings.name, definition, shape);
  const source = await locateDataset(settings, { dataDir, download: false });
  const read = await readImages(settings, source);
  const { take, order } = read;
  const indices =
    split === undefined
      ? Int32Array.from({ length: definition.images }, (_, i) => i)
      : splitIndices(definition, settings, order)[split];
  if (indices.length === 0) {
    throw new SweepError(
      'USAGE',
      `--split ${split}: the trial held out no ${sampleNoun(shape)}s of ${settings.name} for it.`,
    );
  }
  const { binarization } = settings;
  const isDrawn = binarization === 'static' || binarization === 'dynamic';
  const key = split === undefined || split === 'train' ? trainingBits(binarization, 0, 1) : evaluationBits(split);
  const { paths } = read;
  const pathOf = paths && ((sample: number): string => paths[indices[sample]!]!);
  return {
    what: `${count(indices.length, `${split === undefined ? '' : `${split} `}${sampleNoun(shape)}`)} of ${settings.name}`,
    count: indices.length,
    indexOf: (sample) => indices[sample]!,
    pathOf,
    labelOf: nameOf(await labelsOf(definition, read, source, indices)),
    *read(piece) {
      // Bits are drawn for a split as a whole.
      const taken = (some: Int32Array): Values => {
        const images = take(some);
        return images instanceof Float32Array ? images : binarize(images, binarization, key);
      };
      const whole = isDrawn ? taken(indices) : undefined;
      const size = imageSize(shape);
      for (let at = 0; at < indices.length; at += piece) {
        yield whole?.subarray(at * size, (at + piece) * size) ?? taken(indices.subarray(at, at + piece));
      }
    },
  };
}

async function ofStream(
  shape: ModelShape,
  place: string,
  stream: ImageStream,
  binarization: DatasetSettings['binarization'],
): Promise<Samples> {
  const name = path.basename(place);
  checkFit(place, stream, shape);
  const { paths } = stream;
  const pathOf = paths && ((sample: number): string => paths[sample]!);
  return {
    what: `${count(stream.images, 'image')} of ${name}`,
    count: stream.images,
    indexOf: (sample) => sample,
    pathOf,
    labelOf: nameOf(stream.labels && (await labelsOfAll(stream.labels))),
    async *read(piece) {
      let first = 0;
      for await (const images of inBatches(
        stream.read(),
        piece * imageSize(shape),
        (length) => new Uint8Array(length),
      )) {
        yield binarize(images, binarization, givenBits(first));
        first += piece;
      }
    },
  };
}

async function ofRows({ shape, columns }: SampleRequest, place: string, stream: VectorStream): Promise<Samples> {
  const found = { height: 1, width: stream.columns, channels: 1 };
  if (columns === undefined || found.width !== columns.means.length) {
    const wanted =
      columns === undefined ? `images of ${shape.height}×${shape.width}` : count(columns.means.length, 'column');
    throw new SweepError(
      'USAGE',
      `--data ${place}: its rows have ${count(found.width, 'column')}, and the trial trained on ${wanted}.`,
    );
  }
  checkNames(place, stream.names, columns.names);
  return {
    what: `${count(stream.rows, 'row')} of ${path.basename(place)}`,
    count: stream.rows,
    indexOf: (sample) => sample,
    pathOf: undefined,
    labelOf: nameOf(stream.labels && (await labelsOfAll(stream.labels))),
    async *read(piece) {
      const numbers = async function* (): AsyncGenerator<Float32Array> {
        let first = 0;
        for await (const rows of stream.read()) {
          farValue(place, rows, columns, first);
          yield standardized(rows, columns);
          first += rows.length / columns.means.length;
        }
      };
      yield* inBatches(numbers(), piece * found.width, (length) => new Float32Array(length));
    },
  };
}

/** Rows are matched by position: where both sides have names, these must agree. */
function checkNames(place: string, found: readonly string[] = [], wanted: readonly string[] = []): void {
  if (found.length === 0 || wanted.length === 0) return;
  const at = wanted.findIndex((name, column) => found[column] !== name);
  if (at < 0) return;
  throw new SweepError(
    'USAGE',
    `--data ${place}: its column ${at + 1} is ${quoted(found[at]!)}, and the trial trained on ${quoted(wanted[at]!)} there. ` +
      'Bring the columns to the same names and order.',
  );
}

function quoted(name: string): string {
  return `\`${plain(name)}\``;
}

/** Of images that no evaluation has drawn bits for. */
function givenBits(first: number): StreamKey {
  return ['bits', 'given', first / EVALUATION_BATCH];
}

/** The same values in pieces of this many, the last of what is left. */
async function* inBatches<Some extends Values>(
  stream: AsyncIterable<Some>,
  bytes: number,
  memory: (length: number) => Some,
): AsyncGenerator<Some> {
  let piece = memory(bytes);
  let filled = 0;
  for await (const chunk of stream) {
    for (let from = 0; from < chunk.length;) {
      const taken = chunk.subarray(from, from + bytes - filled);
      piece.set(taken, filled);
      filled += taken.length;
      from += taken.length;
      if (filled < bytes) continue;
      yield piece;
      piece = memory(bytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled) as Some;
}

function nameOf(labels: ImageLabels | undefined): ((sample: number) => string) | undefined {
  return labels && ((sample) => labels.names[labels.of[sample]!]!);
}
