import { plain } from '../../text/printable.ts';
import { entryAt, refused } from '../refusal.ts';
import type { OwnReading } from '../../trial/trial.ts';
import { broughtStream } from './brought-stream.ts';
import { csvVectors } from './tables/csv-vectors.ts';
import { cifarFiles, cifarImages } from './cifar.ts';
import { fileBytes, gunzipped } from './file-bytes.ts';
import { formatAt, type Format } from './format.ts';
import { idxImages } from './idx-images.ts';
import type { ImageStream } from './image-stream.ts';
import { MisfitReading } from './misfit-reading.ts';
import { countVectors } from './tables/counts.ts';
import { readHdf5 } from './hdf5/read-hdf5.ts';
import { npyImages } from './numpy/npy.ts';
import { parquetVectors } from './tables/parquet-vectors.ts';
import { npzImages } from './numpy/npz.ts';
import { pictureFolder } from './pictures/picture-folder.ts';
import { isVectors, type VectorStream } from './tables/vector-stream.ts';
import { unusable } from './unusable.ts';

/** What is asked of data; no column of a table holds labels where `label` is null. `isGiven`: as AdvisedColumn. */
export type Asked = Omit<OwnReading, 'label'> & { readonly label?: string | null; readonly isGiven?: boolean };

/** The images at a path. @throws SweepError as openOwn, and for rows of numbers */
export async function openImages(place: string, reading?: OwnReading): Promise<ImageStream> {
  const stream = await openOwn(place, reading);
  if (!isVectors(stream)) return stream;
  throw unusable(place, 'it is a table of numbers, where images are meant', 'Images are arrays N×H×W or N×H×W×C');
}

/**
 * The images, or rows of numbers, at a path, whose content says what it is, not its name: a folder of PNGs and JPEGs or of CIFAR-10's
 * files, `.npy`, `.npz`, HDF5, Parquet, CSV, or IDX, the last two perhaps packed by gzip. Headers alone are read, and a CSV. They are
 * brought to what `reading` says, if anything.
 * @throws SweepError DATA_MISSING, DATA_CORRUPT
 */
export async function openOwn(place: string, reading: Asked = {}): Promise<ImageStream | VectorStream> {
  const { format, batches } = await formatOf(place);
  for (const key of ['key', 'label', 'header', 'drop'] as const) {
    if (reading[key] != null && !takes(key, format)) throw misfit(place, key, ...TAKEN[key].refusal(format));
  }
  const { label, drop } = reading;
  // In AnnData the one names an array beside the samples, the other a column of theirs.
  if (format !== 'hdf5' && label != null && drop?.includes(label) === true) {
    const what = `\`drop\` leaves out ${plain(label)}, which \`label\` names`;
    throw misfit(place, 'drop', what, 'Name it by `label` alone: labels are no input');
  }
  if (format === 'pictures') {
    checkOfImages(place, reading);
    return pictureFolder(place, reading);
  }
  const stream = await samplesIn(place, { format, batches }, reading);
  if (!isVectors(stream)) {
    checkOfImages(place, reading);
    return broughtStream(place, stream, reading);
  }
  const ofImages = (['size', 'resize', 'channels'] as const).find((key) => reading[key] !== undefined);
  if (ofImages === undefined) return reading.values === undefined ? stream : countVectors(place, stream);
  const what = 'it is a table of numbers, which has no size and no colour';
  throw misfit(place, ofImages, what, 'Leave `size`, `resize` and `channels` out');
}

/** What of a reading goes for another file: an array's name where it has such, and what its first line is where that is text. */
export async function fittingReading(place: string, reading: OwnReading = {}): Promise<OwnReading> {
  const { format } = (await entryAt(place)) === 'nothing' ? { format: 'pictures' as const } : await formatOf(place);
  const { key, header, ...others } = reading;
  return {
    ...others,
    ...(key !== undefined && takes('key', format) && { key }),
    ...(header !== undefined && takes('header', format) && { header }),
  };
}

type FormatOfPlace = Format | 'pictures' | 'cifar';

interface Found<Kind extends FormatOfPlace = FormatOfPlace> {
  readonly format: Kind;
  /** Of CIFAR-10, its files by name. */
  readonly batches: readonly string[];
}

async function formatOf(place: string): Promise<Found> {
  const kind = await entryAt(place);
  if (kind === 'nothing') throw await refused(place, { code: 'ENOENT' });
  if (kind === 'file') return { format: await formatAt(place), batches: [] };
  const batches = await cifarFiles(place);
  return { format: batches.length > 0 ? 'cifar' : 'pictures', batches };
}

async function samplesIn(
  place: string,
  { format, batches }: Found<Exclude<FormatOfPlace, 'pictures'>>,
  { key, label, header, drop, isGiven }: Asked,
): Promise<ImageStream | VectorStream> {
  switch (format) {
    case 'cifar':
      return cifarImages(place, batches);
    case 'hdf5':
      return readHdf5(place, { key, label: label ?? undefined, drop, isGiven });
    case 'zip':
      return npzImages(place, { key, label: label ?? undefined, isGiven });
    case 'npy':
      return npyImages(place);
    case 'parquet':
      return parquetVectors(place, { label, drop, isGiven });
    case 'idx':
      return idxImages(place, false);
    case 'packed idx':
      return idxImages(place, true);
    case 'text':
      return csvVectors({ file: place, bytes: () => fileBytes(place) }, { header, label, drop, isGiven });
    case 'packed text':
      return csvVectors({ file: place, bytes: () => gunzipped(place) }, { header, label, drop, isGiven });
  }
}

type Refusal = readonly [what: string, fix: string];

/** Keys that go for some formats alone, and what is said where they don't. */
const TAKEN = {
  key: {
    by: ['hdf5', 'zip'],
    refusal: (): Refusal => ['no array in it has a name', '`key` names an array in HDF5 or .npz: leave it out'],
  },
  label: {
    by: ['hdf5', 'zip', 'parquet', 'text', 'packed text'],
    refusal: (format: FormatOfPlace): Refusal => {
      if (format === 'pictures') return ['labels of a folder of images are the folders in it', 'Leave `label` out'];
      if (format === 'cifar') return ['its files have their classes', 'Leave `label` out'];
      return [
        'nothing in it has a name',
        '`label` names a column of CSV or Parquet, or an array in HDF5 or .npz: leave it out',
      ];
    },
  },
  header: {
    by: ['text', 'packed text'],
    refusal: (): Refusal => [
      'it is no CSV, and has no first line',
      '`header` says what that of a CSV is: leave it out',
    ],
  },
  drop: {
    by: ['hdf5', 'parquet', 'text', 'packed text'],
    refusal: (): Refusal => [
      'no column in it has a name',
      '`drop` names columns of CSV, Parquet or AnnData: leave it out',
    ],
  },
} satisfies Partial<
  Record<keyof OwnReading, { readonly by: readonly FormatOfPlace[]; refusal(format: FormatOfPlace): Refusal }>
>;

function takes(key: keyof typeof TAKEN, format: FormatOfPlace): boolean {
  return (TAKEN[key].by as readonly FormatOfPlace[]).includes(format);
}

function checkOfImages(place: string, { values, drop }: Pick<OwnReading, 'values' | 'drop'>): void {
  if (drop !== undefined) throw misfit(place, 'drop', 'it holds images, which have no columns', 'Leave `drop` out');
  if (values === undefined) return;
  throw misfit(place, 'values', 'it holds images, whose values are no counts', 'Leave `values` out');
}

function misfit(place: string, key: keyof OwnReading, what: string, fix: string): MisfitReading {
  return new MisfitReading({ place, key, at: 'key', what, fix });
}
