import { describeContent } from '../describe-content.ts';
import { entryAt, refused } from '../refusal.ts';
import type { OwnReading } from '../../trial/trial.ts';
import { WrongLabel } from './labels.ts';
import { broughtStream } from './brought-stream.ts';
import { csvVectors, looksLikeCsv } from './csv-vectors.ts';
import { cifarFiles, cifarImages } from './cifar.ts';
import { bytesAt } from './file-bytes.ts';
import { idxImages } from './idx-images.ts';
import type { ImageStream } from './image-stream.ts';
import { MisfitReading } from './misfit-reading.ts';
import { NPY_MAGIC } from './npy-header.ts';
import { countVectors } from './counts.ts';
import { HDF5_MAGIC } from './hdf5-file.ts';
import { readHdf5 } from './read-hdf5.ts';
import { npyImages } from './npy.ts';
import { PARQUET_MAGIC, parquetVectors } from './parquet-vectors.ts';
import { npzImages } from './npz.ts';
import { pictureFolder } from './picture-folder.ts';
import { isVectors, type VectorStream } from './vector-stream.ts';
import { unusable } from './unusable.ts';

const ZIP_MAGIC = Buffer.from('PK', 'latin1');

/** The images at a path. @throws SweepError as openOwn, and for rows of numbers */
export async function openImages(place: string, reading?: OwnReading): Promise<ImageStream> {
  const stream = await openOwn(place, reading);
  if (!isVectors(stream)) return stream;
  throw unusable(place, 'it is a table of numbers, where images are meant', 'Images are arrays N×H×W or N×H×W×C');
}

/**
 * The images, or rows of numbers, at a path, whose content says what it is, not its name: a folder of PNGs and JPEGs or of CIFAR-10's
 * files, `.npy`, `.npz`, HDF5, Parquet, CSV, or IDX, which may be packed by gzip. Headers alone are read. They are brought to what `reading` says, if anything.
 * @throws SweepError DATA_MISSING, DATA_CORRUPT
 */
export async function openOwn(place: string, reading: OwnReading = {}): Promise<ImageStream | VectorStream> {
  const kind = await entryAt(place);
  if (kind === 'nothing') throw await refused(place, { code: 'ENOENT' });
  const batches = kind === 'folder' ? await cifarFiles(place) : [];
  if (kind === 'folder' && reading.key !== undefined) throw noArrays(place);
  if (kind === 'folder' && reading.label !== undefined) {
    const what =
      batches.length === 0 ? 'labels of a folder of images are the folders in it' : 'its files have their classes';
    throw new WrongLabel(unusable(place, what, 'Leave `label` out').message);
  }
  if (kind === 'folder' && reading.values !== undefined) throw noCounts(place);
  if (kind === 'folder' && reading.header !== undefined) throw noHeader(place);
  if (kind === 'folder' && batches.length === 0) return pictureFolder(place, reading);
  const { size, resize, values } = reading;
  const stream = kind === 'folder' ? await cifarImages(place, batches) : await samplesInFile(place, reading);
  if (!isVectors(stream)) {
    if (values !== undefined) throw noCounts(place);
    return broughtStream(place, stream, reading);
  }
  const ofImages = size !== undefined ? 'size' : resize !== undefined ? 'resize' : 'channels';
  if (reading[ofImages] === undefined) return values === undefined ? stream : countVectors(place, stream);
  const what = 'it is a table of numbers, which has no size and no colour';
  throw new MisfitReading(place, ofImages, what, 'Leave `size`, `resize` and `channels` out');
}

async function samplesInFile(
  place: string,
  { key, label, header }: Pick<OwnReading, 'key' | 'label' | 'header'>,
): Promise<ImageStream | VectorStream> {
  const start = await bytesAt(place, 0, START_BYTES);
  const format = formatOf(start);
  if (key !== undefined && !HAS_KEYS.has(format)) throw noArrays(place);
  if (label !== undefined && NAMELESS.has(format)) throw nothingNamed(place);
  if (header !== undefined && format !== 'text') throw noHeader(place);
  switch (format) {
    case 'hdf5':
      return readHdf5(place, { key, label });
    case 'zip':
      return npzImages(place, { key, label });
    case 'npy':
      return npyImages(place);
    case 'parquet':
      return parquetVectors(place, label);
    case 'gzip':
      return idxImages(place, true);
    case 'idx':
      return idxImages(place, false);
    case 'text':
      return csvVectors(place, { header, label });
    case 'other':
      throw unreadable(place, start);
  }
}

const START_BYTES = 512;
const HAS_KEYS: ReadonlySet<string> = new Set(['hdf5', 'zip']);
const NAMELESS: ReadonlySet<string> = new Set(['npy', 'gzip', 'idx']);

function formatOf(start: Buffer): 'hdf5' | 'zip' | 'npy' | 'parquet' | 'gzip' | 'idx' | 'text' | 'other' {
  if (startsWith(start, HDF5_MAGIC)) return 'hdf5';
  if (startsWith(start, ZIP_MAGIC)) return 'zip';
  if (startsWith(start, NPY_MAGIC)) return 'npy';
  if (startsWith(start, PARQUET_MAGIC)) return 'parquet';
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  if (start.length >= 4 && start.readUInt16BE(0) === 0 && start[2] === 0x08) return 'idx';
  return looksLikeCsv(start) ? 'text' : 'other';
}

function unreadable(place: string, start: Buffer): Error {
  if (start.length >= 2 && [0xfeff, 0xfffe].includes(start.readUInt16BE(0))) {
    return unusable(place, 'it is a text in UTF-16', 'Save it in UTF-8, as by `iconv -f utf-16 -t utf-8`');
  }
  return unusable(
    place,
    start.length === 0 ? 'it is empty' : `it is ${describeContent(start)}`,
    'Images are read from .npy, .npz, HDF5, IDX, and folders of PNGs and JPEGs; rows of numbers from .npy, .npz, HDF5, Parquet and CSV',
  );
}

/** What of a reading goes for another file: an array's name where it has such, and what its first line is where that is text. */
export async function fittingReading(place: string, { key, header, ...reading }: OwnReading = {}): Promise<OwnReading> {
  const format = (await entryAt(place)) === 'file' ? formatOf(await bytesAt(place, 0, START_BYTES)) : 'other';
  return {
    ...reading,
    ...(key !== undefined && HAS_KEYS.has(format) && { key }),
    ...(header !== undefined && format === 'text' && { header }),
  };
}

function startsWith(start: Buffer, magic: Buffer): boolean {
  return start.subarray(0, magic.length).equals(magic);
}

function noArrays(place: string): Error {
  return new MisfitReading(
    place,
    'key',
    'nothing in it has a name',
    '`key` names an array in HDF5 or .npz: leave it out',
  );
}

function nothingNamed(place: string): Error {
  const fix = '`label` names a column of CSV or Parquet, or an array in HDF5 or .npz: leave it out';
  return new WrongLabel(unusable(place, 'nothing in it has a name', fix).message);
}

function noCounts(place: string): Error {
  return new MisfitReading(place, 'values', 'it holds images, whose values are no counts', 'Leave `values` out');
}

function noHeader(place: string): Error {
  return new MisfitReading(
    place,
    'header',
    'it is no CSV, and has no first line',
    '`header` says what that of a CSV is: leave it out',
  );
}
