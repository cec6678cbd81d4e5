import { readFileSync } from 'node:fs';
import * as h5 from 'h5wasm/node';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openOwn } from '../../../src/data/own/open-images.ts';
import { readHdf5 } from '../../../src/data/own/hdf5/read-hdf5.ts';
import { isVectors } from '../../../src/data/own/tables/vector-stream.ts';
import type { OwnReading } from '../../../src/trial/trial.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures', 'tables');
const at = (name: string): string => path.join(FIXTURES, name);

/** What h5py, SciPy and pandas say is in them: see write-tables.py. */
const EXPECTED = JSON.parse(readFileSync(at('expected.json'), 'utf8')) as Record<string, unknown>;

async function read(place: string, reading?: OwnReading) {
  const stream = await openOwn(place, reading);
  const values: number[] = [];
  for await (const piece of stream.read()) values.push(...piece);
  const shape = isVectors(stream)
    ? [stream.rows, stream.columns]
    : [stream.images, stream.height, stream.width, stream.channels];
  const names = (isVectors(stream) ? stream.names : undefined) ?? null;
  return { shape, values, labels: (await stream.labels?.read()) ?? null, names };
}

describe('HDF5 and Parquet', () => {
  it.each(Object.keys(EXPECTED))('%s is read as its writer reads it', async (said) => {
    const [name = '', key] = said.split(' ');
    expect(await read(at(name), key === undefined ? {} : { key })).toEqual(EXPECTED[said]);
  });

  it.each<[string, OwnReading, RegExp]>([
    ['several.h5', {}, /several arrays that could be meant: lzf \(24 × 5\).*key: lzf/],
    ['several.h5', { key: 'train' }, /train is a group, not an array\. There are /],
    ['sparse.h5ad', { key: 'raw/X' }, /there is no array raw\/X in it\. There are .*X \(sparse\)(?!.*indptr)/],
    ['several.h5', { key: 'nothing' }, /there is no array nothing in it\. There are .*train\/x \(24 × 5\)/],
    ['several.h5', { key: 'half' }, /its values are float16/],
    ['several.h5', { key: 'cells' }, /its values are no plain numbers/],
    ['several.h5', { key: 'lzf' }, /it is packed by "lzf", which isn't read\. Save it by gzip/],
    [
      'several.h5',
      { key: 'train/x', values: 'counts' },
      /row 0, column 0 \(counted from 0\) is 0\.\d+, which is no count/,
    ],
    ['several.h5', { key: 'test/whole', size: [2, 2] }, /a table of numbers, which has no size/],
    ['factors.h5', { values: 'counts' }, /it holds images, whose values are no counts/],
    ['snappy.parquet', { key: 'x' }, /no array in it has a name/],
    ['refused-gap.parquet', {}, /row 7 \(counted from 0\), column double is empty\. Fill gaps/],
    ['refused-text.parquet', {}, /its column name is of string/],
    ['refused-time.parquet', {}, /its column day is of timestamp/],
    ['refused-list.parquet', {}, /its column some holds lists or records/],
    ['refused-lz4.parquet', {}, /it is packed by LZ4_RAW, which isn't read\. Save it by df\.to_parquet/],
  ])('%s as %j is refused', async (name, reading, message) => {
    await expect(read(at(name), reading)).rejects.toThrow(message);
  });

  it('a damaged HDF5 file is refused, also where the library goes round in circles', async () => {
    const place = path.join(await temporaryFolder(), 'x.h5ad');
    const whole = await readFile(at('sparse.h5ad'));
    for (const length of [0, 8, 100, 5000, whole.length - 1]) {
      await writeFile(place, whole.subarray(0, length));
      await expect(read(place)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    }
    await writeFile(place, await readFile(at('refused-circle.h5ad')));
    await expect(readHdf5(place, {}, 1000)).rejects.toThrow(/damaged: nothing came of it within 1 s/);
  });

  it.each(['snappy.parquet', 'zstd.parquet'])(
    '%s that is cut off or changed anywhere is read, or refused as damaged',
    async (name) => {
      const whole = await readFile(at(name));
      const place = path.join(await temporaryFolder(), name);
      const refused = new Set<unknown>();
      let state = 14;
      const below = (end: number): number => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) % end;
      for (let i = 0; i < 60; i++) {
        const bytes = i % 3 === 0 ? Buffer.from(whole.subarray(0, below(whole.length))) : Buffer.from(whole);
        for (let edit = 0; edit < 4 && i % 3 > 0; edit++) bytes[below(bytes.length)] = below(256);
        await writeFile(place, bytes);
        const outcome = await read(place).catch((reason: unknown) => reason);
        if (outcome instanceof Error) refused.add((outcome as { code?: unknown }).code ?? outcome.message);
      }
      expect([...refused]).toEqual(['DATA_CORRUPT']);
    },
  );
});

it('sparse rows that leave stored values out are damaged; what lies in another file is none of this one', async () => {
  const folder = await temporaryFolder();
  await h5.ready;
  const written = (name: string, fill: (file: h5.File) => void): string => {
    const place = path.join(folder, name);
    const file = new h5.File(place, 'w');
    fill(file);
    file.close();
    return place;
  };
  const sparse = (name: string, indptr: readonly number[]): string =>
    written(name, (file) => {
      const group = file.create_group('X');
      group.create_attribute('encoding-type', 'csr_matrix');
      group.create_attribute('shape', Int32Array.of(3, 3));
      group.create_dataset({ name: 'data', data: Float64Array.of(1, 2, 3, 4) });
      group.create_dataset({ name: 'indices', data: Int32Array.of(0, 2, 1, 0) });
      group.create_dataset({ name: 'indptr', data: Int32Array.from(indptr) });
    });
  expect((await read(sparse('whole.h5', [0, 2, 3, 4]), { key: 'X' })).values).toEqual([1, 0, 2, 0, 3, 0, 4, 0, 0]);
  for (const indptr of [
    [1, 2, 3, 4],
    [0, 1, 2, 3],
  ]) {
    await expect(read(sparse('damaged.h5', indptr), { key: 'X' })).rejects.toThrow(/rows contradict each other/);
  }
  written('other.h5', (file) => file.create_dataset({ name: 'x', data: Float64Array.of(1, 2, 3, 4), shape: [2, 2] }));
  const linked = written('linked.h5', (file) => file.create_external_link('other.h5', 'x', 'x'));
  await expect(read(linked)).rejects.toThrow(/no samples in it/);
  await expect(read(linked, { key: 'x' })).rejects.toThrow(/\(x\): it lies in another file, "other\.h5"/);
});
