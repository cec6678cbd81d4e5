import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/dataset.ts';
import type { Dataset, Values } from '../../../src/data/source.ts';
import { locateDataset } from '../../../src/data/locate.ts';
import { changed, examineImages, ownImages } from '../../../src/data/own/examine.ts';
import { farValue } from '../../../src/data/own/tables/far-values.ts';
import { openOwn } from '../../../src/data/own/open-images.ts';
import { columnsOf, restored, standardized } from '../../../src/data/own/tables/standardize.ts';
import { isVectors } from '../../../src/data/own/tables/vector-stream.ts';
import { planTrials } from '../../../src/plan-sweep.ts';
import type { OwnReading } from '../../../src/trial/trial.ts';
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

async function rowsOf(
  place: string,
  reading: OwnReading = {},
): Promise<{ numbers: number[]; names: unknown; labels: unknown }> {
  const stream = await openOwn(place, reading);
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
    [
      'line ends of all systems, as where files were put together',
      'x,"y\r\nz"\r\n1,2\n3,4\r\r\n5,6\r7,8',
      ['x', 'y\r\nz'],
      undefined,
      [1, 2, 3, 4, 5, 6, 7, 8],
    ],
    ['one column after a blank line', '\nx\n1\n2\n', ['x'], undefined, [1, 2]],
    ['no −0, which is another number to a hash', '1,-0\n-0.0,2', undefined, undefined, [1, 0, 0, 2]],
  ])('%s', async (_what, text, names, labels, numbers) => {
    expect(await rowsOf(await file(text))).toEqual({ numbers, names, labels });
  });

  it.each([
    ['a gap', 'age,size\n1,2\n3,\n', /line 3, column size is empty\. Fill gaps/],
    ['text', 'age,size\n1,2\n3,big\n', /line 3, column size is "big", which is no number/],
    ['no finite number', '1,2\n3,nan\n', /line 2, column 2 is "nan", which is no number\. Fill gaps/],
    ['a number beyond doubles', '1,2\n3,1e999\n', /line 2, column 2 is "1e999", which no number of 64 bits holds/],
    [
      'a row that is shorter',
      'a,b\n1,2\n3\n',
      /line 3 has 1 column, and the first 2\. Give each line as many; a cell that has a comma/,
    ],
    ['a quote that never ends', 'a,b\n1,"2\n', /in line 2, a quote opens that nothing closes/],
    ['a quote inside of a cell', 'a,b\r1,2\r3,4"5\r', /in line 3, .*a quote stands inside of a cell/],
    ['decimal commas', 'a;b\n1,5;2\n', /line 2, column a is "1,5", which is no number\. Write decimals with a point/],
    ['text after line ends of all systems', 'a,b\r\n1,2\n3,4\r5,x\r\n', /line 4, column b is "x"/],
    [
      'a quote that opens after one with breaks',
      `${'1,2\n'.repeat(9999)}"3\n","4\n5,6\n`,
      /in line 10,001, a quote opens/,
    ],
    ['text after such in quotes', '\ufeff\r\na,"b\r\nc\rd\ne"\r\n"1",2\n \t\n3,4\r5,x', /line 9, column b.* is "x"/],
    ['a row that is shorter, after old ends', 'a,b\r1,2\r\r3\r', /line 4 has 1 column/],
    ['text in tabs, beside a blank', 'a\tb\n1\t2\n\n \tx\n', /line 4, column a is empty/],
    ['names alone', 'a,b\n', /no number in it/],
    ['labels beside one column: read', 'label,y\ncat,1\n', undefined],
    ['numbers among names', 'a,2\n1,2\n', /line 1, column 1 is "a", which is no number, beside numbers/],
    ['a gap beside counted columns', ',0,1\n0,2,3\n', /line 1, column 1 is empty, beside numbers/],
    ['a gap in a first line of numbers', '1,\n1,2\n', /line 1, column 2 is empty, beside numbers/],
    ['two columns of one name that hold labels', 'a,label,label\n1,x,2\n', /several columns label\. Rename one/],
    ['text after blank lines and quoted breaks', '\r\n"a\r\nb",c\r\n\r\n1,2\r\n3,x\r\n', /line 6, column c is "x"/],
    ['a million columns', `${'1,'.repeat(1_000_000)}1\n`, /line 1 is longer than|1,000,001 columns/],
  ])('refuses %s', async (_what, text, message) => {
    const place = await file(text);
    if (message === undefined) expect((await rowsOf(place)).labels).toEqual(['cat']);
    else await expect(rowsOf(place)).rejects.toThrow(message);
  });
});

