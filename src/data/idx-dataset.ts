import { createHash } from 'node:crypto';
import { SweepError } from '../errors.ts';
import type { IdxEntry, IdxRole } from './catalog.ts';
import { corrupt, readIdx, type IdxFile } from './idx.ts';

/** The checked content of a data set's files: images one after another, height × width bytes each. */
export interface IdxDataset {
  readonly train: Uint8Array<ArrayBuffer>;
  readonly test: Uint8Array<ArrayBuffer>;
  /** Hash of the uncompressed content of all files. */
  readonly fingerprint: string;
}

/**
 * Reads and checks all files of `entry`; `files` names the path for each role.
 * @throws SweepError DATA_MISSING or DATA_CORRUPT
 */
export async function readIdxDataset(entry: IdxEntry, files: Readonly<Record<string, string>>): Promise<IdxDataset> {
  const [train, test] = await Promise.all([
    readRole(entry, 'train-images', files),
    readRole(entry, 'test-images', files),
  ]);
  const fingerprint = createHash('sha256').update(`train-images ${train.sha256}\ntest-images ${test.sha256}\n`);
  return { train: train.elements, test: test.elements, fingerprint: fingerprint.digest('hex') };
}

async function readRole(entry: IdxEntry, role: IdxRole, files: Readonly<Record<string, string>>): Promise<IdxFile> {
  const path = files[role];
  if (path === undefined) throw new SweepError('DATA_MISSING', `No file is given for ${role} of ${entry.name}.`);
  const expected = entry.files[role];
  const file = await readIdx(path, [expected.images, entry.height, entry.width]);
  if (expected.sha256 !== null && file.sha256 !== expected.sha256) {
    throw corrupt(path, `the sha256 of its content is ${file.sha256}, but that of the original is ${expected.sha256}`);
  }
  return file;
}
