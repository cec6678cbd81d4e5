/**
 * Every reader of images and labels against the same data written by NumPy and Pillow: equal to the byte. `npm run test:readers`;
 * needs Debian's python3-numpy and python3-pil.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openImages } from '../../src/data/own/open-images.ts';
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
    const stream = await openImages(path.join(folder, place), reading ?? {});
    const sha256 = createHash('sha256');
    for await (const piece of stream.read()) sha256.update(piece);
    const { images, height, width, channels, labels } = stream;
    const found = {
      shape: [images, height, width, channels],
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
