/** The latents in a real browser, beside what the engine drew. */
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeTiles } from '../../src/training/png.ts';
import { runCli } from '../cli/support.ts';
import { trainedSweep } from '../cli/trained-sweep.ts';
import { HAS_BROWSER, inBrowser, openInBrowser, type OpenedPage } from './browser.ts';

const SHAPE = { height: 32, width: 32, channels: 1 };
/** Grey levels: weights are rounded to 16 bits, codes to three decimals, and both pictures to whole levels. */
const TOLERANCE = 1;

async function writtenPage() {
  const { folder, layout } = await trainedSweep();
  const file = path.join(folder, 'page.html');
  const results = path.join(folder, 'results');
  expect(await runCli(['report', '--format', 'html', '-o', file, '--results', results])).toMatchObject({ code: 0 });
  return { file, layout };
}

/** The canvas's grey levels. */
function drawn({ page }: OpenedPage): Promise<number[]> {
  return page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const canvas = document.querySelector('.latents-picture');
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    resolve([...data].filter((_, i) => i % 4 === 0));
  })))`);
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((most, each) => Math.max(most, each), 0);
}

describe.skipIf(!HAS_BROWSER)(inBrowser('in a browser'), () => {
  it('the image is what the engine reconstructed; a slider changes it, and another β or image draws theirs', async () => {
    const { file, layout } = await writtenPage();
    const opened = await openInBrowser(file);
    const { page } = opened;
    const note = (await page.textContent('.latents-note'))!;
    const best = /Trial ([0-9a-f]+), seed 0; weights rounded to 16 bits/.exec(note)![1]!;
    const reconstructions = async (prefix: string): Promise<Uint8Array[]> => {
      const id = readdirSync(layout.sweep('tiny')).find((name) => name.startsWith(prefix))!;
      const { bytes, count } = decodeTiles(await layout.files('tiny', id).get('reconstructions'), SHAPE);
      return [0, 1, 2].map((i) => bytes.subarray((count / 2 + i) * 1024, (count / 2 + i + 1) * 1024));
    };
    const own = await reconstructions(best);
    expect(furthest(await drawn(opened), own[0]!)).toBeLessThanOrEqual(TOLERANCE);

    await page.locator('.latents-starts button').nth(2).click();
    expect(furthest(await drawn(opened), own[2]!)).toBeLessThanOrEqual(TOLERANCE);

    await page.locator('.latents-sliders input').first().press('End');
    expect(furthest(await drawn(opened), own[2]!)).toBeGreaterThan(TOLERANCE);

    const beta = page.locator('.latents-beta input');
    await beta.press((await beta.inputValue()) === '0' ? 'End' : 'Home');
    const other = /Trial ([0-9a-f]+)/.exec((await page.textContent('.latents-note'))!)![1]!;
    expect(other).not.toBe(best);
    expect(furthest(await drawn(opened), (await reconstructions(other))[2]!)).toBeLessThanOrEqual(TOLERANCE);
    expect(opened).toMatchObject({ requests: [], complaints: [] });
  });

  it('without scripts, or with a script that knows no such architecture, the contact sheet stands there', async () => {
    const { file } = await writtenPage();
    const without = await openInBrowser(file, '', { javaScriptEnabled: false });
    expect(await without.page.locator('.latents-sheet img').isVisible()).toBe(true);
    const page = await readFile(file, 'utf8');
    await writeFile(file, page.replaceAll('"model":{"architecture":"mlp"', '"model":{"architecture":"mystery"'));
    const stale = await openInBrowser(file);
    expect(await stale.page.textContent('.latents-note')).toBe('Not to be dragged here: nobody defines mystery.');
    expect(await stale.page.locator('.latents-sheet img').isVisible()).toBe(true);
    expect(stale.complaints).toEqual([]);
  });
});
