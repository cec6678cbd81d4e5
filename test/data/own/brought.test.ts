/** What people bring first: read rightly, or told in words that fit, with what to do. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { planTrials } from '../../../src/plan-sweep.ts';
import { npzEntry, textArray, type NpyArray } from '../../../src/data/npz-writer.ts';
import { examineImages } from '../../../src/data/own/examine.ts';
import { examineOwn } from '../../../src/data/own/examine-own.ts';
import { labelledColumn } from '../../../src/data/own/labelled-column.ts';
import { openOwn } from '../../../src/data/own/open-images.ts';
import { isVectors } from '../../../src/data/own/tables/vector-stream.ts';
import { zipChunks, type StoredEntry } from '../../../src/files/zip-writer.ts';
import type { OwnReading } from '../../../src/trial/trial.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { npy, npyWithHeader, png } from './write.ts';

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const place = path.join(await temporaryFolder(), name);
  await writeFile(place, content);
  return place;
}

async function archive(...entries: StoredEntry[]): Promise<string> {
  const chunks = [];
  for await (const chunk of zipChunks(entries)) chunks.push(chunk);
  return file('x.npz', Buffer.concat(chunks));
}

const stored = (name: string, text = 'text'): StoredEntry => {
  const bytes = Buffer.from(text);
  return { name, bytes: bytes.length, read: () => [bytes] };
};
const floats = (name: string, shape: readonly number[], of: (i: number) => number = (i) => i): NpyArray => ({
  ...{ name, shape, type: '<f8' as const },
  read: () => [new Uint8Array(Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => of(i)).buffer)],
});
const arrays = (...some: NpyArray[]) => archive(...some.map(npzEntry));
const objects: StoredEntry = (() => {
  const bytes = npyWithHeader("{'descr': '|O', 'fortran_order': False, 'shape': (6,), }", Buffer.from('pickled'));
  return { name: 'y.npy', bytes: bytes.length, read: () => [bytes] };
})();

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

function csvOf(columns: Columns): string {
  const lines = [columns.map(({ name }) => name)];
  for (let row = 0; row < columns[0]!.data.length; row++) lines.push(columns.map(({ data }) => String(data[row])));
  return lines.map((cells) => `${cells.join()}\n`).join('');
}

async function opened(place: string, reading?: OwnReading) {
  const stream = await openOwn(place, reading);
  const values: number[] = [];
  for await (const piece of stream.read()) values.push(...piece);
  const names = isVectors(stream) ? stream.names : undefined;
  return { values, names, labels: await stream.labels?.read(), passedOver: stream.passedOver };
}

const doubtsOf = async (place: string, reading?: OwnReading) =>
  (await examineImages(place, { cacheDir: await temporaryFolder(), reading })).doubts;

describe('an archive of a table and what belongs to it', () => {
  it('X beside a column of labels, N×1', async () => {
    const found = await opened(
      await arrays(
        floats('X', [6, 2]),
        textArray('y', 6, (i) => 'ab'[i % 2]!),
      ),
    );
    expect(found).toMatchObject({ values: [...Array(12).keys()], labels: ['a', 'b', 'a', 'b', 'a', 'b'] });
    const column = { ...textArray('y', 6, (i) => 'ab'[i % 2]!), shape: [6, 1] };
    expect((await opened(await arrays(floats('X', [6, 2]), column))).labels).toEqual(found.labels);
  });

  it.each<[string, () => Promise<string>, OwnReading, RegExp]>([
    [
      'X_train and X_test',
      () => arrays(floats('X_train', [6, 2]), floats('X_test', [3, 2])),
      {},
      /several arrays that could be meant: X_train \(6 × 2\), X_test \(3 × 2\)\. Say which is meant: dataset: \{ path: …, key: X_train \}/,
    ],
    [
      'labels of Python objects',
      () => archive(npzEntry(floats('X', [6, 2])), objects),
      { label: 'y' },
      /its array y can't be labels: it holds Python objects.*y\.astype\(str\)/,
    ],
    [
      'labels that are one-hot',
      () => arrays(floats('X', [6, 2]), floats('y', [6, 3])),
      { label: 'y' },
      /its array y can't be labels: its shape is 6 × 3, for 6 samples\. Of a one-hot array save y\.argmax/,
    ],
    [
      'a key that is none',
      () => arrays(floats('X', [6, 2])),
      { key: 'x' },
      /there is no array x in it\. There is X \(6 × 2\)/,
    ],
  ])('%s', async (_what, place, reading, message) => {
    await expect(openOwn(await place(), reading)).rejects.toThrow(message);
  });

  it('labels that are floats are none unless they are named; why others are none is told', async () => {
    const place = await arrays(
      floats('X', [6, 2]),
      floats('y', [6], (i) => i % 2),
    );
    expect(await opened(place)).toMatchObject({
      labels: undefined,
      passedOver: 'the arrays y (6), no labels since its values are of dtype <f8',
    });
    expect((await opened(place, { label: 'y' })).labels).toEqual(['0', '1', '0', '1', '0', '1']);
    expect((await opened(await archive(npzEntry(floats('X', [6, 2])), objects))).passedOver).toMatch(/Python objects/);
  });
});

describe("a spec is told where it asks what data haven't", () => {
  const plan = (place: string, more: string, likelihood = 'gaussian') =>
    planTrials({
      specFile: path.join(path.dirname(place), 'spec.yaml'),
      specText: `name: a\ndataset: { path: ${place}${more} }\nparameters: { likelihood: ${likelihood} }\n`,
      overrides: [],
    });

  it.each<[string, string, RegExp]>([
    [
      ', key: nothing',
      'gaussian',
      /spec\.yaml:2:\d+ {2}`key` doesn't fit .*x\.npz: there is no array nothing in it; there is X/,
    ],
    [
      ', label: nothing',
      'gaussian',
      /:2:\d+ {2}`label` doesn't fit .*is called nothing; there is no array that could be/,
    ],
    [
      ', values: counts',
      'poisson',
      /:2:\d+ {2}`values` doesn't fit .*row 0, column 1 .* is 0\.5, which is no count; counts are/,
    ],
  ])('%s', async (more, likelihood, message) => {
    const place = await arrays(floats('X', [6, 2], (i) => i / 2));
    await expect(plan(place, more, likelihood)).rejects.toThrow(message);
  });

  it('and what data look like, where a likelihood does not fit them', async () => {
    const place = await arrays(floats('X', [6, 64], (i) => (i * i) % 251));
    await expect(plan(place, '', 'bernoulli')).rejects.toThrow(
      /these fit: gaussian.*; its rows are of 64 whole numbers.*8×8/,
    );
  });
});

describe('one column of labels', () => {
  it('is the one that is named, else one called as usual', () => {
    const names = ['target', 'a', 'label'];
    expect(labelledColumn('x.parquet', names, 'target')).toBe('target');
    expect(labelledColumn('x.parquet', names, null)).toBeUndefined();
    expect(labelledColumn('x.parquet', ['a', 'y'])).toBeUndefined();
    expect(labelledColumn('x.parquet', ['a', 'target'])).toBe('target');
    expect(() => labelledColumn('x.csv', ['a', 'label', 'label'])).toThrow(/several columns label\. Rename one/);
  });

  it.each([
    ['x.parquet', (columns: Columns) => new Uint8Array(parquetWriteBuffer({ columnData: columns }))],
    ['x.csv', csvOf],
  ])('of several is asked, at its place in a spec: %s', async (name, write) => {
    const columnOf = (of: (row: number) => number) => Array.from({ length: 40 }, (_, row) => of(row));
    const place = await file(
      name,
      write([
        { name: 'target', data: columnOf((row) => row / 4), type: 'DOUBLE' },
        { name: 'label', data: columnOf((row) => row % 2), type: 'INT32' },
        { name: 'a', data: columnOf((row) => (row * row) / 8), type: 'DOUBLE' },
      ]),
    );
    const plan = (more: string) =>
      planTrials({
        specFile: path.join(path.dirname(place), 'spec.yaml'),
        specText: `name: a\ndataset: { path: ${place}${more} }\nparameters: { likelihood: gaussian }\n`,
        overrides: [],
      });
    await expect(plan('')).rejects.toThrow(
      /spec\.yaml:2:\d+ {2}\S+: it has several columns that may hold labels: label, target; say which it is, as by `label: label`; others are inputs, numbers, unless `drop: \[target\]` leaves them out/,
    );
    await expect(examineOwn(place, { cacheDir: await temporaryFolder() })).rejects.toThrow(/several columns/);
    expect((await plan(', label: label')).spec.dataset.own).toMatchObject({ width: 2 });
    expect((await plan(', drop: [target]')).spec.dataset.own).toMatchObject({ width: 1 });
  });

  it('of Parquet may be of dates', async () => {
    const days = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2, 3)].map((time) => new Date(time));
    const columns = parquetWriteBuffer({
      columnData: [
        { name: 'a', data: [1.5, 2.5], type: 'DOUBLE' },
        { name: 'day', data: days, type: 'TIMESTAMP' },
      ],
    });
    const place = await file('x.parquet', new Uint8Array(columns));
    const { values, labels } = await opened(place, { label: 'day' });
    expect({ values, labels }).toEqual({ values: [1.5, 2.5], labels: ['2026-01-01', '2026-01-02T03:00:00.000Z'] });
    await expect(openOwn(place)).rejects.toThrow(/column day is of timestamp.*make numbers of it.*`label: day`/);
  });
});

describe('a table as text', () => {
  it('is read as gzip packed it, and its errors have the lines of the text', async () => {
    expect(await opened(await file('x.csv.gz', gzipSync('a,b\n1,2\n3,4\n')))).toMatchObject({
      values: [1, 2, 3, 4],
      names: ['a', 'b'],
    });
    await expect(opened(await file('x.csv.gz', gzipSync('a,b\n1,2\n3,x\n')))).rejects.toThrow(
      /line 3, column b is "x"/,
    );
    await expect(openOwn(await file('x.gz', gzipSync('a,b\n1,2\n3,4\n').subarray(0, -12)))).rejects.toThrow(
      /its compressed data end too soon/,
    );
  });

  it.each([
    [
      'semicolons, decimal commas, no names',
      '1,5;2,5;3,5\n4,5;5,5;6,5\n',
      /"4,5", which is no number\. Write decimals with a point/,
    ],
    ['some decimal commas in the first line', '1;2,5\n3;4\n', /column 2 is "2,5".*Write decimals with a point/],
    ['points between thousands', 'a;b\n1.234,5;2\n', /"1\.234,5".*nothing between thousands/],
    [
      'what pandas writes of an array',
      ',0,1\n0,2,3\n',
      /empty, beside numbers\. So pandas writes an index.*index=False\); `header: true, drop: \[""\]` leaves it out/,
    ],
    ['truth values', 'a,b\n1,True\n', /"True", which is no number\. Write 1 and 0/],
    [
      'dates',
      'a,day\n1,2020-01-01\n',
      /make numbers of it, or leave it out by `drop: \[day\]`; if it holds labels, say `label: day`/,
    ],
    [
      'a column of text, and no names: the first line may be of either',
      '5.1,3.5,setosa\n4.9,3,setosa\n',
      /line 1, column 3 is "setosa".*`header: false` says which.*; if column 3 holds labels, write a line of names above the first, with `label` for it\.$/,
    ],
    [
      'text further down, and no names',
      '1,2\n3,few\n',
      /line 2, column 2 is "few", which is no number.*; if column 2 holds labels, write a line of names above the first, with `label` for it\.$/,
    ],
    [
      'a column of text without a name',
      'a,\n1,few\n',
      /line 2, column 2 is "few".*; if column 2 holds labels, call it `label` in the first line\.$/,
    ],
    ['spaces between cells', '1.0e+00 2.0e+00\n3.0e+00 4.0e+00\n', /spaces between its cells.*delimiter=','/],
    ['JSON', '[{"a": 1, "b": 2}]\n', /it is a text in JSON\. Save it as CSV/],
    ['a web page', '<!doctype html><title>a, b</title>', /a web page \(HTML\)/],
  ])('%s', async (_what, text, message) => {
    await expect(opened(await file('x.csv', text))).rejects.toThrow(message);
  });

  it('is told what to write where its first line is said to be a row; with that it is read', async () => {
    const rows = '5.1,3.5,setosa\n4.9,3,setosa\n';
    await expect(opened(await file('x.csv', rows), { header: false })).rejects.toThrow(
      /column 3 is "setosa".*; if column 3 holds labels, write a line of names above the first, with `label` for it, in place of `header: false`/,
    );
    expect(await opened(await file('x.csv', `length,width,label\n${rows}`))).toMatchObject({
      values: [5.1, 3.5, 4.9, 3],
      labels: ['setosa', 'setosa'],
    });
  });
});

it.each<[string, () => Promise<string>, RegExp]>([
  [
    'a zip of pictures',
    () => archive(stored('faces/1.png')),
    /an archive of pictures\. Unpack it, and name the folder/,
  ],
  ['Excel', () => archive(stored('xl/workbook.xml')), /a file of Excel\. Save the table as CSV/],
  ['PyTorch', () => archive(stored('model/data.pkl')), /a file of PyTorch.*np\.savez/],
  ['another archive', () => archive(stored('a.csv')), /an archive without an array of NumPy/],
  ['a pickle', () => file('x.pkl', Buffer.from('80049500', 'hex')), /a pickle of Python.*isn't run\. Save its arrays/],
  ['MATLAB', () => file('x.mat', `MATLAB 5.0 MAT-file${'\0'.repeat(200)}`), /a file of MATLAB.*scipy\.io\.loadmat/],
  ['one picture', () => file('x.jpg', Buffer.from('ffd8ffe000104a46', 'hex')), /a single picture.*name the folder/],
  [
    'a packed array',
    () => file('x.npy.gz', gzipSync(npy([3, 1, 1], Uint8Array.of(1, 2, 3)))),
    /what gzip packed in it is a file of HDF5, NumPy.*gunzip/,
  ],
  [
    'bytes of nothing',
    () => file('x', Buffer.from('deadbeef', 'hex')),
    /of no such format: its first bytes are 0xdeadbeef\. Images are/,
  ],
])('%s is named', async (_what, place, message) => {
  await expect(openOwn(await place())).rejects.toThrow(message);
});

describe('a folder', () => {
  const picture = (i: number): Buffer => png(1, 1, [200 + i]);

  it('of pictures is without its hidden folders', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, '.ipynb_checkpoints'));
    await writeFile(path.join(folder, 'a.png'), picture(0));
    await writeFile(path.join(folder, '.ipynb_checkpoints', 'a-checkpoint.png'), picture(0));
    expect(await openOwn(folder)).toMatchObject({ images: 1, paths: ['a.png'], passedOver: '' });
  });

  it('of parts of a data set is a doubt, since they are its labels', async () => {
    const folder = await temporaryFolder();
    for (const [i, part] of ['train', 'test', 'train'].entries()) {
      await mkdir(path.join(folder, part), { recursive: true });
      await writeFile(path.join(folder, part, `${i}.png`), picture(i));
    }
    expect(await doubtsOf(folder)).toEqual([
      `its folders are test, train, which are its labels then; splits are made here, so one of them may be meant: ${path.join(folder, 'train')}`,
    ]);
    await mkdir(path.join(folder, 'dog'));
    await writeFile(path.join(folder, 'dog/1.png'), picture(9));
    expect(await doubtsOf(folder)).toEqual([]);
  });

  it.each([
    ['data_batch_1', /CIFAR-10's version for Python.*binary version/],
    ['x.npy', /Name one file, as .*x\.npy/],
  ])('of no pictures, but %s', async (name, message) => {
    await expect(openOwn(path.dirname(await file(name, 'x')))).rejects.toThrow(message);
  });
});

describe('what may be meant otherwise', () => {
  const lines = (of: (row: number) => string) => Array.from({ length: 9 }, (_, row) => `${of(row)}\n`).join('');

  it.each<[string, string, OwnReading | undefined, RegExp | undefined]>([
    [
      'an index without a name',
      `,a\n${lines((row) => `${row},${row ** 2}`)}`,
      undefined,
      /^column 0 \(counted from 0\) counts the rows \(0, 1, 2, …\).*leave it out by `drop: \[""\]`$/,
    ],
    [
      'an index in a table without names',
      lines((row) => `${row},${row ** 2}`),
      undefined,
      /^column 0 \(counted from 0\) counts the rows .*save the table without it \(in pandas, index=False\)$/,
    ],
    [
      'an index from 1',
      `Unnamed: 0,a\n${lines((row) => `${row + 1},${row ** 2}`)}`,
      undefined,
      /^the column Unnamed: 0 counts the rows \(1, 2, 3.*`drop: \["Unnamed: 0"\]`$/,
    ],
    [
      'one among counts',
      `id,a\n${lines((row) => `${row},${row ** 2}`)}`,
      { values: 'counts' },
      /^the column id counts the rows/,
    ],
    ['years', `year,a\n${lines((row) => `${1990 + row},${row ** 2}`)}`, undefined, undefined],
    ['one column alone', `a\n${lines(String)}`, undefined, undefined],
    [
      'flattened images',
      lines((row) => Array.from({ length: 64 }, (_, i) => 1 + ((7 * (i + row) * row) % 16)).join(',')),
      undefined,
      /^its rows are of 64 whole numbers up to 16, as images of 8×8 .*x\.reshape\(-1, 8, 8\)/,
    ],
    [
      '64 answers from 1 to 5',
      lines((row) => Array.from({ length: 64 }, (_, i) => 1 + ((i * row) % 5)).join(',')),
      undefined,
      undefined,
    ],
    [
      '64 fractions',
      lines((row) => Array.from({ length: 64 }, (_, i) => i * row + 0.5).join(',')),
      undefined,
      undefined,
    ],
  ])('%s', async (_what, text, reading, doubt) => {
    const doubts = await doubtsOf(await file('x.csv', text), reading);
    expect(doubts).toEqual(doubt === undefined ? [] : [expect.stringMatching(doubt)]);
  });

  it.each([
    [16, [expect.stringMatching(/^no value is above 16, where 255 is white: .* multiply them by 255 \/ 16$/)]],
    [128, []],
  ])('images up to %i', async (most, doubts) => {
    const pixels = Uint8Array.from({ length: 5 }, (_, i) => most - i);
    expect(await doubtsOf(await file('x.npy', npy([5, 1, 1], pixels)))).toEqual(doubts);
  });
});
