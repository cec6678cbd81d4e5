import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bytesOf, integerArray, npzEntry, textArray, type NpyArray } from '../../../src/data/npz-writer.ts';
import { loadHeldOut } from '../../../src/data/held-out.ts';
import { examineImages, ownImages } from '../../../src/data/own/examine.ts';
import { openImages } from '../../../src/data/own/open-images.ts';
import { zipChunks } from '../../../src/files/zip-writer.ts';
import { settings } from '../fixtures.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { png } from './write.ts';

const N = 30;
/** Each image holds its own number. */
const IMAGES: NpyArray = {
  name: 'x',
  type: '|u1',
  shape: [N, 1, 1],
  read: () => [Uint8Array.from({ length: N }, (_, i) => i)],
};
const kindOf = (image: number): string => (image % 3 === 0 ? 'ü' : 'wine');

async function npz(...arrays: NpyArray[]): Promise<string> {
  const file = path.join(await temporaryFolder(), 'x.npz');
  const chunks = [];
  for await (const chunk of zipChunks([IMAGES, ...arrays].map(npzEntry))) chunks.push(chunk);
  await writeFile(file, Buffer.concat(chunks));
  return file;
}

async function idx(labels: Buffer | undefined, name = 'my-labels-idx1-ubyte'): Promise<string> {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'my-images-idx3-ubyte');
  const header = Buffer.from([0, 0, 8, 3, 0, 0, 0, N, 0, 0, 0, 1, 0, 0, 0, 1]);
  await writeFile(file, Buffer.concat([header, Uint8Array.from({ length: N }, (_, i) => i)]));
  if (labels !== undefined) await writeFile(path.join(folder, name), labels);
  return file;
}

const idxLabels = (count: number, values = count): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 8, 1, 0, 0, 0, count]), Uint8Array.from({ length: values }, (_, i) => i % 3)]);

const labelsAt = async (place: string) => (await openImages(place)).labels?.read();
const texts = textArray('label', N, kindOf);
const numbers = integerArray(
  'y',
  Int32Array.from({ length: N }, (_, i) => (i % 12) - 1),
);

it('an array of an archive that is called so, with a value for each image', async () => {
  expect(await labelsAt(await npz(numbers))).toEqual(Array.from({ length: N }, (_, i) => String((i % 12) - 1)));
  const both = await openImages(await npz(numbers, texts));
  expect(await both.labels!.read()).toEqual(Array.from({ length: N }, (_, i) => kindOf(i)));
  expect([both.labels!.from, both.passedOver]).toEqual(['the array label', 'the arrays y (30)']);
});

it('none of another length, of other values, or of another name', async () => {
  const floats: NpyArray = { name: 'y', type: '<f4', shape: [N], read: () => [bytesOf(new Float32Array(N))] };
  for (const array of [integerArray('y', [1, 2]), integerArray('age', new Int32Array(N)), floats]) {
    const stream = await openImages(await npz(array));
    expect([stream.labels, stream.passedOver]).toEqual([
      undefined,
      expect.stringContaining(`the arrays ${array.name} (${array.shape[0]})`),
    ]);
  }
});

it('a file of labels beside IDX, packed or not; one of another length is passed over, and told', async () => {
  const expected = Array.from({ length: N }, (_, i) => String(i % 3));
  expect(await labelsAt(await idx(idxLabels(N)))).toEqual(expected);
  expect(await labelsAt(await idx(gzipSync(idxLabels(N)), 'my-labels-idx1-ubyte.gz'))).toEqual(expected);
  expect((await openImages(await idx(undefined))).passedOver).toBe('');
  const short = await openImages(await idx(idxLabels(N - 1)));
  expect([short.labels, short.passedOver]).toEqual([
    undefined,
    'my-labels-idx1-ubyte, which has another number of labels',
  ]);
  await expect(labelsAt(await idx(idxLabels(N, N - 1)))).rejects.toThrow(/my-labels-idx1-ubyte: it holds another/);
});

it('are counted, anew where they alone changed, and go with the images that are held out', async () => {
  const file = await idx(idxLabels(N));
  const cacheDir = path.join(path.dirname(file), 'cache');
  const facts = await examineImages(file, { cacheDir });
  expect(facts.labels).toMatchObject({
    from: 'my-labels-idx1-ubyte',
    different: 3,
    counts: ['0', '1', '2'].map((label) => [label, 10]),
  });
  const heldOut = await loadHeldOut(settings('my', { own: ownImages(file, facts) }), 10, { cacheDir });
  expect(Array.from(heldOut.classes, (index) => heldOut.names[index])).toEqual(
    Array.from(heldOut.images, (image) => String(image % 3)),
  );
  await writeFile(path.join(path.dirname(file), 'my-labels-idx1-ubyte'), idxLabels(N).fill(7, 8));
  const changed = await examineImages(file, { cacheDir });
  expect([changed.labels!.counts, changed.fingerprint]).toEqual([[['7', N]], facts.fingerprint]);
});

it('the folders of a folder, where all images are in one', async () => {
  const folder = await temporaryFolder();
  for (const name of ['10', '9']) {
    await mkdir(path.join(folder, name));
    for (const image of [1, 2]) {
      await writeFile(path.join(folder, name, `${image}.png`), png(1, 1, [Number(name) + image]));
    }
  }
  const { labels } = await examineImages(folder, { cacheDir: path.join(folder, '.cache') });
  expect(labels?.counts).toEqual([
    ['9', 2],
    ['10', 2],
  ]);
  await writeFile(path.join(folder, 'a.png'), png(1, 1, [100]));
  expect((await openImages(folder)).labels).toBeUndefined();
});
