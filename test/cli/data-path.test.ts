/** `sweep data PATH`: what is in data of one's own. */
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decode } from 'fast-png';
import { place } from './own-place.ts';

describe('sweep data PATH', () => {
  it('says what is there, and draws some of it', async () => {
    const { at, ok } = place();
    writeFileSync(at('faces/labels.csv'), '000.png,3\n');
    copyFileSync(at('faces/001.png'), at('faces/200.png'));
    const text = await ok('data', at('faces'), '-o', at('sheet.png'));
    expect(text).toContain('201 of 12×12 pixels, grey; values from 0 to');
    expect(text).toContain('a folder of pictures; passed over: 1 other file');
    expect(text).toMatch(/161 to train, 20 for validation, 20 for the test|160 to train/);
    expect(decode(readFileSync(at('sheet.png')))).toMatchObject({ channels: 1, width: 16 * 14 + 2 });
    expect(JSON.parse(await ok('data', at('colour'), '--json'))).toMatchObject({
      ...{ schema: 'vae-sweep.images/1', images: 200, height: 12, width: 12, channels: 3, passed_over: null },
      splits: { train: 160, validation: 20, test: 20 },
    });
  });

  it('refuses what is no images, and says why', async () => {
    const { at, sweep } = place();
    cpSync(at('faces/001.png'), at('faces/x.gif'));
    for (const [args, message] of [
      [[at('faces')], /x\.gif: GIF isn't read\. Of folders PNGs and JPEGs are read/],
      [[at('nowhere')], /There is no file and no folder/],
      [[at('faces.npy'), '-o', 'x.jpg'], /a contact sheet is written as \.png/],
      [['-o', at('x.png')], /sweep data PATH -o/],
      [['mnist'], /`sweep data mnist -o mnist\.npz` writes its images, labels and splits/],
      [['sprites-mini', '-o', at('x.png')], /-o sprites-mini\.npz/],
    ] as const) {
      const { code, stderr, stdout } = await sweep('data', ...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
    }
  });
});
