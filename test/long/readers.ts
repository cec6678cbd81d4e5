/**
 * Every reader of images, tables and labels against the same data written by NumPy, h5py, pandas and Pillow: equal to the byte. `npm run test:readers`;
 * needs Debian's python3-numpy, python3-scipy, python3-pandas, python3-h5py and python3-pil, and pyarrow for Parquet.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openOwn } from '../../src/data/own/open-images.ts';
import { isVectors } from '../../src/data/own/vector-stream.ts';
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

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-readers-'));
try {
  execFileSync(PEER_PYTHON, [path.join(import.meta.dirname, 'readers.py'), folder], { stdio: 'inherit' });
  const all = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Expected[];
  let wrong = 0;
  for (const { path: place, reading, ...expected } of all) {
    const stream = await openOwn(path.join(folder, place), reading ?? {});
    const sha256 = createHash('sha256');
    for await (const piece of stream.read()) sha256.update(piece);
    const { labels } = stream;
    const found = {
      shape: isVectors(stream)
        ? [stream.rows, stream.columns]
        : [stream.images, stream.height, stream.width, stream.channels],
      sha256: sha256.digest('hex'),
      labels: (await labels?.read()) ?? null,
    };
    const differing = (['shape', 'sha256', 'labels'] as const).filter(
      (key) => !isDeepStrictEqual(found[key], expected[key]),
    );
    if (differing.length > 0) wrong++;
    const name = reading === null ? place : `${place} ${JSON.stringify(reading)}`;
    note(`${differing.length === 0 ? 'equal' : `OTHER ${differing.join(', ')}`}  ${name}`);
  }
  note(`${all.length - wrong} of ${all.length} equal to the byte`);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
