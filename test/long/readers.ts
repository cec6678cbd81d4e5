/**
 * Every reader of images, tables and labels against the same data written by NumPy, h5py, pandas and Pillow: equal to the byte. Then what is
 * broken, lies or is unusual (hostile.py): read rightly, or refused in words that fit, in bounded memory. `npm run test:readers`;
 * needs Debian's python3-numpy, python3-scipy, python3-pandas, python3-h5py and python3-pil, and pyarrow for Parquet.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openOwn } from '../../src/data/own/open-images.ts';
import { isVectors } from '../../src/data/own/tables/vector-stream.ts';
import { SweepError } from '../../src/errors.ts';
import { note } from './checks.ts';
import { PEER_PYTHON } from '../bench/peer-process.ts';
import type { OwnReading } from '../../src/trial/trial.ts';

interface Expected {
  readonly path: string;
  readonly shape: readonly number[];
  readonly sha256: string;
  readonly labels: readonly string[] | null;
  readonly reading: OwnReading | null;
}

/** What is to come of a file of hostile.py: `refused` are words of the error, any where it is empty; `either`: that or its content. */
type Hostile = Pick<Expected, 'path' | 'reading'> &
  ({ readonly refused: string } | { readonly either: true } | Omit<Expected, 'path' | 'reading'>);

/** What a file of a few kilobytes may take, beyond what lies there already. */
const MOST_GROWN_MB = 400;

async function contentOf(place: string, reading: OwnReading | null) {
  const stream = await openOwn(place, reading ?? {});
  const sha256 = createHash('sha256');
  for await (const piece of stream.read()) sha256.update(piece);
  return {
    shape: isVectors(stream)
      ? [stream.rows, stream.columns]
      : [stream.images, stream.height, stream.width, stream.channels],
    sha256: sha256.digest('hex'),
    labels: (await stream.labels?.read()) ?? null,
  };
}

/** What is wrong with what came of it; undefined where nothing is. */
async function faultOf(place: string, reading: OwnReading | null, wanted: Hostile): Promise<string | undefined> {
  try {
    const found = await contentOf(place, reading);
    if ('either' in wanted) return undefined;
    if ('refused' in wanted) return `READ as ${JSON.stringify(found.shape)}`;
    const { shape, sha256, labels } = wanted;
    return isDeepStrictEqual(found, { shape, sha256, labels }) ? undefined : `OTHER ${JSON.stringify(found)}`;
  } catch (error) {
    if (!(error instanceof SweepError) || !error.code.startsWith('DATA_')) return `CRASHED ${String(error)}`;
    if ('either' in wanted || ('refused' in wanted && error.message.includes(wanted.refused))) return undefined;
    return `REFUSED ${error.message}`;
  }
}

async function hostileFaults(place: string): Promise<number> {
  mkdirSync(place);
  execFileSync(PEER_PYTHON, [path.join(import.meta.dirname, 'hostile.py'), place], { stdio: 'inherit' });
  const all = JSON.parse(readFileSync(path.join(place, 'hostile.json'), 'utf8')) as Hostile[];
  let faults = 0;
  for (const one of all) {
    const before = process.memoryUsage.rss();
    const fault = await faultOf(path.join(place, one.path), one.reading, one);
    const grown = Math.round((process.memoryUsage.rss() - before) / 1e6);
    if (fault === undefined && grown <= MOST_GROWN_MB) continue;
    faults++;
    note(`${fault ?? `took ${grown} MB`}  ${one.path}`);
  }
  note(`${all.length - faults} of ${all.length} hostile files read rightly, or refused in words that fit`);
  return faults;
}

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-readers-'));
try {
  execFileSync(PEER_PYTHON, [path.join(import.meta.dirname, 'readers.py'), folder], { stdio: 'inherit' });
  const all = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Expected[];
  let wrong = 0;
  for (const { path: place, reading, ...expected } of all) {
    const found = await contentOf(path.join(folder, place), reading);
    const differing = (['shape', 'sha256', 'labels'] as const).filter(
      (key) => !isDeepStrictEqual(found[key], expected[key]),
    );
    if (differing.length > 0) wrong++;
    const name = reading === null ? place : `${place} ${JSON.stringify(reading)}`;
    note(`${differing.length === 0 ? 'equal' : `OTHER ${differing.join(', ')}`}  ${name}`);
  }
  note(`${all.length - wrong} of ${all.length} equal to the byte`);
  const faults = await hostileFaults(path.join(folder, 'hostile'));
  process.exitCode = wrong + faults === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
