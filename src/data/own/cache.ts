import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../../files/atomic-file.ts';
import type { ImageFacts } from './examine.ts';

/** Raise where other facts are found of the same files. */
const VERSION = 7;

/**
 * What was found of the images at a place while they were in this state; undefined where that isn't known. Whoever trains holds
 * the images to their fingerprint as it reads them, many of them as it writes their file (image-file.ts): a wrong cache stops a
 * sweep, and never misleads it.
 */
export async function rememberedFacts(cache: string, place: string, state: string): Promise<ImageFacts | undefined> {
  try {
    const kept = JSON.parse(await readFile(fileOf(cache, place), 'utf8')) as Kept;
    return kept.version === VERSION && kept.place === place && kept.state === state ? kept.facts : undefined;
  } catch {
    return undefined;
  }
}

interface Kept {
  readonly version: number;
  readonly place: string;
  readonly state: string;
  readonly facts: ImageFacts;
}

/** Nothing where the cache can't be written: then all is read again the next time. */
export async function rememberFacts(cache: string, place: string, state: string, facts: ImageFacts): Promise<void> {
  const kept: Kept = { version: VERSION, place, state, facts };
  const file = fileOf(cache, place);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFileAtomically(file, [Buffer.from(`${JSON.stringify(kept)}\n`)]);
  } catch {
    // Of no use to tell: nothing is lost but time.
  }
}

function fileOf(cache: string, place: string): string {
  return path.join(cache, 'own', `${createHash('sha256').update(place).digest('hex').slice(0, 24)}.json`);
}
