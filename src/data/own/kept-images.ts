import path from 'node:path';
import { messageOf, SweepError } from '../../errors.ts';
import { formatCount } from '../../text/format-number.ts';
import type { DatasetSettings, OwnImages } from '../../trial/trial.ts';
import type { DatasetSource } from '../source.ts';
import { userCache } from '../user-cache.ts';
import { makeImageFile, openImageFile, type KeptImages } from './image-file.ts';
import { MOST_BYTES_IN_MEMORY } from './image-stream.ts';
import { openImages } from './open-images.ts';

/** More bytes of images than this aren't held by each process that needs them, but read from one file. */
const MOST_BYTES_HELD = 2 ** 27;

export interface Keeping {
  /** Where the file lies; by default the user's cache folder. */
  readonly cacheDir?: string | undefined;
  /** More bytes than this are kept in a file. */
  readonly mostHeld?: number | undefined;
  /** Told why images that are to be kept are held in memory after all. */
  readonly onTrouble?: ((why: string) => void) | undefined;
}

/**
 * A user's own images in a file that all processes of this machine read from; made, if it isn't here. Undefined where
 * each process is to hold them in memory: where they are few, no images, or can't be kept.
 * @throws SweepError DATA_MISSING, DATA_CORRUPT, DATA_CHANGED, and DATA_MISSING where memory is no place for them either
 */
export async function keptImages(
  { own }: Pick<DatasetSettings, 'own'>,
  { files }: Pick<DatasetSource, 'files'>,
  { cacheDir = userCache(), mostHeld = MOST_BYTES_HELD, onTrouble }: Keeping = {},
): Promise<KeptImages | undefined> {
  if (own === undefined || own.isReal || bytesOf(own) <= mostHeld) return undefined;
  const folder = path.join(cacheDir, 'images');
  const kept = await openImageFile(folder, own);
  if (kept !== undefined) return kept;
  const place = files['images'] ?? own.path;
  const stream = await openImages(place, own.reading);
  try {
    return await makeImageFile(folder, { ...own, path: place }, stream);
  } catch (error) {
    if (error instanceof SweepError) throw error;
    const why = `${formatCount(Math.ceil(bytesOf(own) / 1e6))} MB of images can't be kept in ${folder}: ${messageOf(error)}`;
    if (bytesOf(own) > MOST_BYTES_IN_MEMORY) {
      const fix = 'Make room there, or name another cache folder: XDG_CACHE_HOME=DIR';
      throw new SweepError('DATA_MISSING', `${why}. They are too many for memory. ${fix}.`, { cause: error });
    }
    onTrouble?.(`${why}; each device process holds them in memory`);
    return undefined;
  }
}

/** A byte a value. */
function bytesOf({ images, height, width, channels }: OwnImages): number {
  return images * height * width * channels;
}
