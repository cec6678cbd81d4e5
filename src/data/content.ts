import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { refused } from './refusal.ts';

/** The content of a data file, unpacked if it was compressed. */
export interface Content {
  /** Cut off one byte after the limit: enough to see that there is more. */
  readonly bytes: Buffer<ArrayBuffer>;
  /** Why not all of it could be unpacked; undefined for whole files. */
  readonly trouble?: string;
}

const inflate = promisify(gunzip);

/**
 * Reads a file, gzip or plain whatever its name says. Never holds more than one byte beyond `limit` of its content,
 * whatever the file claims or unpacks to.
 * @throws SweepError DATA_MISSING if it can't be read
 */
export async function readContent(file: string, limit: number): Promise<Content> {
  const raw = await readFile(file).catch(async (error: unknown) => {
    throw await refused(file, error);
  });
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return { bytes: raw.subarray(0, limit + 1) };
  // One output chunk of the right size: no copy, and a single trip to the thread pool.
  const options = { chunkSize: Math.max(64, limit + 1), maxOutputLength: limit + 1 };
  try {
    return { bytes: await inflate(raw, options) };
  } catch (error) {
    return unpackStart(raw, limit, error);
  }
}

/** Of a file that gzip refuses, or that unpacks to more than the limit: its first bytes, to tell what it is. */
async function unpackStart(raw: Buffer, limit: number, error: unknown): Promise<Content> {
  if (error instanceof RangeError)
    return { bytes: await firstBytes(raw), trouble: `it unpacks to more than ${limit.toLocaleString('en')} bytes` };
  const isCut = (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  return {
    bytes: await firstBytes(raw).catch(() => Buffer.alloc(0)),
    trouble: isCut
      ? `it is cut off: its compressed data end too soon, after ${raw.length.toLocaleString('en')} bytes`
      : `gzip can't unpack it (${error instanceof Error ? error.message : String(error)})`,
  };
}

/** Unpacks the beginning of the compressed file alone, which is of a bounded size. */
async function firstBytes(raw: Buffer): Promise<Buffer<ArrayBuffer>> {
  return inflate(raw.subarray(0, 1024), { finishFlush: constants.Z_SYNC_FLUSH });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
