import { count, formatCount } from '../../text/format-number.ts';
import { MOST_BYTES, MOST_IMAGES, MOST_SIDE, type ImageStream } from './image-stream.ts';
import { unusable } from './unusable.ts';

export type Shape = Pick<ImageStream, 'images' | 'height' | 'width' | 'channels'>;

/** Dimensions: a header may claim any number. */
const MOST_SHOWN = 8;

/** `2,000 × 28 × 28`, as NumPy prints a shape, but for commas in numbers. */
export function describeShape(shape: readonly number[]): string {
  const shown = shape.slice(0, MOST_SHOWN).map((size) => formatCount(size));
  return [...shown, ...(shape.length > MOST_SHOWN ? ['…'] : [])].join(' × ');
}

/**
 * What the dimensions of an array say of its images: N×H×W, N×H×W×1 or N×H×W×3.
 * @throws SweepError DATA_CORRUPT for any others, and for more than are taken
 */
export function shapeOfImages(place: string, dimensions: readonly number[]): Shape {
  const written = describeShape(dimensions);
  const wanted = 'Images are read as N×H×W or, grey or colour, as N×H×W×1 or N×H×W×3';
  if (dimensions.length < 3 || dimensions.length > 4) {
    const isRows = dimensions.length === 2;
    const fix = isRows
      ? `${wanted}: reshape its rows, as by x.reshape(-1, 28, 28)`
      : `${wanted}; rows of numbers as N×P`;
    throw unusable(place, `it is an array of ${count(dimensions.length, 'dimension')} (${written})`, fix);
  }
  const [images, height, width, channels = 1] = dimensions as [number, number, number, number?];
  if (channels !== 1 && channels !== 3) {
    const isFirst = height === 1 || height === 3;
    const fix = isFirst
      ? `${wanted}: x.transpose(0, 2, 3, 1) brings the channels to the end`
      : `${wanted}${channels === 4 ? ': x[..., :3] leaves out the fourth, transparency' : ''}`;
    throw unusable(place, `it is an array of ${written}, whose images have ${formatCount(channels)} channels`, fix);
  }
  if (images === 0 || height === 0 || width === 0) {
    throw unusable(place, `it is an array of ${written}, which holds no pixel`, wanted);
  }
  if (height > MOST_SIDE || width > MOST_SIDE) {
    throw unusable(place, `its images are of ${height}×${width} pixels`, `At most ${MOST_SIDE} a side are taken`);
  }
  const bytes = images * height * width * channels;
  if (images > MOST_IMAGES) {
    throw unusable(place, `it is an array of ${written}`, `At most ${formatCount(MOST_IMAGES)} images are taken`);
  }
  if (bytes > MOST_BYTES) {
    const fix = `At most ${megabytes(MOST_BYTES)} are taken: make them smaller, or fewer`;
    throw unusable(place, `its images take ${megabytes(bytes)}, a byte a value (${written})`, fix);
  }
  return { images, height, width, channels };
}

function megabytes(bytes: number): string {
  return `${formatCount(Math.round(bytes / 1e6))} MB`;
}
