import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decode } from 'fast-png';
import { expect, onTestFinished, test } from 'vitest';
import { planGallery } from '../../src/analysis/gallery-plan.ts';
import { spritesMini } from '../../src/data/datasets/sprites-mini.ts';
import type { DatasetDefinition } from '../../src/data/definition.ts';
import { TrialFiles } from '../../src/files/trial-files.ts';
import { drawGallery } from '../../src/pictures/draw-gallery.ts';
import { PANELS } from '../../src/pictures/panels/index.ts';
import { drawSheet } from '../../src/pictures/sheet.ts';
import { encodeTiles, toTiles } from '../../src/training/png.ts';
import { snapshotOf, trialRecord } from '../analysis/support.ts';

const SHAPE = { height: 3, width: 4 };

/** A trial with pictures of images of these channels, drawn as a panel. */
async function galleryOf(panel: string, channels: number, images: number) {
  const folder = mkdtempSync(path.join(tmpdir(), 'gallery-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dataset: DatasetDefinition = { ...spritesMini, ...SHAPE, channels };
  const trial = trialRecord({ metrics: { 'val/elbo': -7 } });
  const files = new TrialFiles(folder);
  const size = channels * SHAPE.height * SHAPE.width;
  const pixels = Float32Array.from({ length: 2 * images * size }, (_, i) => ((i * 11) % 256) / 255);
  await files.put('reconstructions', [encodeTiles(toTiles(pixels, 2 * images, dataset), images)]);
  const gallery = await drawGallery({
    sweep: 'beta',
    plan: planGallery(snapshotOf([trial]), { limit: 24 }),
    panel: PANELS.find(({ name }) => name === panel)!,
    dataset,
    filesOf: () => files,
    loadHeldOut: () => Promise.reject(new Error('not needed')),
    idLength: 6,
  });
  return { gallery, pixels, size };
}

test.each([1, 2, 3])('images of %i channels are shown, by the first where there are two', async (channels) => {
  const { gallery, pixels, size } = await galleryOf('reconstructions', channels, 5);
  const [{ content }] = gallery.cells as [(typeof gallery.cells)[number]];
  if (content.kind !== 'tiles') throw new Error('there is no picture');
  const png = decode(content.png);
  const shown = channels === 3 ? 3 : 1;
  expect([png.width, png.height, png.channels]).toEqual([5 * SHAPE.width + 4, SHAPE.height, shown]);
  // The second reconstruction's first row.
  const row = pixels.subarray(6 * size, 6 * size + SHAPE.width * channels);
  const expected = Array.from(row, (value) => Math.round(255 * value)).filter((_, i) => i % channels < shown);
  const at = (SHAPE.width + 1) * shown;
  expect([...png.data.subarray(at, at + SHAPE.width * shown)]).toEqual(expected);
  expect(gallery.texts[1]).toContain('the first 5 held-out images');
});

test('images that are not kept whole are not encoded: their place says why', async () => {
  const { gallery } = await galleryOf('interpolations', 2, 5);
  expect(gallery.cells[0]!.content).toEqual({
    kind: 'missing',
    reason: 'of images with 2 channels only the first is kept',
  });
  expect(drawSheet(gallery).svg).toContain('of images with 2 channels');
});

test('a name that looks like SVG is text', async () => {
  const { gallery } = await galleryOf('reconstructions', 1, 2);
  const { svg } = drawSheet({ ...gallery, title: '<b> & "c"\u001b[31m' });
  expect(svg).toContain('>&lt;b&gt; &amp; &quot;c&quot;</text>');
});
