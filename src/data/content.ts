import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants as zlib, gunzip } from 'node:zlib';
import { freeArrays } from '../free-arrays.ts';
import { formatCount } from '../text/format-number.ts';
import { openFile } from '../files/open-file.ts';
import { refused } from './refusal.ts';

/** The content of a data file, unpacked if it was compressed. */
export interface FileContent {
  /** Cut off one byte after the limit: enough to see that there is more. */
  readonly bytes: Buffer<ArrayBuffer>;
  /** Why not all of it could be unpacked; undefined for whole files. */
  readonly trouble?: string;
}

const inflate = promisify(gunzip);

/**
 * Reads a file, gzip or plain whatever its name says. Never holds more than one byte beyond `limit` of its content,
 * whatever the file claims, is or unpacks to.
 * @throws SweepError DATA_MISSING if it can't be read
 */
export async function readContent(file: string, limit: number): Promise<FileContent> {
  const largest = limit + PACKING_BYTES;
  const raw = await readStart(file, largest).catch(async (error: unknown) => {
    throw await refused(file, error);
  });
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return { bytes: raw.subarray(0, limit + 1) };
  // One output chunk of the right size: no copy, and a single trip to the thread pool.
  const options = { chunkSize: Math.max(64, limit + 1), maxOutputLength: limit + 1 };
  try {
    const bytes = await inflate(raw, options);
    freeArrays({ raw });
    return { bytes };
  } catch (error) {
    return unpackStart(raw, { limit, largest }, error);
  }
}

/** What a header and content that gzip can't make smaller may add to it. */
const PACKING_BYTES = 1e5;

/** All of a file of at most `largest` bytes, or its start. */
async function readStart(file: string, largest: number): Promise<Buffer<ArrayBuffer>> {
  const { handle, size } = await openFile(file);
  try {
    const start = Buffer.allocUnsafeSlow(Math.min(size, largest) + 1);
    let length = 0;
    while (length < start.length) {
      const { bytesRead } = await handle.read(start, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return start.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** Of a file that gzip refuses, or that unpacks to more than the limit: its first bytes, to tell what it is. */
async function unpackStart(
  raw: Buffer,
  { limit, largest }: { readonly limit: number; readonly largest: number },
  error: unknown,
): Promise<FileContent> {
  const bytes = await firstBytes(raw).catch(() => Buffer.alloc(0));
  if (error instanceof RangeError) return { bytes, trouble: `it unpacks to more than ${formatCount(limit)} bytes` };
  if (raw.length > largest) return { bytes, trouble: `it is too long, with more than ${formatCount(largest)} bytes` };
  const isCut = (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  return {
    bytes,
    trouble: isCut
      ? `it is cut off: its compressed data end too soon, after ${formatCount(raw.length)} bytes`
      : `gzip can't unpack it (${error instanceof Error ? error.message : String(error)})`,
  };
}

/** Unpacks the beginning of the compressed file alone, which is of a bounded size. */
async function firstBytes(raw: Buffer): Promise<Buffer<ArrayBuffer>> {
  return inflate(raw.subarray(0, 1024), { finishFlush: zlib.Z_SYNC_FLUSH });
}

/** Whether all bytes are the same. By one comparison of the bytes with themselves a place further: of 47 MB in milliseconds. */
export function isConstant(bytes: Buffer): boolean {
  return bytes.subarray(1).equals(bytes.subarray(0, -1));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
