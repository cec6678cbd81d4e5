import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fetchReasonOf, messageOf, SweepError } from '../errors.ts';
import { makeFolder } from '../files/make-folder.ts';

export interface DownloadProgress {
  /** Name of the file, without its folder. */
  readonly file: string;
  readonly receivedBytes: number;
  /** Null when the server does not say. */
  readonly totalBytes: number | null;
}

export interface Download {
  /** The same file on several servers, to be tried in turn. */
  readonly urls: readonly string[];
  /** Of the file as served. */
  readonly sha256: string;
  /** Where it goes. The folder is made if need be. */
  readonly target: string;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** No server had the file: one line for each that was tried. */
export class DownloadError extends Error {
  constructor(tried: readonly string[]) {
    super(tried.join('\n'));
    this.name = 'DownloadError';
  }
}

/**
 * Fetches a file from the first server that has it. `target` appears only when it is complete, verified and on disk;
 * two processes may download it at the same time.
 * @throws DownloadError, or SweepError DATA_MISSING where the folder can't be made
 */
export async function download({ urls, sha256, target, onProgress }: Download): Promise<void> {
  makeCacheFolder(path.dirname(target));
  const tried: string[] = [];
  for (const url of urls) {
    const partial = `${target}.${randomUUID()}.part`;
    try {
      const received = await fetchTo(partial, url, (receivedBytes, totalBytes) => {
        onProgress?.({ file: path.basename(target), receivedBytes, totalBytes });
      });
      if (received !== sha256) throw new Error(`not the file expected: its sha256 is ${received}, not ${sha256}`);
      await rename(partial, target);
      return;
    } catch (error) {
      tried.push(`${url}: ${fetchReasonOf(error)}`);
      await rm(partial, { force: true });
    }
  }
  throw new DownloadError(tried);
}

function makeCacheFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new SweepError(
      'DATA_MISSING',
      `Nothing can be downloaded to ${folder}: the folder can't be made (${messageOf(cause)}). Make that possible, set ` +
        `XDG_CACHE_HOME to a folder that can be written to, or put the files into a folder DIR/${path.basename(folder)} and pass --data DIR.`,
      { cause },
    );
  }
}

/** Writes what `url` serves to a new file and returns its sha256. */
async function fetchTo(
  file: string,
  url: string,
  onProgress: (receivedBytes: number, totalBytes: number | null) => void,
): Promise<string> {
  // `identity`: otherwise a server may label the .gz file as a compressed transfer, and fetch would unpack it.
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`HTTP ${response.status} ${response.statusText}`.trimEnd());
  }
  const length = response.headers.get('content-length');
  const totalBytes = length === null ? null : Number(length);
  const hash = createHash('sha256');
  let receivedBytes = 0;
  async function* observe(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      hash.update(chunk);
      receivedBytes += chunk.length;
      onProgress(receivedBytes, totalBytes);
      yield chunk;
    }
  }
  const target = createWriteStream(file, { flags: 'wx', flush: true });
  // Not sooner: a file that is still to be opened would appear after it was removed.
  const closed = new Promise<void>((resolve) => target.once('close', resolve));
  await pipeline(response.body, observe, target).finally(() => closed);
  return hash.digest('hex');
}
