import { decode, encode } from 'fast-png';

/** Pixels between two tiles. */
const GAP = 2;
const BACKGROUND = 128;

/**
 * A PNG of `count` tiles in rows of `columns`. `pixels` holds the tiles one after another, row-major, values in [0, 1].
 * Three channels are a colour; of any other number the first is shown, as grey.
 */
export function encodeTiles(
  pixels: Float32Array,
  count: number,
  columns: number,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
): Uint8Array {
  const shown = channels === 3 ? 3 : 1;
  const rows = Math.ceil(count / columns);
  const totalWidth = columns * (width + GAP) + GAP;
  const totalHeight = rows * (height + GAP) + GAP;
  const data = new Uint8Array(totalWidth * totalHeight * shown).fill(BACKGROUND);
  for (let tile = 0; tile < count; tile++) {
    const top = GAP + Math.floor(tile / columns) * (height + GAP);
    const left = GAP + (tile % columns) * (width + GAP);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < shown; c++) {
          const value = pixels[((tile * height + y) * width + x) * channels + c]!;
          data[((top + y) * totalWidth + left + x) * shown + c] = Math.round(255 * Math.min(Math.max(value, 0), 1));
        }
  }
  return encode({ width: totalWidth, height: totalHeight, data, channels: shown, depth: 8 });
}

/** The tiles of a picture that `encodeTiles` made of images of this shape, one after another. @throws Error for another picture */
export function decodeTiles(
  png: Uint8Array,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
): { readonly count: number; readonly bytes: Uint8Array } {
  const sheet = decode(png);
  const shown = channels === 3 ? 3 : 1;
  const [columns, rows] = [(sheet.width - GAP) / (width + GAP), (sheet.height - GAP) / (height + GAP)];
  if (!Number.isInteger(columns) || !Number.isInteger(rows) || sheet.channels !== shown || sheet.depth !== 8) {
    throw new Error(`${sheet.width}×${sheet.height} pixels don't hold images of ${width}×${height}`);
  }
  const bytes = new Uint8Array(columns * rows * height * width * shown);
  for (let tile = 0; tile < columns * rows; tile++)
    for (let y = 0; y < height; y++) {
      const top = GAP + Math.floor(tile / columns) * (height + GAP) + y;
      const from = (top * sheet.width + GAP + (tile % columns) * (width + GAP)) * shown;
      bytes.set(sheet.data.subarray(from, from + width * shown), (tile * height + y) * width * shown);
    }
  return { count: columns * rows, bytes };
}
