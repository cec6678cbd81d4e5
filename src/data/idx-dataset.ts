import { SweepError } from '../errors.ts';
import { CATALOG, idxBytes, roleOf, type CatalogEntry, type IdxEntry, type IdxRole } from './catalog.ts';
import { readContent, sha256 } from './content.ts';
import { wrongContent } from './wrong-content.ts';

/** The checked content of a data set's files: images one after another, height × width bytes each. */
export interface IdxDataset {
  readonly train: Uint8Array<ArrayBuffer>;
  readonly test: Uint8Array<ArrayBuffer>;
}

/**
 * Reads all files of `entry`, which must hold what the publisher's do; `files` names the path for each role.
 * @throws SweepError DATA_MISSING or DATA_CORRUPT
 */
export async function readIdxDataset(
  entry: IdxEntry,
  files: Readonly<Record<string, string>>,
  catalog: readonly CatalogEntry[] = CATALOG,
): Promise<IdxDataset> {
  const read = async (role: IdxRole): Promise<Uint8Array<ArrayBuffer>> => {
    const file = files[role];
    if (file === undefined) throw new SweepError('DATA_MISSING', `No file is given for ${roleOf(role, entry)}.`);
    const { bytes } = await readContent(file, idxBytes(entry, role));
    if (sha256(bytes) !== entry.files[role].sha256) throw await wrongContent(entry, role, files, catalog);
    const pixels = entry.files[role].images * entry.height * entry.width;
    return new Uint8Array(bytes.buffer, bytes.byteOffset + bytes.length - pixels, pixels);
  };
  const [train, test] = await Promise.allSettled([read('train-images'), read('test-images')]);
  if (train.status === 'rejected') throw train.reason;
  if (test.status === 'rejected') throw test.reason;
  return { train: train.value, test: test.value };
}
