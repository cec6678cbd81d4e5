import { describeContent } from '../describe-content.ts';
import { entryAt, refused } from '../refusal.ts';
import type { OwnReading } from '../../trial/trial.ts';
import { broughtStream } from './brought-stream.ts';
import { csvVectors, looksLikeCsv } from './csv-vectors.ts';
import { cifarFiles, cifarImages } from './cifar.ts';
import { bytesAt } from './file-bytes.ts';
import { idxImages } from './idx-images.ts';
import type { ImageStream } from './image-stream.ts';
import { NPY_MAGIC } from './npy-header.ts';
import { npyImages } from './npy.ts';
import { npzImages } from './npz.ts';
import { pictureFolder } from './picture-folder.ts';
import { isVectors, type VectorStream } from './vector-stream.ts';
import { unusable } from './unusable.ts';

/** The images at a path. @throws SweepError as openOwn, and for rows of numbers */
export async function openImages(place: string, reading?: OwnReading): Promise<ImageStream> {
  const stream = await openOwn(place, reading);
  if (!isVectors(stream)) return stream;
  throw unusable(place, 'it is a table of numbers, where images are meant', 'Images are arrays N×H×W or N×H×W×C');
}

/**
 * The images, or rows of numbers, at a path, whose content says what it is, not its name: a folder of PNGs and JPEGs or of CIFAR-10's
 * files, `.npy`, `.npz`, or IDX, which may be packed by gzip. Headers alone are read. They are brought to what `reading` says, if anything.
 * @throws SweepError DATA_MISSING, DATA_CORRUPT
 */
export async function openOwn(place: string, reading: OwnReading = {}): Promise<ImageStream | VectorStream> {
  const kind = await entryAt(place);
  if (kind === 'nothing') throw await refused(place, { code: 'ENOENT' });
  const batches = kind === 'folder' ? await cifarFiles(place) : [];
  if (kind === 'folder' && batches.length === 0) return pictureFolder(place, reading);
  const stream = kind === 'folder' ? await cifarImages(place, batches) : await imagesInFile(place);
  if (!isVectors(stream)) return broughtStream(place, stream, reading);
  if (Object.keys(reading).length === 0) return stream;
  throw unusable(
    place,
    'it is a table of numbers, which has no size and no colour',
    'Leave `size`, `resize` and `channels` out',
  );
}

async function imagesInFile(place: string): Promise<ImageStream | VectorStream> {
  const start = await bytesAt(place, 0, 512);
  if (start.subarray(0, NPY_MAGIC.length).equals(NPY_MAGIC)) return npyImages(place);
  if (start.toString('latin1', 0, 2) === 'PK') return npzImages(place);
  if (start[0] === 0x1f && start[1] === 0x8b) return idxImages(place, true);
  if (start.length >= 4 && start.readUInt16BE(0) === 0 && start[2] === 0x08) return idxImages(place, false);
  const what = start.length === 0 ? 'it is empty' : `it is ${describeContent(start)}`;
  if (looksLikeCsv(start)) return csvVectors(place);
  throw unusable(
    place,
    what,
    'Images are read from .npy, .npz, IDX, and folders of PNGs and JPEGs; rows of numbers from .npy, .npz and CSV',
  );
}
