import { writeFileSync } from 'node:fs';
import { npzEntry, type NpyArray } from '../../src/data/npz-writer.ts';
import { readEntry, zipEntries } from '../../src/data/own/numpy/zip.ts';
import { zipChunks } from '../../src/files/zip-writer.ts';

export async function writeNpz(file: string, ...arrays: NpyArray[]): Promise<void> {
  const chunks = [];
  for await (const chunk of zipChunks(arrays.map(npzEntry))) chunks.push(chunk);
  writeFileSync(file, Buffer.concat(chunks));
}

/** An array of an archive, without its header. */
export async function arrayIn(file: string, name: string): Promise<Buffer> {
  const entry = (await zipEntries(file)).find((one) => one.name === `${name}.npy`)!;
  const chunks = [];
  for await (const chunk of readEntry(file, entry)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return bytes.subarray(10 + bytes.readUInt16LE(8));
}
