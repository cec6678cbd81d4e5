import { expect, test } from 'vitest';
import { DATASETS } from '../../src/data/datasets/index.ts';
import { listDatasets } from '../../src/data/listing.ts';
import { tinyEntry, writeTiny } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('tells what is built in and what would be downloaded, from where and how much', async () => {
  const listing = await listDatasets({ cacheDir: await temporaryFolder() });
  expect(listing.map(({ name, availability }) => [name, availability])).toEqual([
    ['sprites-mini', 'built_in'],
    ['sprites', 'built_in'],
    ['mnist', 'missing'],
    ['fashion-mnist', 'missing'],
  ]);
  expect(listing.map(({ downloadBytes }) => downloadBytes)).toEqual([0, 0, 11_561_299, 30_843_982]);
  expect(listing[2]).toMatchObject({ images: 70_000, height: 28, width: 28, folder: null });
  for (const { mirrors } of listing.slice(2)) expect(mirrors.length).toBeGreaterThanOrEqual(2);
});

test('tells in which folder files were found', async () => {
  const dataDir = await temporaryFolder();
  const folder = await writeTiny(dataDir, { gzip: true });
  const [tiny] = await listDatasets({ dataDir, cacheDir: await temporaryFolder(), catalog: [tinyEntry()] });
  expect(tiny).toMatchObject({ name: 'tiny', availability: 'present', folder });
});

test.each(DATASETS)('the splits of $name fit its images', ({ kind, images, splits }) => {
  const used = splits.train + splits.validation + splits.test;
  expect(used).toBeLessThanOrEqual(images);
  if (kind === 'files') expect(used).toBe(images);
});
