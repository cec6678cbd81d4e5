import { decode, encode } from 'fast-png';

/** Pictures of one size, one after another and row-major: a byte a pixel, or three (red, green, blue) where they are in colour. */
export interface Tiles {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly bytes: Uint8Array;
}

/** Pixels between tiles and around all of them, and their grey. */
export interface TileSpacing {
  readonly gap: number;
  readonly margin: number;
  readonly shade: number;
}

/** Of the pictures that a trial keeps. */
const KEPT: TileSpacing = { gap: 2, margin: 2, shade: 128 };

interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * `count` images of values in [0, 1], one after another. Three channels are a colour; of any other number the first is
 * shown, as grey.
 */
export function toTiles(pixels: ArrayLike<number>, count: number, { height, width, channels }: ImageShape): Tiles {
  const shown = channels === 3 ? 3 : 1;
  const bytes = new Uint8Array(count * height * width * shown);
  for (let pixel = 0; pixel < count * height * width; pixel++) {
    for (let c = 0; c < shown; c++) {
      bytes[pixel * shown + c] = Math.round(255 * Math.min(Math.max(pixels[pixel * channels + c]!, 0), 1));
    }
  }
  return { count, width, height, channels: shown, bytes };
}

/** A PNG of tiles in rows of `columns`. */
export function encodeTiles(tiles: Tiles, columns: number, spacing: TileSpacing = KEPT): Uint8Array {
  const { width, height } = sheetSize(tiles, columns, spacing);
  const data = new Uint8Array(width * height * tiles.channels).fill(spacing.shade);
  for (const { inTiles, inSheet, length } of pixelRows(tiles, columns, spacing)) {
    data.set(tiles.bytes.subarray(inTiles, inTiles + length), inSheet);
  }
  return encode({ width, height, data, channels: tiles.channels, depth: 8 });
}

/**
 * The tiles of a picture that a trial keeps, whose images have this shape.
 * @throws Error for what is no PNG, or of another size
 */
export function decodeTiles(png: Uint8Array, { height, width, channels }: ImageShape): Tiles {
  const sheet = decode(png);
  const shown = channels === 3 ? 3 : 1;
  const across = (sheet.width - KEPT.margin) / (width + KEPT.gap);
  const down = (sheet.height - KEPT.margin) / (height + KEPT.gap);
  if (!Number.isInteger(across) || !Number.isInteger(down) || sheet.channels !== shown || sheet.depth !== 8) {
    throw new Error(`${sheet.width}×${sheet.height} pixels don't hold images of ${width}×${height}`);
  }
  const count = across * down;
  const tiles = {
    count,
    width,
    height,
    channels: shown,
    bytes: new Uint8Array(count * width * height * shown),
  } as const;
  for (const { inTiles, inSheet, length } of pixelRows(tiles, across, KEPT)) {
    tiles.bytes.set(sheet.data.subarray(inSheet, inSheet + length), inTiles);
  }
  return tiles;
}

/** Of the picture that `encodeTiles` makes, in pixels. */
export function sheetSize(
  { count, width, height }: Pick<Tiles, 'count' | 'width' | 'height'>,
  columns: number,
  { gap, margin }: TileSpacing,
): { readonly width: number; readonly height: number } {
  const along = (tiles: number, size: number): number => tiles * (size + gap) - gap + 2 * margin;
  return { width: along(columns, width), height: along(Math.ceil(count / columns), height) };
}

/** Where each row of pixels of each tile lies, in bytes. */
function* pixelRows(
  tiles: Tiles,
  columns: number,
  spacing: TileSpacing,
): Generator<{ readonly inTiles: number; readonly inSheet: number; readonly length: number }> {
  const { count, width, height, channels } = tiles;
  const { gap, margin } = spacing;
  const sheetWidth = sheetSize(tiles, columns, spacing).width;
  const length = width * channels;
  for (let tile = 0; tile < count; tile++) {
    const top = margin + Math.floor(tile / columns) * (height + gap);
    const left = margin + (tile % columns) * (width + gap);
    for (let y = 0; y < height; y++) {
      yield { inTiles: (tile * height + y) * length, inSheet: ((top + y) * sheetWidth + left) * channels, length };
    }
  }
}

/** So many of the tiles, from one of them on. */
export function someTiles(tiles: Tiles, from: number, count: number): Tiles {
  const size = tiles.width * tiles.height * tiles.channels;
  return { ...tiles, count, bytes: tiles.bytes.subarray(from * size, (from + count) * size) };
}

/** Tiles of one size, one after another. */
export function joinTiles(parts: readonly [Tiles, ...Tiles[]]): Tiles {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return { ...parts[0], count, bytes: Buffer.concat(parts.map(({ bytes }) => bytes)) };
}
