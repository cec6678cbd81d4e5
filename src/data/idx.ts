import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { messageOf, SweepError } from '../errors.ts';

/** The content of an IDX file of unsigned bytes (format: yann.lecun.com/exdb/mnist). */
export interface IdxFile {
  /** All elements, the last dimension fastest. */
  readonly elements: Uint8Array<ArrayBuffer>;
  /** Of the uncompressed file, header included: the same however the file was compressed. */
  readonly sha256: string;
}

const UNSIGNED_BYTE = 0x08;
const GZIP_MAGIC = [0x1f, 0x8b] as const;
const inflate = promisify(gunzip);

/**
 * Reads an IDX file of unsigned bytes, gzip or plain, that must have exactly `dimensions`. Never holds more than one
 * byte beyond the expected content, whatever the file claims or unpacks to.
 * @throws SweepError DATA_MISSING if it cannot be read, DATA_CORRUPT if it is not what was expected.
 */
export async function readIdx(file: string, dimensions: readonly number[]): Promise<IdxFile> {
  const headerBytes = 4 + 4 * dimensions.length;
  const expectedBytes = headerBytes + dimensions.reduce((product, size) => product * size, 1);
  const content = await readContent(file, expectedBytes);
  checkHeader(file, content, dimensions);
  if (content.length !== expectedBytes) {
    const found = content.length < expectedBytes ? `ends at byte ${content.length}` : 'has more bytes after them';
    throw corrupt(file, `its header promises ${expectedBytes} bytes, but it ${found}`);
  }
  return {
    elements: new Uint8Array(content.buffer, content.byteOffset + headerBytes, expectedBytes - headerBytes),
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}

/** The error for a data file that is there but not what it should be. */
export function corrupt(file: string, reason: string, cause?: unknown): SweepError {
  const fix = 'Delete the file, so that it is downloaded again, or put the original in its place.';
  return new SweepError('DATA_CORRUPT', `${file} is damaged: ${reason}. ${fix}`, { cause });
}

/** The uncompressed content, cut off after `expectedBytes` + 1: enough to see that there is too much. */
async function readContent(file: string, expectedBytes: number): Promise<Buffer<ArrayBuffer>> {
  const raw = await readFile(file).catch((error: unknown) => {
    throw new SweepError('DATA_MISSING', `Cannot read ${file}: ${messageOf(error)}.`, { cause: error });
  });
  if (raw[0] !== GZIP_MAGIC[0] || raw[1] !== GZIP_MAGIC[1]) return raw;
  try {
    // One output chunk of the right size: no copy, and a single trip to the thread pool.
    const options = { chunkSize: Math.max(64, expectedBytes + 1), maxOutputLength: expectedBytes + 1 };
    return await inflate(raw, options);
  } catch (error) {
    if (error instanceof RangeError) throw corrupt(file, `it unpacks to more than ${expectedBytes} bytes`, error);
    throw corrupt(file, `gzip cannot unpack it (${messageOf(error)})`, error);
  }
}

function checkHeader(file: string, content: Buffer, dimensions: readonly number[]): void {
  const expected = `an IDX file of unsigned bytes, ${dimensions.join(' × ')}`;
  const magic = Buffer.from([0, 0, UNSIGNED_BYTE, dimensions.length]);
  if (!content.subarray(0, 4).equals(magic)) {
    const found = content.length === 0 ? 'it is empty' : `it starts with 0x${content.toString('hex', 0, 4)}`;
    throw corrupt(file, `expected ${expected} (0x${magic.toString('hex')}), but ${found}`);
  }
  if (content.length < 4 + 4 * dimensions.length) {
    throw corrupt(file, `expected ${expected}, but it ends at byte ${content.length}, within its header`);
  }
  const found = dimensions.map((_, axis) => content.readUInt32BE(4 + 4 * axis));
  if (found.some((size, axis) => size !== dimensions[axis])) {
    throw corrupt(file, `expected ${expected}, but its header says ${found.join(' × ')}`);
  }
}
