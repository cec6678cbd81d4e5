import { formatCount } from '../../text/format-number.ts';
import type { ImageStream } from './image-stream.ts';
import type { ImageType } from './numpy/npy-header.ts';
import { unusable } from './unusable.ts';

interface Origin {
  readonly place: string;
  /** Index of the first image of these values. */
  readonly first: number;
  readonly shape: Pick<ImageStream, 'height' | 'width' | 'channels'>;
}

/**
 * Values as the bytes of pixels: uint8 as they are, bool as 0 and 255, floats from 0 to 1 as 255 times that, rounded to
 * the nearest whole number, halves up. @throws SweepError DATA_CORRUPT for any others
 */
export function toBytes(values: Buffer, { name, bytes }: ImageType, origin: Origin): Uint8Array {
  if (name === 'uint8') return values;
  const count = values.length / bytes;
  const pixels = new Uint8Array(count);
  const view = new DataView(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < count; i++) {
    const value =
      name === 'float32'
        ? view.getFloat32(4 * i, true)
        : name === 'float64'
          ? view.getFloat64(8 * i, true)
          : values[i]!;
    // NaN is in no range.
    if (!(value >= 0 && value <= 1)) throw outOfRange(value, i, origin);
    pixels[i] = Math.floor(255 * value + 0.5);
  }
  return pixels;
}

function outOfRange(value: number, index: number, { place, first, shape }: Origin): Error {
  const { height, width, channels } = shape;
  const pixel = Math.floor(index / channels);
  const image = first + Math.floor(pixel / (height * width));
  const row = Math.floor(pixel / width) % height;
  const where = `image ${formatCount(image)}, row ${row}, column ${pixel % width}`;
  const fix = !Number.isFinite(value)
    ? 'Leave such images out, or give the value a number'
    : value > 1
      ? 'If white is 255, save it as such: np.save(FILE, x.round().astype(np.uint8)); else bring it to that range'
      : 'If black is −1, bring it to that range: (x + 1) / 2';
  return unusable(place, `${where} (counted from 0) is ${value}, and values are read from 0 to 1`, fix);
}
