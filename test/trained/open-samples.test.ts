/** New rows for a model that trained on a table: no spec says how they are read, so no error asks for one. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { examineImages, ownImages } from '../../src/data/own/examine.ts';
import { openSamples } from '../../src/trained/open-samples.ts';
import type { SampleRequest } from '../../src/trained/samples.ts';
import { temporaryFolder } from '../data/temporary-folder.ts';

/** A model of columns `a` and `target`, which trained on a table with an id, a day and the label `kind` beside them. */
async function request(given: string): Promise<SampleRequest> {
  const folder = await temporaryFolder();
  const [table, file] = [path.join(folder, 'table.csv'), path.join(folder, 'new.csv')];
  const rows = Array.from({ length: 20 }, (_, i) => `x${i},monday,${i},${i * i},${i % 2}\n`);
  await writeFile(table, `id,day,a,target,kind\n${rows.join('')}`);
  await writeFile(file, given);
  const reading = { label: 'kind', drop: ['id', 'day'] };
  const own = ownImages(table, await examineImages(table, { cacheDir: folder, reading }), reading);
  return {
    shape: {
      ...{ architecture: 'mlp', own: { hidden: [4] }, activation: 'relu', latentDim: 2, likelihood: 'gaussian' },
      ...{ height: 1, width: 2, channels: 1, isReal: true, outputChannels: 2 },
    },
    columns: { means: Float64Array.of(0, 0), stds: Float64Array.of(1, 1), names: ['a', 'target'] },
    settings: { name: 'table.csv', train: null, validation: null, binarization: 'grey', own },
    given: file,
    split: undefined,
    dataDir: undefined,
  };
}

async function labelsOf(given: string) {
  const { count, labelOf } = await openSamples(await request(given));
  return Array.from({ length: count }, (_, i) => labelOf?.(i));
}

it.each([
  ['as the trial had them', 'id,day,a,target,kind\nx,monday,1,2,cat\n', ['cat']],
  ['without labels', 'id,day,a,target\nx,monday,1,2\n', [undefined]],
  ['without some of what was left out, and without labels', 'day,a,target\nmonday,1,2\n', [undefined]],
  ['of inputs alone', 'a,target\n1,2\n', [undefined]],
  ['without names', '1,2\n', [undefined]],
])('rows %s are read', async (_what, given, labels) => {
  expect(await labelsOf(given)).toEqual(labels);
});

it.each([
  [
    'a text',
    'a,target\n1,good\n',
    /make numbers of it, or leave it out of the file if the trial didn't train on it\.$/,
  ],
  ['a gap', 'a,target\n1,\n', /column target is empty\. Fill gaps, or leave such rows out\.$/],
  ['a first line of both', 'a,2\n1,2\n', /beside numbers\. A first line of names .* nothing else\.$/],
])('what is wrong with %s is to be mended in the file', async (_what, given, message) => {
  const read = async () => {
    const pieces = [];
    for await (const piece of (await openSamples(await request(given))).read(1)) pieces.push(piece);
    return pieces;
  };
  await expect(read()).rejects.toThrow(message);
});

it('of several columns that may hold labels one is to be left', async () => {
  const { columns, ...others } = await request('a,b,label,target\n1,2,x,y\n');
  const asked = { ...others, columns: { ...columns!, names: ['a', 'b'] } };
  await expect(openSamples(asked)).rejects.toThrow(
    /^--data .*new\.csv: it has several columns .* label, target\. Leave one of them in the file\.$/,
  );
});
