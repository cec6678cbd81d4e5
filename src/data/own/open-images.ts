import { describeContent } from '../describe-content.ts';
import { entryAt, refused } from '../refusal.ts';
import type { OwnReading } from '../../trial/trial.ts';
import { WrongLabel, type NamesInFile } from './labels.ts';
import { broughtStream } from './brought-stream.ts';
import { csvVectors, looksLikeCsv } from './csv-vectors.ts';
import { cifarFiles, cifarImages } from './cifar.ts';
import { bytesAt } from './file-bytes.ts';
import { idxImages } from './idx-images.ts';
import type { ImageStream } from './image-stream.ts';
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
  if (kind === 'folder' && batches.length === 0) return pictureFolder(place, reading);
  const { key, label, values, ...shape } = reading;
  const stream = kind === 'folder' ? await cifarImages(place, batches) : await samplesInFile(place, { key, label });
  if (!isVectors(stream)) {
    if (values !== undefined) throw noCounts(place);
    return broughtStream(place, stream, shape);
  }
  if (Object.keys(shape).length === 0) return values === undefined ? stream : countVectors(place, stream);
  throw unusable(
    place,
    'it is a table of numbers, which has no size and no colour',
    'Leave `size`, `resize` and `channels` out',
  );
}

async function samplesInFile(place: string, { key, label }: NamesInFile): Promise<ImageStream | VectorStream> {
  const start = await bytesAt(place, 0, 512);
  if (startsWith(start, HDF5_MAGIC)) return readHdf5(place, { key, label });
  if (startsWith(start, ZIP_MAGIC)) return npzImages(place, { key, label });
  if (key !== undefined) throw noArrays(place);
  if (startsWith(start, PARQUET_MAGIC)) return parquetVectors(place, label);
  const nameless = namelessIn(place, start);
  if (nameless !== undefined) {
    if (label !== undefined) throw nothingNamed(place);
    return nameless();
  }
  if (looksLikeCsv(start)) return csvVectors(place, label);
  const what = start.length === 0 ? 'it is empty' : `it is ${describeContent(start)}`;
  throw unusable(
    place,
    what,
    'Images are read from .npy, .npz, HDF5, IDX, and folders of PNGs and JPEGs; rows of numbers from .npy, .npz, HDF5, Parquet and CSV',
  );
}

/** What reads a format in which nothing has a name. */
function namelessIn(place: string, start: Buffer): (() => Promise<ImageStream | VectorStream>) | undefined {
  if (startsWith(start, NPY_MAGIC)) return () => npyImages(place);
  if (start[0] === 0x1f && start[1] === 0x8b) return () => idxImages(place, true);
  const isIdx = start.length >= 4 && start.readUInt16BE(0) === 0 && start[2] === 0x08;
  return isIdx ? () => idxImages(place, false) : undefined;
}

/** Whether the file at a path has names for what is in it, so that a `key` is one of them. */
export async function holdsArrays(place: string): Promise<boolean> {
  if ((await entryAt(place)) !== 'file') return false;
  const start = await bytesAt(place, 0, HDF5_MAGIC.length);
  return startsWith(start, HDF5_MAGIC) || startsWith(start, ZIP_MAGIC);
}

function startsWith(start: Buffer, magic: Buffer): boolean {
  return start.subarray(0, magic.length).equals(magic);
}

function noArrays(place: string): Error {
  return unusable(place, 'nothing in it has a name', '`key` names an array in HDF5 or .npz: leave it out');
}

function nothingNamed(place: string): Error {
  const fix = '`label` names a column of CSV or Parquet, or an array in HDF5 or .npz: leave it out';
  return new WrongLabel(unusable(place, 'nothing in it has a name', fix).message);
}

function noCounts(place: string): Error {
  return unusable(place, 'it holds images, whose values are no counts', 'Leave `values` out');
}
