import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/dataset.ts';
import type { Dataset, Values } from '../../../src/data/source.ts';
import { locateDataset } from '../../../src/data/locate.ts';
import { examineImages, ownImages } from '../../../src/data/own/examine.ts';
import { openOwn } from '../../../src/data/own/open-images.ts';
import { restored } from '../../../src/data/own/standardize.ts';
import { isVectors } from '../../../src/data/own/vector-stream.ts';
import { settings } from '../fixtures.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { npyWithHeader } from './write.ts';

const ROWS = Array.from({ length: 40 }, (_, i) => [i * 1000 - 3, Math.sin(i) / 7, 0.1]);

const doubles = (rows: readonly (readonly number[])[]): Buffer =>
  npyWithHeader(
    `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0]!.length}), }`,
    new Uint8Array(Float64Array.from(rows.flat()).buffer),
  );

async function file(content: string | Buffer, name = 'x'): Promise<string> {
  const place = path.join(await temporaryFolder(), name);
  await writeFile(place, content);
  return place;
}

async function rowsOf(place: string): Promise<{ numbers: number[]; names: unknown; labels: unknown }> {
  const stream = await openOwn(place);
  if (!isVectors(stream)) throw new Error('these are images');
  const numbers: number[] = [];
  for await (const piece of stream.read()) numbers.push(...piece);
  expect(numbers).toHaveLength(stream.rows * stream.columns);
  return { numbers, names: stream.names, labels: await stream.labels?.read() };
}

describe('a table as text', () => {
  it.each([
    [
      'commas, a line of names and labels among them',
      'a,label,"b, c"\n1,cat,-2.5e1\n.5,"d""og",3.\n',
      ['a', 'b, c'],
      ['cat', 'd"og'],
      [1, -25, 0.5, 3],
    ],
    [
      'semicolons, a mark of its order, other line ends, empty lines',
      '\ufeff1;2\r\n\r\n3;4\r\n',
      undefined,
      undefined,
      [1, 2, 3, 4],
    ],
    ['tabs and spaces', 'x\ty\n 1 \t+2\n', ['x', 'y'], undefined, [1, 2]],
    ['names beside counted columns, as pandas writes them', 'label,0,1\ncat,2,3\n', ['0', '1'], ['cat'], [2, 3]],
    ['one column after a blank line', '\nx\n1\n2\n', ['x'], undefined, [1, 2]],
    ['no −0, which is another number to a hash', '1,-0\n-0.0,2', undefined, undefined, [1, 0, 0, 2]],
  ])('%s', async (_what, text, names, labels, numbers) => {
    expect(await rowsOf(await file(text))).toEqual({ numbers, names, labels });
  });

  it.each([
    ['a gap', 'age,size\n1,2\n3,\n', /line 3, column size is empty\. Fill gaps/],
    ['text', 'age,size\n1,2\n3,big\n', /line 3, column size is "big", which is no number/],
    ['no finite number', '1,2\n3,nan\n', /line 2, column 2 is "nan"/],
    ['a number beyond doubles', '1,2\n3,1e999\n', /line 2, column 2 is "1e999"/],
    ['a row that is shorter', 'a,b\n1,2\n3\n', /line 3 has another number of columns than the first/],
    ['a quote that never ends', 'a,b\n1,"2\n', /line 2 can't be read as CSV/],
    ['names alone', 'a,b\n', /no number in it/],
    ['labels beside one column: read', 'label,y\ncat,1\n', undefined],
    ['numbers among names', 'a,2\n1,2\n', /line 1, column 1 is "a", which is no number, beside numbers/],
    ['a gap beside counted columns', ',0,1\n0,2,3\n', /line 1, column 1 is empty, beside numbers/],
    ['a gap in a first line of numbers', '1,\n1,2\n', /line 1, column 2 is empty, beside numbers/],
    ['two columns of labels', 'a,label,target\n1,x,2\n', /several columns of labels: label, target/],
    ['text after blank lines and quoted breaks', '\r\n"a\r\nb",c\r\n\r\n1,2\r\n3,x\r\n', /line 6, column c is "x"/],
    ['a million columns', `${'1,'.repeat(1_000_000)}1\n`, /line 1 is longer than|1,000,001 columns/],
  ])('refuses %s', async (_what, text, message) => {
    const place = await file(text);
    if (message === undefined) expect((await rowsOf(place)).labels).toEqual(['cat']);
    else await expect(rowsOf(place)).rejects.toThrow(message);
  });
});

describe('an array N×P', () => {
  it('is rows of numbers; what is no finite one is refused by its place', async () => {
    expect((await rowsOf(await file(doubles(ROWS)))).numbers).toEqual(ROWS.flat());
    await expect(rowsOf(await file(doubles(ROWS.with(7, [1, NaN, 2]))))).rejects.toThrow(
      /row 7, column 1 \(counted from 0\) is NaN/,
    );
    await expect(openOwn(await file(doubles(ROWS).subarray(0, -8)))).rejects.toThrow(/is cut off/);
    await expect(openOwn(await file(doubles(ROWS)), { size: [2, 2] })).rejects.toThrow(/has no size and no colour/);
  });
});

it('columns are standardised by the training split, however much of it trains; in CSV they are the same data', async () => {
  const place = await file(doubles(ROWS));
  const cacheDir = path.join(path.dirname(place), 'cache');
  const facts = await examineImages(place, { cacheDir });
  expect(facts).toMatchObject({ images: 40, height: 1, width: 3, isReal: true, splits: { train: 32 } });
  const same = await file(ROWS.map((row) => `${row.join(',')}\n`).join(''), 'x.csv');
  expect((await examineImages(same, { cacheDir })).fingerprint).toBe(facts.fingerprint);
  const load = async (train: number | null) => {
    const chosen = settings('x', { own: ownImages(place, facts), train });
    return (await loadDataset(await locateDataset(chosen, { cacheDir }), chosen)) as Dataset<Values>;
  };
  const { train, test, columns } = await load(null);
  const column = (c: number) => Array.from({ length: 32 }, (_, row) => train.images[3 * row + c]!);
  for (const c of [0, 1]) {
    expect(column(c).reduce((sum, value) => sum + value, 0) / 32).toBeCloseTo(0, 5);
    expect(column(c).reduce((sum, value) => sum + value ** 2, 0) / 32).toBeCloseTo(1, 5);
  }
  // One that never changes is exactly 0: a sum of 32 times 0.1 would not say so.
  expect(new Set(column(2))).toEqual(new Set([0]));
  expect([columns!.means[2], columns!.stds[2]]).toEqual([0.1, 1]);
  const back = [...restored(test.images as Float32Array, columns!)];
  for (let row = 0; row < test.count; row++) {
    const index = Math.round((back[3 * row]! + 3) / 1000);
    expect(back[3 * row + 1]).toBeCloseTo(ROWS[index]![1]!, 5);
  }
  const fewer = await load(5);
  expect(fewer.columns).toEqual(columns);
  expect([...fewer.train.images]).toEqual([...train.images.subarray(0, 15)]);
});