describe('a first line of numbers', () => {
  const YEARS = '2019,2020,2021\n1,2,3\n4,5,6\n';

  it('is a row unless the reading says that it names the columns, and looks doubtful where it counts', async () => {
    const place = await file(YEARS, 'years.csv');
    expect(await openOwn(place)).toMatchObject({
      rows: 3,
      doubt: expect.stringMatching(/2019, 2020, ….*`header: true`/) as string,
    });
    expect(await rowsOf(place, { header: true })).toMatchObject({
      names: ['2019', '2020', '2021'],
      numbers: [1, 2, 3, 4, 5, 6],
    });
    const said = await openOwn(place, { header: false });
    expect(said).toMatchObject({ rows: 3 });
    expect(said).not.toHaveProperty('doubt');
    expect(await openOwn(await file('2019,2020.5\n1,2\n'))).not.toHaveProperty('doubt');
  });

  it.each([
    ['names beside numbers, told to name', 'a,2020\n1,2\n', true, ['a', '2020'], [1, 2]],
    ['a gap among names, told to name', ',x\n1,2\n', true, ['', 'x'], [1, 2]],
  ])('%s', async (_what, text, header, names, numbers) => {
    expect(await rowsOf(await file(text), { header })).toMatchObject({ names, numbers });
  });

  it('names are a text where the first line is told to be a row; no other format has one', async () => {
    await expect(rowsOf(await file('a,b\n1,2\n'), { header: false })).rejects.toThrow(/line 1, column 1 is "a"/);
    await expect(openOwn(await file(doubles(ROWS)), { header: true })).rejects.toThrow(/it is no CSV.*leave it out/);
    await expect(openOwn(await temporaryFolder(), { header: true })).rejects.toThrow(/it is no CSV/);
  });
});

it('a text in UTF-16 is named as one', async () => {
  const place = await file(Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'x.csv');
  await expect(openOwn(place)).rejects.toThrow('x.csv: it is a text in UTF-16. Save it in UTF-8');
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
  expect(changed(place, ownImages(place, facts), { fingerprint: 'other', images: 39 }).message).toMatch(
    /it held 40 rows, .* and holds 39 rows, .* plans it with the new rows, /,
  );
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
  expect([columns!.means[2], columns!.stds[2]]).toEqual([0.1, 0]);
  const back = [...restored(test.images as Float32Array, columns!)];
  for (let row = 0; row < test.count; row++) {
    const index = Math.round((back[3 * row]! + 3) / 1000);
    expect(back[3 * row + 1]).toBeCloseTo(ROWS[index]![1]!, 5);
  }
  const fewer = await load(5);
  expect(fewer.columns).toEqual(columns);
  expect([...fewer.train.images]).toEqual([...train.images.subarray(0, 15)]);
});

const INDICES = Int32Array.from(ROWS, (_, i) => i);
const WAVE = ROWS.map((_, i) => Math.sin(i));

