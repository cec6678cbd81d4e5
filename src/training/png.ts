import { encode } from 'fast-png';

/** Pixels between two tiles. */
const GAP = 2;
const BACKGROUND = 128;

/**
 * A PNG of `count` grey tiles in rows of `columns`. `pixels` holds the tiles one after another, row-major, values in
 * [0, 1].
 */
export function encodeTiles(
  pixels: Float32Array,
  count: number,
  columns: number,
  { height, width }: { readonly height: number; readonly width: number },
): Uint8Array {
  const rows = Math.ceil(count / columns);
  const totalWidth = columns * (width + GAP) + GAP;
  const totalHeight = rows * (height + GAP) + GAP;
  const data = new Uint8Array(totalWidth * totalHeight).fill(BACKGROUND);
  for (let tile = 0; tile < count; tile++) {
    const top = GAP + Math.floor(tile / columns) * (height + GAP);
    const left = GAP + (tile % columns) * (width + GAP);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const value = pixels[(tile * height + y) * width + x]!;
        data[(top + y) * totalWidth + left + x] = Math.round(255 * Math.min(Math.max(value, 0), 1));
      }
  }
  return encode({ width: totalWidth, height: totalHeight, data, channels: 1, depth: 8 });
}
