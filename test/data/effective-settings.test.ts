import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effectiveSettings } from '../../src/data/effective-settings.ts';
import { locateDataset } from '../../src/data/locate.ts';
import { splitSizes } from '../../src/data/split-sizes.ts';
import type { DatasetSettings } from '../../src/trial/trial.ts';
import { loadImages, sha256, tinyEntry, writeTiny } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

const entry = tinyEntry();
const catalog = [entry];
const train = { epochs: 1, batchSize: 4, clipNorm: null };

/** 40 training images of which 8 are held out: from less than there are to more. */
const asked = fc.record({
  name: fc.constant('tiny'),
  train: fc.option(fc.integer({ min: 1, max: 50 })),
  validation: fc.option(fc.integer({ min: 0, max: 12 })),
  binarization: fc.constantFrom('grey' as const, 'dynamic' as const),
});

test('settings become equal exactly when they take the same images in the same way (issue 9, line 7)', async () => {
  const dataDir = await temporaryFolder();
  await writeTiny(dataDir, { gzip: false });
  const source = await locateDataset(
    { ...entry, train: null, validation: null, binarization: 'grey' },
    { dataDir, catalog },
  );
  const imagesOf = async (settings: DatasetSettings) => {
    const { train, validation } = await loadImages(source, settings, catalog);
    expect([train.count, validation.count]).toEqual([
      splitSizes(entry, settings).training,
      splitSizes(entry, settings).validation,
    ]);
    return [sha256(train.images), sha256(validation.images), settings.binarization].join();
  };
  await fc.assert(
    fc.asyncProperty(asked, asked, async (one, other) => {
      const [ours, theirs] = [one, other].map((dataset) => effectiveSettings(entry, { dataset, train }).dataset);
      expect(await imagesOf(ours!)).toBe(await imagesOf(one));
      expect(JSON.stringify(ours) === JSON.stringify(theirs)).toBe((await imagesOf(one)) === (await imagesOf(other)));
    }),
    { numRuns: 300 },
  );
});

test('settings that say nothing, or less than there is, stay as they are, so that their ids do', () => {
  for (const [train, validation] of [
    [null, null],
    [7, null],
    [31, 7],
    [null, 0],
    [39, 0],
  ] as const) {
    const dataset = { name: 'tiny', train, validation, binarization: 'static' } as const;
    const settings = { dataset, train: { epochs: 3, batchSize: 7, clipNorm: 1 } };
    expect(effectiveSettings(entry, settings)).toEqual({ ...settings, wishes: [] });
  }
});
