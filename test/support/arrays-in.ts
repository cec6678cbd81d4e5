import { readEntry, zipEntries } from '../../src/data/own/numpy/zip.ts';

/** The arrays of an archive by name, as bytes without their headers. */
export async function arraysIn(file: string): Promise<Record<string, Buffer>> {
  const arrays: Record<string, Buffer> = {};
  for (const entry of await zipEntries(file)) {
    const bytes = await whole(readEntry(file, entry));
    const text = bytes.toString('latin1', 10, 10 + bytes.readUInt16LE(8));
    arrays[entry.name.replace('.npy', '')] = bytes.subarray(10 + text.length);
  }
  return arrays;
}

export async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
