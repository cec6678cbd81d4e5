import { element, type Markup } from '../../charts/svg.ts';

/** Width and height of a PNG, from its first chunk; undefined for what is none. */
function pngSize(png: Uint8Array): { width: number; height: number } | undefined {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (png.byteLength < 24 || view.getUint32(0) !== 0x89504e47) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Rows of tiles in a picture of reconstructions: images, then what became of them. */
const ROWS = 2;

/** A picture, each of its pixels a square; of one with two rows of tiles a single row where `row` says so. */
export function picture(png: Uint8Array, label: string, row?: number): Markup {
  const size = pngSize(png);
  if (size === undefined) return '';
  const { width, height } = size;
  // Tiles have a margin around them, which both rows share.
  const gap = 2;
  const tile = (height - gap) / ROWS;
  const box = row === undefined ? `0 0 ${width} ${height}` : `0 ${row * tile} ${width} ${tile + gap}`;
  const address = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  return element(
    'svg',
    {
      class: 'pixels',
      viewBox: box,
      role: 'img',
      'aria-label': label,
      width,
      height: row === undefined ? height : tile + gap,
    },
    element('image', { href: address, width, height }),
  );
}
