import { existsSync } from 'node:fs';
import path from 'node:path';
import { DATASETS } from '../data/datasets/index.ts';
import { examineImages, ownImages } from '../data/own/examine.ts';
import type { ImageStream } from '../data/own/image-stream.ts';
import { LABEL_COLUMNS } from '../data/own/labels.ts';
import { MisfitReading, type Misfit } from '../data/own/misfit-reading.ts';
import { fittingReading, openOwn } from '../data/own/open-images.ts';
import { readingOf } from '../data/own/reading.ts';
import { MixedSizes } from '../data/own/pictures/picture-folder.ts';
import { isModule, sampledFile } from '../data/own/sampled-module.ts';
import { isVectors, type VectorStream } from '../data/own/tables/vector-stream.ts';
import { entryAt } from '../data/refusal.ts';
import { SweepError } from '../errors.ts';
import { nearest } from '../sweep-file/suggest.ts';
import type { OwnReading } from '../trial/trial.ts';
import { howToFit } from './check-fit.ts';
import { datasetSamples } from './dataset-samples.ts';
import { imageSamples, rowSamples } from './file-samples.ts';
import type { SampleRequest, Samples } from './samples.ts';

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
  if (given === undefined) return datasetSamples(shape, settings, split ?? 'test', dataDir);
  const { binarization } = settings;
  const unasked = { train: null, validation: null, binarization };
  if (DATASETS.some(({ name }) => name === given)) {
    return datasetSamples(shape, { name: given, ...unasked }, split, dataDir);
  }
  const named = path.resolve(given);
  if ((await entryAt(named)) === 'nothing') throw unknown(given);
  const place = isModule(named) ? await sampledFile(named) : named;
  // As those that it trained on were.
  const asked = await fittingReading(place, request.settings.own?.reading);
  const { stream, reading } = await opened(place, asked, request).catch((error: unknown) => {
    throw error instanceof SweepError ? ofGiven(error, request) : error;
  });
  if (split === undefined) {
    return isVectors(stream) ? rowSamples(request, named, stream) : imageSamples(shape, named, stream, binarization);
  }
  if (columns !== undefined)
    throw new SweepError('USAGE', "--split is of the images of a data set, or of the trial's own rows.");
  const own = ownImages(place, await examineImages(place, { reading }), reading);
  return datasetSamples(shape, { name: path.basename(named), own, ...unasked }, split, dataDir);
}

interface Opened {
  readonly stream: ImageStream | VectorStream;
  readonly reading: OwnReading;
}

/** But for names that aren't there: new samples may have no labels, and nothing to leave out. */
async function opened(place: string, reading: OwnReading, request: SampleRequest): Promise<Opened> {
  // A column that is called as labels usually are may be one of numbers beside the named one.
  const isInput = request.columns?.names?.some((name) => LABEL_COLUMNS.includes(name)) === true;
  try {
    return { stream: await openOwn(place, { ...(isInput && { label: null }), ...reading, isGiven: true }), reading };
  } catch (error) {
    const less = error instanceof MisfitReading ? without(reading, error.misfit) : undefined;
    if (less === undefined) throw error;
    return opened(place, less, request);
  }
}

/** Less than this reading, without what the misfit says of it; undefined where new samples must have that, or nobody asked for it. */
function without({ label, drop, ...others }: OwnReading, { key, missing }: Misfit): OwnReading | undefined {
  if (key === 'label' && label !== undefined) return readingOf({ ...others, drop }) ?? {};
  if (key !== 'drop' || drop === undefined) return undefined;
  const left = missing === undefined ? [] : drop.filter((name) => !missing.includes(name));
  return readingOf({ ...others, label, drop: left.length === 0 ? undefined : left }) ?? {};
}

/** What the trial's reading is no use for is told of what is given: nobody asked for it here. */
function ofGiven(error: SweepError, { given, shape }: SampleRequest): SweepError {
  if (error instanceof MixedSizes) {
    return new SweepError('USAGE', `--data ${given!}: ${error.what}. ${howToFit(shape)}`, { cause: error });
  }
  if (!(error instanceof MisfitReading)) return error;
  const { key, what } = error.misfit;
  if (key === 'label') {
    const message = `--data ${given!}: ${what}. Leave one of them in the file.`;
    return new SweepError('USAGE', message, { cause: error });
  }
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
