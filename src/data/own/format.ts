import { looksLikeCsv } from './csv-rows.ts';
import { bytesAt, gunzipped, startOf } from './file-bytes.ts';
import { HDF5_MAGIC } from './hdf5/hdf5-file.ts';
import { NPY_MAGIC } from './numpy/npy-header.ts';
import { PARQUET_MAGIC } from './tables/parquet-vectors.ts';
import { isNoTable, unreadable, unreadablePacked } from './unreadable.ts';

/** What a file that is read may be. Only two are read as gzip packs them. */
export type Format = 'hdf5' | 'zip' | 'npy' | 'parquet' | 'idx' | 'text' | 'packed idx' | 'packed text';

const START_BYTES = 512;
const ZIP_MAGIC = Buffer.from('PK', 'latin1');
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const IDX_MAGIC = Buffer.from([0, 0, 8]);

/** By its content. @throws SweepError DATA_CORRUPT for what isn't read, DATA_MISSING */
export async function formatAt(file: string): Promise<Format> {
  const start = await bytesAt(file, 0, START_BYTES);
  if (startsWith(start, GZIP_MAGIC)) {
    const packed = await startOf(gunzipped(file), START_BYTES);
    const format = formatOf(packed);
    if (format === 'idx' || format === 'text') return `packed ${format}`;
    throw unreadablePacked(file, packed);
  }
  const format = formatOf(start);
  if (format === undefined) throw unreadable(file, start);
  return format;
}

function formatOf(start: Buffer): Format | undefined {
  if (startsWith(start, HDF5_MAGIC)) return 'hdf5';
  if (startsWith(start, ZIP_MAGIC)) return 'zip';
  if (startsWith(start, NPY_MAGIC)) return 'npy';
  if (startsWith(start, PARQUET_MAGIC)) return 'parquet';
  if (startsWith(start, IDX_MAGIC)) return 'idx';
  return looksLikeCsv(start) && !isNoTable(start) ? 'text' : undefined;
}

function startsWith(start: Buffer, magic: Buffer): boolean {
  return start.subarray(0, magic.length).equals(magic);
}
