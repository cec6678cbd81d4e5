/** What every data set's definition must do, ours and those to come. */
import { writeFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DATASETS } from '../../src/data/datasets/index.ts';
import {
  type DataFile,
  describeRole,
  fingerprintOf,
  type CatalogDataset,
  type FileDataset,
  type GeneratedDataset,
  type TakeImages,
} from '../../src/data/definition.ts';
import { expectDataset, locateDataset } from '../../src/data/locate.ts';
import { readFiles } from '../../src/data/read-files.ts';
import type { ImageSet } from '../../src/data/source.ts';
import { splitSizes } from '../../src/data/split-sizes.ts';
import { readSpec } from '../../src/sweep-file/parse.ts';
import { loadImages, settings, sha256 } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SHARED = process.env['SWEEP_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../shared/data');

/** The definition's images: of its own files where they are on this machine, else of any bytes in files of its sizes. */
async function reader(definition: CatalogDataset): Promise<TakeImages> {
  if (definition.kind === 'generated') return definition.take;
  const { source, missing } = await expectDataset(settings(definition.name), { dataDir: SHARED });
  return definition.read(
    missing === null ? await readFiles(definition, source.files, undefined) : anyBytes(definition),
  );
}

function anyBytes({ files }: FileDataset): Record<string, Buffer<ArrayBuffer>> {
  return Object.fromEntries(
    Object.entries(files).map(([role, { header, bytes }]) => {
      const content = Buffer.from(new ArrayBuffer(bytes));
      for (let i = 0; i < bytes; i++) content[i] = (i * 31) >> 3;
      header.copy(content);
      return [role, content];
    }),
  );
}

describe.each(DATASETS)('data set $name', (definition) => {
  const { name, images, height, width, channels, splits } = definition;
  const size = height * width * channels;
  const some = Int32Array.from({ length: 64 }, (_, i) => Math.floor((i * images) / 64));
  let take: TakeImages;
  beforeAll(async () => void (take = await reader(definition)));

  it('is called by a word that no other has and a spec may write, and says what it shows', () => {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(DATASETS.filter((other) => other.name === name)).toHaveLength(1);
    expect(readSpec(`name: a\ndataset: ${name}\n`, { file: 'a.yaml', overrides: [] }).spec.dataset.name).toBe(name);
    expect(definition.description).toMatch(/^[^A-Z].*[^.]$/);
  });

  it('gives images of its shape, whole and in the order that is asked for, the same each time', () => {
    const taken = take(some);
    expect(taken).toHaveLength(some.length * size);
    expect(taken.buffer.byteLength).toBe(taken.length);
    expect(sha256(take(some))).toBe(sha256(taken));
    expect(new Set(taken).size).toBeGreaterThan(1);
    const last = taken.subarray((some.length - 1) * size);
    expect(sha256(take(Int32Array.of(some.at(-1)!, some[0]!)).subarray(0, size))).toBe(sha256(last));
    if (definition.isBinary) expect(taken.every((value) => value === 0 || value === 255)).toBe(true);
  });

  it('has a fingerprint that stands for its content, and for no other', () => {
    expect(fingerprintOf(definition)).toMatch(/^[0-9a-f]{64}$/);
    expect(DATASETS.filter((other) => fingerprintOf(other) === fingerprintOf(definition))).toHaveLength(1);
    if (definition.kind === 'files') return;
    expect(sha256(take(some)), 'another image under one index needs another recipeVersion').toBe(
      definition.sampleSha256,
    );
  });

  it('has splits without overlap that fit its images', async () => {
    const used = splits.train + splits.validation + splits.test;
    expect(used).toBeLessThanOrEqual(images);
    expect(splitSizes(definition, { train: null, validation: null })).toMatchObject({
      training: splits.train,
      validation: splits.validation,
    });
    const asked = settings(name, { train: 40, validation: 20 });
    const { train, validation, test, ...shape } = await loadFrom(definition, asked.train!, asked.validation!);
    expect(shape).toEqual({ height, width, channels });
    const numbers = [train, validation, test].map(numbersOf);
    expect(numbers.map(({ length }) => length)).toEqual([40, 20, splits.test]);
    expect(new Set(numbers.flat()).size).toBe(60 + splits.test);
  });

  if (definition.kind === 'generated') {
    it('needs no files', async () => {
      const source = await locateDataset(settings(name), {
        dataDir: '/nowhere',
        cacheDir: '/nowhere',
        download: false,
      });
      expect(source).toEqual({ name, files: {}, fingerprint: fingerprintOf(definition) });
    });
    return;
  }

  it('says of missing files where they were looked for and how they come here', async () => {
    const [dataDir, cacheDir] = [await temporaryFolder(), await temporaryFolder()];
    const { missing } = await expectDataset(settings(name), { dataDir, cacheDir });
    for (const folder of [dataDir, cacheDir]) expect(missing).toContain(path.join(folder, name));
    for (const file of Object.values(definition.files)) {
      const url = `${definition.mirrors[0]!}${file.name}.gz`;
      expect(missing).toContain(`curl -fLo ${path.join(dataDir, name, file.name)}.gz ${url}`);
    }
  });

  it('refuses a file that holds something else, by its place, what it should be, and what to do', async () => {
    const [dataDir, cacheDir] = [await temporaryFolder(), await temporaryFolder()];
    await mkdir(path.join(dataDir, name));
    for (const file of Object.values(definition.files)) {
      await writeFile(path.join(dataDir, name, file.name), '<html>');
    }
    const refusal = await locateDataset(settings(name), { dataDir, cacheDir, download: false }).catch(
      (error: unknown) => error as Error & { code: string },
    );
    const [[role, file]] = Object.entries(definition.files) as unknown as [[string, DataFile]];
    expect(refusal).toMatchObject({ code: 'DATA_CORRUPT' });
    const { message } = refusal as Error;
    expect(message).toContain(`${path.join(dataDir, name, file.name)} is not ${describeRole(definition, role)}`);
    expect(message).toContain(`rm ${path.join(dataDir, name, file.name)}`);
  });
});

/** The splits of the definition with another reader: image n shows the number n, as far as its bytes can. */
async function loadFrom(definition: CatalogDataset, train: number, validation: number) {
  const size = definition.height * definition.width * definition.channels;
  const take: TakeImages = (indices) => {
    const taken = new Uint8Array(indices.length * size);
    indices.forEach((index, i) => new DataView(taken.buffer).setInt32(i * size, index));
    return taken;
  };
  const numbered = { ...definition, kind: 'generated', recipeVersion: 1, take } as GeneratedDataset;
  const source = await locateDataset(settings(definition.name), { catalog: [numbered] });
  return loadImages(source, settings(definition.name, { train, validation }), [numbered]);
}

function numbersOf({ count, images }: ImageSet<Uint8Array>): number[] {
  const view = new DataView(images.buffer);
  return Array.from({ length: count }, (_, i) => view.getInt32((i * images.length) / count));
}