it.each([
  ['1e200', WAVE.map((x) => 1e200 * x)],
  ['1e-200', WAVE.map((x) => 1e-200 * x)],
  ['what sums to more than there is', WAVE.map((x) => 1.7e308 * (0.9 + 0.1 * x))],
  ['both ends of all numbers', WAVE.map((x) => 1.7e308 * x)],
  ['the least numbers', WAVE.map((x) => Math.round(1000 * x) * Number.MIN_VALUE)],
  ['1e9, with a spread of 1e-3', WAVE.map((x) => 1e9 + 1e-3 * x)],
])('columns of %s are standardised, and come back', (_what, column) => {
  const values = Float64Array.from(column);
  const columns = columnsOf(values, 1, INDICES);
  const standard = standardized(values, columns);
  expect(standard.reduce((sum, x) => sum + x, 0) / standard.length).toBeCloseTo(0, 2);
  expect(standard.reduce((sum, x) => sum + x * x, 0) / standard.length).toBeCloseTo(1, 2);
  const spread = Math.max(...column.map((x) => Math.abs(x / 2 - columns.means[0]! / 2))) * 2;
  restored(standard, columns).forEach((x, i) => {
    expect(Math.abs(x - column[i]!) / Math.min(spread, Number.MAX_VALUE)).toBeLessThan(1e-2);
  });
});

it('a column without spread comes back exactly, whatever a decoder makes of it', () => {
  const columns = columnsOf(new Float64Array(40).fill(7), 1, INDICES);
  expect(columns).toEqual({ means: Float64Array.of(7), stds: Float64Array.of(0) });
  expect([...standardized(Float64Array.of(7, 9), columns)]).toEqual([0, 2]);
  expect([...restored(Float32Array.of(-0.06, NaN, 3), columns)]).toEqual([7, 7, 7]);
});

it('a number far from the training rows of its column is a doubt, and an error where nothing would be left of an ELBO', async () => {
  const columns = { ...columnsOf(Float64Array.of(7, 1, 7, 3), 2, Int32Array.of(0, 1)), names: ['same', 'other'] };
  const told = (...row: number[]) => farValue('x.csv', Float64Array.of(7, 1, 7, 3, ...row), columns);
  expect(told(7, 9000)).toBeUndefined();
  expect(told(-99999, 2)).toBe(
    'row 2, column same (counted from 0) is -99999, and 7 in all training rows: it outweighs all other numbers in an ELBO',
  );
  expect(told(7, 2e4)).toMatch(/row 2, column other .* is 20000, 2\.0e\+4 standard deviations \(1\.00\) from the mean/);
  for (const far of [1e13, -1e200]) {
    expect(() => told(7, far)).toThrow(/^x\.csv: row 2, column other .*e\+.*Leave such rows out, bring/);
  }
  // By content a row is held out or not: of so many, some are.
  const found: string[] = [];
  for (let i = 0; i < 30; i++) {
    const place = await file(doubles(ROWS.with(3, [0, 0, 1e6 + i])));
    found.push(...(await examineImages(place, { cacheDir: path.dirname(place) })).doubts);
  }
  expect(found[0]).toMatch(/row 3, column 2 .* is 10000.., and 0\.1 in all training rows/);
});

it('what a spec asks of other data than it names is refused where it asks it; what may be meant otherwise is a warning', async () => {
  const place = await file('2019,2020\n1,2\n3,4\n5,6\n7,8\n', 'years.csv');
  const plan = (dataset: string) =>
    planTrials({
      specFile: path.join(path.dirname(place), 'spec.yaml'),
      specText: `name: a\ndataset: { path: ${place}, ${dataset} }\nparameters: { likelihood: gaussian }\n`,
      overrides: [],
    });
  for (const [asked, why] of [
    ['size: 8', /spec\.yaml:2:\d+ +`size` doesn't fit .*a table of numbers.*leave `size`/],
    ['key: x', /`key` doesn't fit .*no array in it has a name/],
  ] as const) {
    await expect(plan(asked)).rejects.toMatchObject({
      code: 'SPEC_INVALID',
      message: expect.stringMatching(why) as string,
    });
  }
  expect((await plan('train: 3')).warnings.join()).toMatch(/its first line is 2019, 2020, and is read as a row/);
  expect((await plan('header: true')).warnings).toEqual([]);
});
