/** What the pictures are made by shows what was there. */
import { convertIndexedToRgb, decode, encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { palettePng } from './palette-png.ts';
import { terminalPage } from './terminal-page.ts';

/** A picture of four pixels: dark, dark, nearly dark, and a hole. */
const PNG = encode({
  ...{ width: 2, height: 2, channels: 4 },
  data: new Uint8Array([18, 22, 28, 255, 18, 22, 28, 255, 20, 22, 28, 255, 0, 0, 0, 0]),
});

describe('a PNG of few colours', () => {
  it('has all colours where they are far enough apart, and its holes', () => {
    const all = decode(palettePng(PNG, 1));
    expect(all.palette).toEqual([
      [0, 0, 0, 0],
      [18, 22, 28, 255],
      [20, 22, 28, 255],
    ]);
    expect([...convertIndexedToRgb(all)].slice(8, 16)).toEqual([20, 22, 28, 255, 0, 0, 0, 0]);
  });

  it('has the commonest of those that are near each other', () => {
    expect(decode(palettePng(PNG, 8)).palette).toEqual([
      [0, 0, 0, 0],
      [18, 22, 28, 255],
    ]);
  });
});

describe('a terminal as a page', () => {
  it('has weights and colours where they are, and escapes what is markup', () => {
    const page = terminalPage('sweep', 'a \u001b[1mb <c>\u001b[22m \u001b[32md\u001b[39m e', 20);
    expect(page).toContain('<pre>a <span class="bold">b &lt;c></span> <span class="green">d</span> e</pre>');
  });

  it('refuses what it can not show', () => {
    expect(() => terminalPage('sweep', '\u001b[H', 20)).toThrow('no place for');
  });
});
