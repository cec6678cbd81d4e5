/** Labels that a spec names, `label: NAME`, whatever they are called. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { textArray, type NpyArray } from '../../../src/data/npz-writer.ts';
import { examineImages } from '../../../src/data/own/examine.ts';
import { examineOwn } from '../../../src/data/own/examine-own.ts';
import { openOwn } from '../../../src/data/own/open-images.ts';
import { isVectors } from '../../../src/data/own/tables/vector-stream.ts';
import type { OwnReading } from '../../../src/trial/trial.ts';
import { writeNpz } from '../../cli/npz-files.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const at = (name: string): string => path.join(FIXTURES, name);
const KINDS = ['setosa', 'virginica'];
const kindOf = (row: number): string => KINDS[row % 2]!;

/** A text column, and one called `label` that is a number: without a name the latter holds the labels. */
async function irises(rows: number, species = kindOf): Promise<string> {
  const file = path.join(await temporaryFolder(), 'iris.csv');
  const lines = Array.from({ length: rows }, (_, row) => `${row / 8},${species(row)},${row % 3}`);
  await writeFile(file, ['length,species,label', ...lines].join('\n'));
  return file;
}

async function opened(place: string, reading: OwnReading) {
  const stream = await openOwn(place, reading);
  return {
    names: isVectors(stream) ? stream.names : undefined,
    columns: isVectors(stream) ? stream.columns : undefined,
    from: stream.labels?.from,
    labels: await stream.labels?.read(),
  };
}

describe('a named column or array holds the labels', () => {
  it('of CSV, and is no input; another that is called `label` is one', async () => {
    const file = await irises(20);
    const labels = Array.from({ length: 20 }, (_, row) => kindOf(row));
    expect(await opened(file, { label: 'species' })).toEqual({
      ...{ names: ['length', 'label'], columns: 2 },
      ...{ from: 'the column species', labels },
    });
    // What is trained on is another table where another column is chosen, and known as such.
    const numbers = await irises(20, (row) => String(row % 2));
    const [bySpecies, byLabel, asEver] = await Promise.all(
      [{ label: 'species' }, { label: 'label' }, undefined].map(
        async (reading) => (await examineImages(numbers, { reading, cacheDir: await temporaryFolder() })).fingerprint,
      ),
    );
    expect(byLabel).toBe(asEver);
    expect(bySpecies).not.toBe(asEver);
  });

  it('of Parquet', async () => {
    const usual = await opened(at('tables/snappy.parquet'), {});
    const named = await opened(at('tables/snappy.parquet'), { label: 'label' });
    expect(named).toEqual(usual);
    const { names, labels, from } = await opened(at('tables/index.parquet'), { label: 'long' });
    expect({ names, from }).toEqual({ names: ['double'], from: 'the column long' });
    expect(labels).toHaveLength(24);
  });

  it('of an .npz, before one that is called as usual', async () => {
    const file = path.join(await temporaryFolder(), 'x.npz');
    const rows: NpyArray = {
      ...{ name: 'rows', type: '<f4', shape: [6, 2] },
      read: () => [new Uint8Array(Float32Array.from({ length: 12 }, (_, i) => i).buffer)],
    };
    await writeNpz(
      file,
      rows,
      textArray('label', 6, () => 'x'),
      textArray('species', 6, kindOf),
    );
    expect((await opened(file, {})).from).toBe('the array label');
    expect(await opened(file, { label: 'species' })).toMatchObject({
      from: 'the array species',
      labels: [0, 1, 2, 3, 4, 5].map(kindOf),
    });
    await expect(openOwn(file, { label: 'kind' })).rejects.toThrow(
      /no array in it that could be labels is called kind\. There are label, species\.$/,
    );
    await expect(openOwn(file, { label: 'rows' })).rejects.toThrow();
  });

  it('of HDF5, and of AnnData by the name that it has in `obs`', async () => {
    const usual = await opened(at('tables/sparse.h5ad'), {});
    for (const [name, label] of [
      ['sparse.h5ad', 'cell_type'],
      ['dense.h5ad', 'obs/cell_type'],
    ] as const) {
      expect((await opened(at(`tables/${name}`), { label })).labels).toEqual(usual.labels);
    }
    const { from, labels } = await opened(at('tables/several.h5'), { key: 'train/x', label: 'test/whole' });
    expect(from).toBe('the array test/whole, 2 factors each');
    expect(labels).toHaveLength(24);
  });
});

describe('a name that is no use is an error that says what is', () => {
  it.each<[string, OwnReading, RegExp]>([
    [
      'tables/index.parquet',
      { label: 'x' },
      /no column in it that could be labels is called x\. There are .*double, long/,
    ],
    [
      'tables/dense.h5ad',
      { label: 'x' },
      /no array in it that could be labels is called x\. There is obs\/cell_type\.$/,
    ],
    ['tables/sparse.h5ad', { label: 'x' }, /is called x\. There is obs\/cell_type\.$/],
    ['float32.npy', { label: 'x' }, /nothing in it has a name\. `label` names a column/],
    ['grey.idx', { label: 'x' }, /nothing in it has a name\. `label` names a column/],
    ['grey.idx.gz', { label: 'x' }, /nothing in it has a name\. `label` names a column/],
    ['faces', { label: 'x' }, /labels of a folder of images are the folders in it\. Leave `label` out/],
  ])('%s as %j', async (name, reading, message) => {
    await expect(openOwn(at(name), reading)).rejects.toThrow(message);
  });

  it('CSV without names, and without that one', async () => {
    const file = await irises(20);
    await expect(openOwn(file, { label: 'kind' })).rejects.toThrow(
      /is called kind\. There are length, species, label\.$/,
    );
    await writeFile(file, '1,2\n3,4\n5,7\n');
    await expect(openOwn(file, { label: 'kind' })).rejects.toThrow(
      /its first line is read as a row, so that no column has a name\. If it names them, say `header: true`/,
    );
  });

  it('a module', async () => {
    const file = path.join(await temporaryFolder(), 'my-data.ts');
    await writeFile(file, 'throw new Error("run")');
    await expect(examineOwn(file, { reading: { label: 'x' } })).rejects.toThrow(/a module names no columns/);
  });

  it.each([
    [20, 11, false],
    [20, 10, true],
    [2002, 1001, false],
    [2002, 1000, true],
  ])('%i rows of %i different values: taken as labels is %s', async (rows, different, isGood) => {
    const file = await irises(rows, (row) => `k${row % different}`);
    const examined = examineImages(file, { reading: { label: 'species' }, cacheDir: await temporaryFolder() });
    if (isGood) expect((await examined).labels?.different).toBe(different);
    else
      await expect(examined).rejects.toThrow(
        `the column species, which \`label\` names, has ${different.toLocaleString('en-US')} different values in ${rows.toLocaleString('en-US')} samples. `,
      );
  });
});
