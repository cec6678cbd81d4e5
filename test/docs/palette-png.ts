/** A PNG of few colours: screenshots have no more, and take a third of the bytes so. */
import { decode, encode } from 'fast-png';

/** As many as a palette may have. */
const MOST = 256;
/** In place of a colour: nothing is there. The first of a palette, since fast-png counts on that. */
const NOTHING = -1;

/**
 * The commonest colours stay as they are, each at least `apart` from those before it (as steps of 255, by the length of
 * red, green and blue together); all others (the edges of letters) become the nearest of them.
 */
export function palettePng(png: Uint8Array, apart: number): Uint8Array {
  const { data, width, height, channels } = decode(png);
  const pixels = new Int32Array(width * height).map((_, i) => {
    const at = i * channels;
    // Half transparent edges would need a palette of their own: a pixel is there or not.
    const isThere = channels === 3 || data[at + 3]! >= 128;
    return isThere ? (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]! : NOTHING;
  });
  const counts = new Map<number, number>();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const hasHoles = counts.delete(NOTHING);
  const common = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const kept = hasHoles ? [NOTHING] : [];
  for (const colour of common) {
    if (kept.length < MOST && nearest(colour, kept).distance >= apart) kept.push(colour);
  }
  const indexOf = new Map([...counts.keys()].map((colour) => [colour, nearest(colour, kept).place]));
  indexOf.set(NOTHING, 0);
  return encode(
    {
      ...{ width, height, channels: 1, depth: 8 },
      data: Uint8Array.from(pixels, (pixel) => indexOf.get(pixel)!),
      palette: kept.map((colour) => (colour === NOTHING ? [0, 0, 0, 0] : [...rgb(colour), 255])),
    },
    { zlib: { level: 9 } },
  );
}

function rgb(colour: number): [number, number, number] {
  return [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];
}

function nearest(colour: number, kept: readonly number[]): { readonly place: number; readonly distance: number } {
  const [red, green, blue] = rgb(colour);
  let [place, distance] = [0, Infinity];
  for (const [i, other] of kept.entries()) {
    if (other === NOTHING) continue;
    const [r, g, b] = rgb(other);
    const own = Math.hypot(r - red, g - green, b - blue);
    if (own < distance) [place, distance] = [i, own];
  }
  return { place, distance };
}
