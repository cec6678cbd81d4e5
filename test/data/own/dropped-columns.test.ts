/** Columns of a table that a spec leaves out: `drop: [id, day]`. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as h5 from 'h5wasm/node';
import { describe, expect, it } from 'vitest';
import { openOwn } from '../../../src/data/own/open-images.ts';
import { isVectors } from '../../../src/data/own/tables/vector-stream.ts';
import { planTrials } from '../../../src/plan-sweep.ts';
import type { OwnReading } from '../../../src/trial/trial.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { npy } from './write.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures', 'tables');
const at = (name: string): string => path.join(FIXTURES, name);

async function file(content: string | Uint8Array, name = 'x.csv'): Promise<string> {
  const place = path.join(await temporaryFolder(), name);
  await writeFile(place, content);
  return place;
}

async function opened(place: string, reading?: OwnReading) {
  const stream = await openOwn(place, reading);
  if (!isVectors(stream)) throw new Error('images');
  const rows: number[][] = [];
  for await (const piece of stream.read()) {
    for (let i = 0; i < piece.length; i += stream.columns) rows.push([...piece.subarray(i, i + stream.columns)]);
  }
  return { names: stream.names, rows, labels: await stream.labels?.read() };
}

/** `X` of three rows, a sparse layer that isn't finite in row 1, column 1, names of genes, and perhaps an array of `obs` that is called as the first. */
async function anndata(X: Float64Array, genes: readonly string[], obs?: readonly string[]): Promise<string> {
  await h5.ready;
  const place = path.join(await temporaryFolder(), 'x.h5ad');
  const written = new h5.File(place, 'w');
  written.create_attribute('encoding-type', 'anndata');
  written.create_dataset({ name: 'X', data: X, shape: [3, genes.length] });
  const layer = written.create_group('layers').create_group('sparse');
  layer.create_attribute('shape', Int32Array.of(3, genes.length));
  layer.create_dataset({ name: 'data', data: Float64Array.of(1, 5, NaN) });
  layer.create_dataset({ name: 'indices', data: Int32Array.of(0, 1, 1) });
  layer.create_dataset({ name: 'indptr', data: Int32Array.of(0, 2, 3, 3) });
  const names = written.create_group('var');
  names.create_attribute('_index', 'gene');
  names.create_dataset({ name: 'gene', data: [...genes] });
  if (obs !== undefined) written.create_group('obs').create_dataset({ name: genes[0]!, data: [...obs] });
  written.close();
  return place;
}

const planned = (dataset: string) =>
  planTrials({
    specFile: 'spec',
    specText: `name: a\ndataset: ${dataset}\nparameters: { likelihood: gaussian }\n`,
    overrides: [],
  });

/** An id, a gap and a date that no number is, between two numbers. */
const TABLE = 'id,a,gap,day,b,kind\nx1,1,,2020-01-01,2,cat\nx2,3,7,2020-01-02,4,dog\n';
const DROP = ['id', 'gap', 'day'];

