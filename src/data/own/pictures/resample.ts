/**
 * Pictures brought to a size and to grey or colour, by exact arithmetic on whole numbers: the same bytes on every machine.
 *
 * A pixel of the result is the mean of the area that it covers in the source (a box filter, also where it enlarges), rounded to
 * the nearest whole number, halves up. Colour becomes grey before that, as 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601 in 16 bits,
 * as Pillow's `convert("L")`).
 */
import type { OwnReading } from '../../../trial/trial.ts';
import type { Pixels } from './pixels.ts';

/** What pictures are brought to, of what a spec asks. */
export type Bringing = Pick<OwnReading, 'size' | 'resize' | 'channels'>;

export const RESIZES = {
  crop: 'the middle is cut out in the new proportions',
  fit: 'all of it is kept, in the middle of black',
  stretch: 'each side by itself',
} as const;
export type Resize = keyof typeof RESIZES;
export const DEFAULT_RESIZE: Resize = 'crop';

export type PixelShape = Omit<Pixels, 'bytes'>;

/** What pictures of this shape become. */
export function shapeAfter({ height, width, channels }: PixelShape, { size, channels: kind }: Bringing): PixelShape {
  const [newHeight, newWidth] = size ?? [height, width];
  return {
    height: newHeight,
    width: newWidth,
    channels: kind === undefined ? channels : kind === 'grey' ? 1 : 3,
  };
}

/** The pixels of a picture that is brought to `shape`. */
export function broughtTo(picture: Pixels, shape: PixelShape, resize: Resize = DEFAULT_RESIZE): Uint8Array {
  const bytes = inChannels(picture, shape.channels);
  if (picture.height === shape.height && picture.width === shape.width) return bytes;
  return resized({ ...picture, channels: shape.channels, bytes }, shape, resize);
}

function inChannels({ channels, bytes }: Pixels, wanted: 1 | 3): Uint8Array {
  if (channels === wanted) return bytes;
  if (wanted === 3) {
    const colour = new Uint8Array(3 * bytes.length);
    for (const [i, value] of bytes.entries()) colour.fill(value, 3 * i, 3 * i + 3);
    return colour;
  }
  const grey = new Uint8Array(bytes.length / 3);
  for (let i = 0; i < grey.length; i++) {
    const [red, green, blue] = [bytes[3 * i]!, bytes[3 * i + 1]!, bytes[3 * i + 2]!];
    grey[i] = (19_595 * red + 38_470 * green + 7_471 * blue + 0x8000) >> 16;
  }
  return grey;
}

/** A part of a picture. */
interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

function resized(picture: Pixels, { height, width, channels }: PixelShape, resize: Resize): Uint8Array {
  const { from, to } = windows(picture, { height, width }, resize);
  const result = new Uint8Array(height * width * channels);
  const across = sharesOf(from.width, to.width);
  const down = sharesOf(from.height, to.height);
  const [rowValues, area] = [to.width * channels, from.height * from.width];
  /** Of each row of the source that is in use: sums over the columns that a new pixel covers. */
  const sums = new Float64Array(from.height * rowValues);
  for (let row = 0; row < from.height; row++) {
    const start = ((from.top + row) * picture.width + from.left) * channels;
    for (let x = 0; x < to.width; x++) {
      const { first, shares } = across[x]!;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < shares.length; k++) sum += shares[k]! * picture.bytes[start + (first + k) * channels + c]!;
        sums[row * rowValues + x * channels + c] = sum;
      }
    }
  }
  for (let y = 0; y < to.height; y++) {
    const { first, shares } = down[y]!;
    const start = ((to.top + y) * width + to.left) * channels;
    for (let i = 0; i < rowValues; i++) {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k]! * sums[(first + k) * rowValues + i]!;
      // Below 2⁵³, and no quotient that isn't whole is that near to one.
      result[start + i] = Math.floor((2 * sum + area) / (2 * area));
    }
  }
  return result;
}

/** Which part of the source becomes which part of the result. Sides are rounded to the nearest, halves up; middles up and to the left. */
function windows(
  source: { readonly height: number; readonly width: number },
  result: { readonly height: number; readonly width: number },
  resize: Resize,
): { readonly from: Window; readonly to: Window } {
  const whole = (of: typeof source): Window => ({ ...of, top: 0, left: 0 });
  if (resize === 'stretch') return { from: whole(source), to: whole(result) };
  if (resize === 'crop') return { from: inMiddle(source, result), to: whole(result) };
  return { from: whole(source), to: inMiddle(result, source) };
}

/** The largest part of `outer` that has the proportions of `of`, in its middle. */
function inMiddle(
  outer: { readonly height: number; readonly width: number },
  of: { readonly height: number; readonly width: number },
): Window {
  const isTall = outer.height * of.width >= outer.width * of.height;
  const side = (numerator: number, denominator: number): number =>
    Math.max(1, Math.floor((2 * numerator + denominator) / (2 * denominator)));
  const height = isTall ? Math.min(outer.height, side(outer.width * of.height, of.width)) : outer.height;
  const width = isTall ? outer.width : Math.min(outer.width, side(outer.height * of.width, of.height));
  return {
    top: Math.floor((outer.height - height) / 2),
    left: Math.floor((outer.width - width) / 2),
    height,
    width,
  };
}

/** For each of `to` new pixels: which of `from` old ones it covers, and how much of each, `from` in all. */
function sharesOf(from: number, to: number): { readonly first: number; readonly shares: readonly number[] }[] {
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * from, (i + 1) * from];
    const first = Math.floor(start / to);
    const shares: number[] = [];
    for (let j = first; j * to < end; j++) shares.push(Math.min((j + 1) * to, end) - Math.max(j * to, start));
    return { first, shares };
  });
}
