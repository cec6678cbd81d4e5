/**
 * What of zip archives `.npz` needs: their directory, and one entry at a time as a stream that is as long as it says, or an
 * error. Not by a library: those that are kept hold all of an entry in memory, or are more code than this.
 * Format: APPNOTE 6.3.10 (pkware.com/appnote). Archives over 4 GiB (zip64) are refused.
 */
import { crc32 } from 'node:zlib';
import { formatCount } from '../../../text/format-number.ts';
import { bytesAt, fileBytes, fileSize, inflated } from '../file-bytes.ts';
import { unusable } from '../unusable.ts';

export interface ZipEntry {
  readonly name: string;
  readonly isPacked: boolean;
  readonly crc: number;
  /** In the archive. */
  readonly packedBytes: number;
  /** Unpacked. */
  readonly bytes: number;
  readonly headerAt: number;
}

const END_BYTES = 22;
const MOST_COMMENT_BYTES = 65_535;
/** Each takes an `open`, and may name the same bytes as another. */
const MOST_ENTRIES = 100;

/** Of the archive, in its order. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function zipEntries(file: string): Promise<ZipEntry[]> {
  const size = await fileSize(file);
  const tailAt = Math.max(0, size - END_BYTES - MOST_COMMENT_BYTES);
  const tail = await bytesAt(file, tailAt, size - tailAt);
  const end = tail.lastIndexOf('PK\x05\x06', tail.length - END_BYTES, 'latin1');
  if (end < 0) throw damaged(file, 'it is cut off: the directory at its end is missing');
  const [entries, bytes, start] = [
    tail.readUInt16LE(end + 10),
    tail.readUInt32LE(end + 12),
    tail.readUInt32LE(end + 16),
  ];
  if (entries === 0xffff || bytes === 0xffffffff || start === 0xffffffff) throw tooLarge(file);
  if (entries > MOST_ENTRIES) {
    const fix = `Of arrays at most ${MOST_ENTRIES} are looked at; if they are pictures, unpack it, and name the folder`;
    throw unusable(file, `it is an archive of ${formatCount(entries)} files`, fix);
  }
  if (start + bytes > tailAt + end) throw damaged(file, 'the directory at its end is none');
  return entriesIn(file, await bytesAt(file, start, bytes), entries);
}

function entriesIn(file: string, directory: Buffer, count: number): ZipEntry[] {
  let at = 0;
  return Array.from({ length: count }, () => {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) {
      throw damaged(file, 'the directory at its end is none');
    }
    const names = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + names);
    const [flags, method] = [directory.readUInt16LE(at + 8), directory.readUInt16LE(at + 10)];
    const [packedBytes, bytes] = [directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 24)];
    const headerAt = directory.readUInt32LE(at + 42);
    if ([packedBytes, bytes, headerAt].includes(0xffffffff)) throw tooLarge(file);
    const isPacked = method === 8;
    if ((flags & 1) !== 0 || (method !== 0 && method !== 8)) {
      const how = (flags & 1) !== 0 ? 'encrypted' : `packed by method ${method}`;
      throw unusable(file, `${JSON.stringify(name)} in it is ${how}`, 'Save it with np.savez or np.savez_compressed');
    }
    if (!isPacked && packedBytes !== bytes) throw damaged(file, `two sizes are given of ${JSON.stringify(name)} in it`);
    const entry = { name, isPacked, crc: directory.readUInt32LE(at + 16), packedBytes, bytes, headerAt };
    at += 46 + names + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    return entry;
  });
}

/** Its content, no longer than it says it is. @throws SweepError DATA_CORRUPT at its end where that is another, DATA_MISSING */
export async function* readEntry(file: string, entry: ZipEntry): AsyncGenerator<Buffer> {
  const { name, headerAt, packedBytes } = entry;
  const header = await bytesAt(file, headerAt, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) {
    throw damaged(file, `${JSON.stringify(name)} is not where its directory says`);
  }
  const start = headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const end = start + packedBytes;
  const stream = entry.isPacked ? inflated(file, start, end) : fileBytes(file, start, end);
  let [crc, bytes] = [0, 0];
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > entry.bytes) throw damaged(file, `${JSON.stringify(name)} in it is longer than it says`);
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (!code.startsWith('Z_')) throw error;
    throw damaged(file, `${JSON.stringify(name)} in it can't be unpacked`);
  }
  if (bytes < entry.bytes) throw damaged(file, `${JSON.stringify(name)} in it is shorter than it says`);
  if (crc !== entry.crc)
    throw damaged(file, `${JSON.stringify(name)} in it has another checksum than its directory says`);
}

function damaged(file: string, what: string): Error {
  return unusable(file, `the archive is damaged: ${what}`, 'Save or copy it again');
}

function tooLarge(file: string): Error {
  return unusable(file, 'it is an archive of 4 GiB or more', 'Save the images alone: np.save(FILE.npy, x)');
}