describe('columns that are left out', () => {
  it.each([
    ['CSV', TABLE, 'x.csv'],
    ['TSV', TABLE.replaceAll(',', '\t'), 'x.tsv'],
    ['packed CSV', gzipSync(TABLE), 'x.csv.gz'],
  ])('of %s need be no numbers', async (_what, content, name) => {
    const place = await file(content, name);
    expect(await opened(place, { label: 'kind', drop: DROP })).toEqual({
      ...{
        names: ['a', 'b'],
        rows: [
          [1, 2],
          [3, 4],
        ],
        labels: ['cat', 'dog'],
      },
    });
    await expect(opened(place, { label: 'kind' })).rejects.toThrow(/column id is "x1".*leave it out by `drop: \[id\]`/);
    await expect(opened(place, { label: 'kind', drop: ['id'] })).rejects.toThrow(
      /column gap is empty\..*`drop: \[gap\]`/,
    );
  });

  it.each([
    ['refused-text.parquet', 'name', /of string.*leave it out by `drop: \[name\]`/],
    ['refused-time.parquet', 'day', /of timestamp.*`drop: \[day\]`/],
    ['refused-list.parquet', 'some', /holds lists or records.*`drop: \[some\]`/],
    ['refused-gap.parquet', 'double', /column double is empty.*`drop: \[double\]`/],
  ])('of Parquet, too: %s', async (name, column, message) => {
    await expect(opened(at(name))).rejects.toThrow(message);
    const all = await opened(at('snappy.parquet'));
    const left = await opened(at(name), { drop: [column] });
    const kept = all.names!.flatMap((one, i) => (one === column ? [] : [i]));
    expect(left.names).toEqual(kept.map((i) => all.names![i]));
    expect(left.rows).toEqual(all.rows.map((row) => kept.map((i) => row[i])));
    expect(left.labels).toEqual(all.labels);
  });

  it.each(['dense.h5ad', 'sparse.h5ad'])('of AnnData, by the names of genes: %s', async (name) => {
    const all = await opened(at(name));
    expect(await opened(at(name), { drop: ['g0', 'g4'] })).toEqual({
      names: ['g1', 'g2', 'g3', 'g5'],
      rows: all.rows.map((row) => [row[1], row[2], row[3], row[5]]),
      labels: all.labels,
    });
  });

  it.each(['Unnamed: 0', 'temp [°C]', 'a, b', '0', 'true', 'a\nb', 'a "b" #c', '', 'größe'])(
    'are told as YAML has them: what the error says leaves %j out',
    async (name) => {
      const rows = Array.from({ length: 40 }, (_, i) => `few,${i * i}\n`);
      const place = await file(`"${name.replaceAll('"', '""')}",y\n${rows.join('')}`);
      const refusal = (await planned(place).catch((error: unknown) => error)) as Error;
      const said = /leave it out by `(drop: \[.*?\])`;/.exec(refusal.message)![1]!;
      expect((await planned(`{ path: ${place}, ${said} }`)).spec.dataset.own).toMatchObject({ width: 1, images: 40 });
    },
  );

  it('of AnnData need be no finite numbers, dense or sparse; what must be is told by its name', async () => {
    const place = await anndata(Float64Array.of(1, NaN, 3, 4, 5, 6), ['a', 'b']);
    await expect(opened(place)).rejects.toThrow(
      /row 0 \(counted from 0\), column b is NaN\. .*; `drop: \[b\]` leaves the column out/,
    );
    expect((await opened(place, { drop: ['b'] })).rows).toEqual([[1], [3], [5]]);
    const sparse = { key: 'layers/sparse' };
    await expect(opened(place, sparse)).rejects.toThrow(/row 1 \(counted from 0\), column b is NaN\. .*`drop: \[b\]`/);
    expect((await opened(place, { ...sparse, drop: ['b'] })).rows).toEqual([[1], [0], [0]]);
  });

  it('of AnnData may be called as what holds labels', async () => {
    const place = await anndata(Float64Array.of(1, 2, 3, 4, 5, 6), ['CD4', 'b'], ['x', 'y', 'x']);
    expect(await opened(place, { label: 'CD4', drop: ['CD4'] })).toEqual({
      ...{ names: ['b'], rows: [[2], [4], [6]], labels: ['x', 'y', 'x'] },
    });
  });

  it('count not among the columns that a table may have', async () => {
    const genes = Array.from({ length: 16_386 }, (_, i) => `g${i}`);
    const place = await anndata(new Float64Array(3 * 16_386).fill(1), genes);
    await expect(opened(place)).rejects.toThrow(/it has 16,386 columns\. At most 16,384/);
    await expect(opened(place, { drop: ['g0'] })).rejects.toThrow(/it has 16,385 columns/);
    expect(await openOwn(place, { drop: ['g0', 'g7'] })).toMatchObject({ columns: 16_384 });
    const text = await file(`${genes.join()}\n${genes.map(() => 1).join()}\n`);
    await expect(opened(text)).rejects.toThrow(/it has 16,386 columns/);
    expect((await opened(text, { drop: ['g0', 'g7'] })).names).toHaveLength(16_384);
  });

  it('are none that hold labels: others of usual names may be left out, so that one is left', async () => {
    const place = await file('label,a,target\n1,2,3\n4,5,6\n');
    expect(await opened(place, { drop: ['target'] })).toEqual({ names: ['a'], rows: [[2], [5]], labels: ['1', '4'] });
    expect(await opened(place, { drop: ['label', 'target'] })).toMatchObject({ names: ['a'], labels: undefined });
    await expect(opened(place, { label: 'a', drop: ['a'] })).rejects.toThrow(
      /`drop` leaves out a, which `label` names/,
    );
  });

  it('are known by what is left: the trials are those of a table without them', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [`x${i}`, i / 8, (i * i) % 11]);
    const [whole, less] = [rows, rows.map((row) => row.slice(1))].map((some) =>
      some.map((row) => `${row.join()}\n`).join(''),
    );
    const places = [await file(`id,a,b\n${whole}`), await file(`a,b\n${less}`)];
    const idsOf = async (dataset: string) => (await planned(dataset)).trials.map(({ id }) => id);
    expect(await idsOf(`{ path: ${places[0]}, drop: [id] }`)).toEqual(await idsOf(places[1]!));
  });

  it.each<[string, () => Promise<string>, string, RegExp]>([
    [
      'none of that name',
      () => file(TABLE),
      '[id, days]',
      /:2:\d+ {2}`drop` doesn't fit .*no column in it is called days; there are id, a, gap, day, b, kind/,
    ],
    [
      'no names',
      () => file('1,2\n3,4\n'),
      '[a]',
      /its first line is read as a row, so that no column has a name; if it names them, say `header: true`/,
    ],
    [
      'all of them',
      () => file('a,b\n1,2\n'),
      '[a, b]',
      /:2:\d+ {2}`drop` doesn't fit .*no column of numbers is left; name fewer/,
    ],
    ['the only one', () => file('a\n1\n2\n'), '[b]', /called b; there is a\b/],
    [
      'what has a name for YAML',
      () => file(TABLE),
      '[Unnamed: 0]',
      /:2:\d+ {2}.*expected a word, got a mapping; write it in quotes: "Unnamed: 0"/,
    ],
    [
      'no names, with a label',
      () => file('1,2\n3,4\n'),
      '[a], label: b',
      /say `header: true`.*or leave `label` and `drop` out/,
    ],
    [
      'an array',
      () => file(npy([2, 2, 2], new Uint8Array(8)), 'x.npy'),
      '[a]',
      /`drop` doesn't fit .*no column in it has a name; `drop` names columns of CSV, Parquet or AnnData/,
    ],
    [
      'no AnnData',
      () => Promise.resolve(at('several.h5')),
      '[a], key: train/x',
      /`drop` doesn't fit .*no column in it has a name/,
    ],
    [
      'images',
      () => Promise.resolve(at('factors.h5')),
      '[a]',
      /`drop` doesn't fit .*it holds images, which have no columns/,
    ],
    [
      'a folder',
      () => Promise.resolve(path.join(FIXTURES, '..', 'faces')),
      '[a]',
      /`drop` doesn't fit .*no column in it has a name/,
    ],
    ['one word', () => file(TABLE), 'id', /:2:\d+ {2}`drop`: expected a list, got "id"; write \[id\]/],
  ])('are refused at their place: %s', async (_what, place, drop, message) => {
    await expect(planned(`{ path: ${await place()}, drop: ${drop} }`)).rejects.toThrow(message);
  });
});
