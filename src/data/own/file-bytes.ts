import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';
import { pipeline } from 'node:stream';
import { openFile } from '../../files/open-file.ts';
import { refused } from '../refusal.ts';
import { unusable } from './unusable.ts';

/** The bytes of a file from `start` on, up to `end` (not included), in pieces. @throws SweepError DATA_MISSING */
export async function* fileBytes(file: string, start = 0, end = Infinity): AsyncGenerator<Buffer> {
  if (end <= start) return;
  const { handle } = await openFile(file).catch(async (error: unknown) => {
    throw await refused(file, error);
  });
  try {
    // The handle is ours: a file that is exchanged meanwhile is not read in part.
    yield* handle.createReadStream({ start, end: end - 1, autoClose: false }) as AsyncIterable<Buffer>;
  } finally {
    await handle.close();
  }
}

/** At most `length` bytes of a file from `start` on. @throws SweepError DATA_MISSING */
export async function bytesAt(file: string, start: number, length: number): Promise<Buffer> {
  const { handle, size } = await openFile(file).catch(async (error: unknown) => {
    throw await refused(file, error);
  });
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - start)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/** The size of a file. @throws SweepError DATA_MISSING */
export async function fileSize(file: string): Promise<number> {
  const { handle, size } = await openFile(file).catch(async (error: unknown) => {
    throw await refused(file, error);
  });
  await handle.close();
  return size;
}

/** What gzip packed in a file. Unpacks no more than is asked for. @throws SweepError DATA_MISSING, DATA_CORRUPT */
export async function* gunzipped(file: string): AsyncGenerator<Buffer> {
  try {
    yield* through(fileBytes(file), createGunzip());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!String(code).startsWith('Z_')) throw error;
    const what = code === 'Z_BUF_ERROR' ? 'it is cut off: its compressed data end too soon' : "gzip can't unpack it";
    throw unusable(file, what, 'Save or copy it again');
  }
}

/** What deflate packed there. */
export function inflated(file: string, start: number, end: number): AsyncGenerator<Buffer> {
  return through(fileBytes(file, start, end), createInflateRaw());
}

async function* through(source: AsyncIterable<Buffer>, unpack: Gunzip | InflateRaw): AsyncGenerator<Buffer> {
  // Errors of both arrive where `unpack` is read.
  pipeline(source, unpack, () => undefined);
  yield* unpack as AsyncIterable<Buffer>;
}

/** The first `length` bytes of a stream, or all that there are; the rest isn't read. */
export async function startOf(stream: AsyncIterable<Buffer>, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}

/** All of a stream but its first bytes. */
export async function* withoutStart(stream: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let skipped = 0;
  for await (const chunk of stream) {
    const skip = Math.min(chunk.length, bytes - skipped);
    skipped += skip;
    if (skip < chunk.length) yield chunk.subarray(skip);
  }
}
