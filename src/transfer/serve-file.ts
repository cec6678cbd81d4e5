import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { openFile } from '../files/open-file.ts';
import { piecesOf } from '../files/pieces.ts';
import type { FileHashes } from './file-hashes.ts';
import { Refusal, wholeNumber } from './protocol.ts';

/**
 * Answers a GET with a file, or 204 where there is none. It is opened once, so that hash and bytes are of the same file
 * although another takes its place meanwhile. Throws Refusal, or what the system says of the file.
 */
export async function serveFile(
  file: string | undefined,
  { headers }: IncomingMessage,
  response: ServerResponse,
  hashes: FileHashes,
): Promise<void> {
  const opened = file === undefined ? undefined : await openIfThere(file);
  if (opened === undefined) {
    response.writeHead(204).end();
    return;
  }
  const { handle, size } = opened;
  try {
    const etag = `"${await hashes.of(handle)}"`;
    const match = headers['if-match'];
    if (match !== undefined && match !== etag) throw new Refusal(412, 'it was replaced by another');
    const from = startOf(headers.range);
    if (from !== undefined && from >= size) throw new Refusal(416, `it has ${size} bytes`);
    response.writeHead(from === undefined ? 200 : 206, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': size - (from ?? 0),
      'Accept-Ranges': 'bytes',
      ETag: etag,
      ...(from !== undefined && { 'Content-Range': `bytes ${from}-${size - 1}/${size}` }),
    });
    await pipeline(piecesOf(handle, from ?? 0, size), response);
  } finally {
    await handle.close();
  }
}

async function openIfThere(file: string): Promise<{ handle: FileHandle; size: number } | undefined> {
  try {
    return await openFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Of `bytes=N-`. Any other range is ignored, as HTTP allows: then all is sent. */
function startOf(range: string | undefined): number | undefined {
  return wholeNumber(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]);
}
