import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { examineImages, ownImages } from '../../../../src/data/own/examine.ts';
import { openImages } from '../../../../src/data/own/open-images.ts';
import { broughtTo } from '../../../../src/data/own/pictures/resample.ts';
import { trialId } from '../../../../src/trial/identity.ts';
import type { OwnReading } from '../../../../src/trial/trial.ts';
import { settings } from '../../fixtures.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { npy, png } from '../write.ts';

const grey = (height: number, width: number, bytes: number[]) =>
  ({ height, width, channels: 1, bytes: Uint8Array.from(bytes) }) as const;
const to = (height: number, width: number) => ({ height, width, channels: 1 }) as const;

describe('a box filter', () => {
  it.each([
    ['halves: means of four, halves up', grey(2, 2, [1, 2, 3, 4]), to(1, 1), 'stretch', [3]],
    [
      'thirds to halves: a pixel counts as far as it is covered',
      grey(1, 3, [0, 90, 30]),
      to(1, 2),
      'stretch',
      [30, 50],
    ],
    ['enlarges by the areas that new pixels cover', grey(1, 2, [0, 90]), to(1, 3), 'stretch', [0, 45, 90]],
    ['crop: the middle in the new proportions', grey(1, 5, [9, 1, 2, 3, 9]), to(1, 3), 'crop', [1, 2, 3]],
    ['crop: a square of a row', grey(1, 5, [1, 2, 3, 4, 5]), to(2, 2), 'crop', [3, 3, 3, 3]],
    ['fit: all of it on black', grey(1, 4, [10, 20, 30, 40]), to(2, 2), 'fit', [15, 35, 0, 0]],
    [
      'fit: never less than a pixel',
      grey(
        1,
        9,
        Array.from({ length: 9 }, () => 7),
      ),
      to(3, 3),
      'fit',
      [0, 0, 0, 7, 7, 7, 0, 0, 0],
    ],
  ] as const)('%s', (_what, picture, shape, resize, expected) => {
    expect([...broughtTo(picture, shape, resize)]).toEqual(expected);
  });

  it('keeps what is even, and each channel to itself', () => {
    const bytes = Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => [0, 128, 255][i % 3]!);
    for (const [height, width] of [
      [3, 2],
      [11, 13],
      [1, 1],
    ] as const) {
      const small = broughtTo({ height: 7, width: 5, channels: 3, bytes }, { height, width, channels: 3 }, 'crop');
      expect([...small]).toEqual(Array.from({ length: height * width * 3 }, (_, i) => [0, 128, 255][i % 3]!));
    }
  });

  it('makes grey of colour before all else, and colour of grey', () => {
    const colour = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255);
    const picture = { height: 1, width: 4, channels: 3, bytes: colour } as const;
    expect([...broughtTo(picture, to(1, 4))]).toEqual([76, 150, 29, 255]);
    expect([...broughtTo(grey(1, 2, [5, 6]), { height: 1, width: 2, channels: 3 })]).toEqual([5, 5, 5, 6, 6, 6]);
  });
});

/** Ten pictures, each of another size and shade; in colour where it is asked for. */
async function photos(): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'photos');
  await mkdir(folder);
  for (let i = 0; i < 10; i++) {
    const [height, width] = [2 + i, 12 - i];
    const shade = Array.from({ length: height * width * (i === 3 ? 3 : 1) }, () => 25 * i);
    await writeFile(path.join(folder, `${i}.png`), png(width, height, shade, i === 3 ? { kind: 2 } : {}));
  }
  return folder;
}

describe('a folder of pictures of all sizes', () => {
  it('is brought to one, and known by what comes of it, whatever it was', async () => {
    const folder = await photos();
    const reading: OwnReading = { size: [4, 3], resize: 'stretch', channels: 'grey' };
    const cacheDir = path.join(folder, '..', 'cache');
    const facts = await examineImages(folder, { cacheDir, reading });
    expect(facts).toMatchObject({ images: 10, height: 4, width: 3, channels: 1, different: 10 });
    expect(facts.format).toBe('a folder of pictures of 10 sizes, brought to 4×3 (stretch), grey');
    const file = path.join(folder, '..', 'small.npy');
    await writeFile(
      file,
      npy(
        [10, 4, 3],
        Uint8Array.from({ length: 120 }, (_, i) => 25 * Math.floor(i / 12)),
      ),
    );
    const same = await examineImages(file, { cacheDir });
    expect(same.fingerprint).toBe(facts.fingerprint);
    const idOf = (own: ReturnType<typeof ownImages>): string => {
      const config = {
        parameters: {},
        train: { epochs: 1, batchSize: 1, clipNorm: null },
        dataset: settings('x', { own }),
      };
      return trialId(config, own.fingerprint, 0);
    };
    expect(idOf(ownImages(folder, facts, reading))).toBe(idOf(ownImages(file, same)));
    // Facts of another size are others.
    expect((await examineImages(folder, { cacheDir, reading: { size: [2, 2] } })).channels).toBe(3);
  });

  it('of an array, too; in pieces, however large they become', async () => {
    const file = path.join(await temporaryFolder(), 'x.npy');
    await writeFile(
      file,
      npy(
        [50, 1, 1],
        Uint8Array.from({ length: 50 }, (_, i) => i),
      ),
    );
    const stream = await openImages(file, { size: [512, 512], channels: 'colour' });
    let pieces = 0;
    for await (const piece of stream.read()) {
      expect(piece.length).toBeLessThanOrEqual(2 ** 20);
      for (let at = 0; at < piece.length; at += 512 * 512 * 3) expect(piece[at]).toBe(pieces++);
    }
    expect(pieces).toBe(50);
  });
});
