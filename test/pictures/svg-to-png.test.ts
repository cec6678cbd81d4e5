import { decode, encode } from 'fast-png';
import { expect, test } from 'vitest';
import { svgToPng } from '../../src/pictures/svg-to-png.ts';

const svg = (content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20">${content}</svg>`;

test('a picture has the size of its SVG, times the scale', async () => {
  const once = decode(await svgToPng(svg('')));
  const thrice = decode(await svgToPng(svg(''), { scale: 3 }));
  expect([once.width, once.height]).toEqual([40, 20]);
  expect([thrice.width, thrice.height]).toEqual([120, 60]);
});

test('what is left empty is transparent, or the background', async () => {
  expect([...decode(await svgToPng(svg(''))).data.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  expect([...decode(await svgToPng(svg(''), { background: '#fff' })).data.subarray(0, 4)]).toEqual([
    255, 255, 255, 255,
  ]);
});

test('text is drawn, Greek and signs too, whatever family is asked for, without fonts of the system', async () => {
  const ink = async (text: string, family: string): Promise<number> => {
    const content = `<text x="2" y="15" font-size="12" font-family="${family}">${text}</text>`;
    const { data } = decode(await svgToPng(svg(content)));
    return Array.from(data).reduce((sum, value, i) => (i % 4 === 3 ? sum + value : sum), 0);
  };
  const tofu = await ink('\u{10ffff}', 'sans-serif');
  for (const character of 'aβσµ±−×·≥→č') {
    const drawn = await ink(character, 'sans-serif');
    expect(drawn).toBeGreaterThan(0);
    expect(drawn).not.toBe(tofu);
    expect(await ink(character, 'Nowhere Grotesk')).toBe(drawn);
  }
});

test('an embedded picture is enlarged pixel by pixel', async () => {
  const data = Uint8Array.of(0, 50, 100, 150, 200, 250);
  const small = Buffer.from(encode({ width: 3, height: 2, channels: 1, depth: 8, data })).toString('base64');
  const image = `<image x="4" y="2" width="12" height="8" image-rendering="optimizeSpeed" href="data:image/png;base64,${small}"/>`;
  const large = decode(await svgToPng(svg(image), { scale: 2 }));
  for (let y = 0; y < 16; y++) {
    for (let x = 0; x < 24; x++) {
      const at = ((4 + y) * large.width + 8 + x) * 4;
      expect(large.data[at]).toBe(data[(y >> 3) * 3 + (x >> 3)]);
    }
  }
});

test('what is no SVG is refused', async () => {
  await expect(svgToPng('<p>no</p>')).rejects.toThrow();
});
