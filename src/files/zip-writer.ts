/**
 * A zip archive as a stream, its entries stored as they are: what NumPy's `.npz` is. How long an entry is must be known
 * when it begins; its checksum follows it. Format: APPNOTE 6.3.10 (pkware.com/appnote), without its 64-bit part.
 */
import { crc32 } from 'node:zlib';

export interface StoredEntry {
  readonly name: string;
  readonly bytes: number;
  /** Exactly so many bytes. */
  readonly read: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** An archive of this size or more needs 64 bits. */
export const MOST_ARCHIVE_BYTES = 2 ** 32 - 1;

const VERSION = 20;
/** The checksum comes after the data; names are UTF-8. */
const FLAGS = 0x0808;
/** 1 January 1980, so that equal contents are equal files. */
const DATE = 0x0021;

/** Of the whole archive. */
export function archiveBytes(entries: readonly StoredEntry[]): number {
  return entries.reduce((sum, { name, bytes }) => sum + bytes + 2 * Buffer.byteLength(name) + 30 + 16 + 46, 22);
}

/** @throws Error for an entry that is longer or shorter than it said */
export async function* zipChunks(entries: readonly StoredEntry[]): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, read } of entries) {
    const header = localHeader(name, bytes);
    yield header;
    let [crc, written] = [0, 0];
    for await (const chunk of read()) {
      crc = crc32(chunk, crc);
      written += chunk.length;
      yield chunk;
    }
    if (written !== bytes) throw new Error(`${name} is ${written} bytes long, and said ${bytes}`);
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt32LE(0x08074b50, 0);
    descriptor.writeUInt32LE(crc, 4);
    descriptor.writeUInt32LE(bytes, 8);
    descriptor.writeUInt32LE(bytes, 12);
    yield descriptor;
    directory.push(directoryEntry(name, bytes, crc, at));
    at += header.length + bytes + descriptor.length;
  }
  yield Buffer.concat([...directory, endOf(directory, at)]);
}

function localHeader(name: string, bytes: number): Buffer {
  const text = Buffer.from(name);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt32LE(bytes, 18);
  header.writeUInt32LE(bytes, 22);
  header.writeUInt16LE(text.length, 26);
  return Buffer.concat([header, text]);
}

function directoryEntry(name: string, bytes: number, crc: number, at: number): Buffer {
  const text = Buffer.from(name);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(VERSION, 4);
  entry.writeUInt16LE(VERSION, 6);
  entry.writeUInt16LE(FLAGS, 8);
  entry.writeUInt16LE(DATE, 14);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(bytes, 20);
  entry.writeUInt32LE(bytes, 24);
  entry.writeUInt16LE(text.length, 28);
  entry.writeUInt32LE(at, 42);
  return Buffer.concat([entry, text]);
}

function endOf(directory: readonly Buffer[], at: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  );
  end.writeUInt32LE(at, 16);
  return end;
}
