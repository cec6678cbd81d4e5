/** Convolutions as TF.js has them: maps are [B, height, width, channels]. */
import { addMultiple } from './matmul.ts';
import { PlainTensor } from './plain-tensor.ts';

type Strides = number | readonly [number, number];
type Padding = 'same' | 'valid' | number;

/** `maps` [B, H, W, I] by `filter` [h, w, I, O]. */
export function conv2d(maps: PlainTensor, filter: PlainTensor, strides: Strides, pad: Padding): PlainTensor {
  const [batch, height, width, inputs] = dimensions(maps);
  const [filterHeight, filterWidth, taps, outputs] = dimensions(filter);
  if (taps !== inputs) throw new Error(`a filter of ${taps} channels for maps of ${inputs}`);
  const [down, across] = alongAxes(strides);
  const rows = alongAxis(height, filterHeight, down, pad);
  const columns = alongAxis(width, filterWidth, across, pad);
  const result = new Float32Array(batch * rows.count * columns.count * outputs);
  eachTap({ batch, height, width, filterHeight, filterWidth, rows, columns }, (large, small, tap) => {
    for (let i = 0; i < inputs; i++) {
      const factor = maps.values[large * inputs + i]!;
      addMultiple(result, small * outputs, factor, filter.values, (tap * inputs + i) * outputs, outputs);
    }
  });
  return new PlainTensor([batch, rows.count, columns.count, outputs], result);
}

/** `maps` [B, h', w', I] back to `shape` [B, H, W, O], by `filter` [h, w, O, I]: the gradient of a convolution towards its input. */
export function conv2dTranspose(
  maps: PlainTensor,
  filter: PlainTensor,
  shape: readonly number[],
  strides: Strides,
  pad: Padding,
): PlainTensor {
  const [batch, smallHeight, smallWidth, inputs] = dimensions(maps);
  const [, height, width] = shape as [number, number, number];
  const [filterHeight, filterWidth, outputs, taps] = dimensions(filter);
  const [down, across] = alongAxes(strides);
  const rows = alongAxis(height, filterHeight, down, pad);
  const columns = alongAxis(width, filterWidth, across, pad);
  if (rows.count !== smallHeight || columns.count !== smallWidth || taps !== inputs || shape[3] !== outputs) {
    throw new Error(`no transposed convolution of [${maps.shape.join(', ')}] to [${shape.join(', ')}]`);
  }
  const result = new Float32Array(batch * height * width * outputs);
  const [from, weights] = [maps.values, filter.values];
  eachTap({ batch, height, width, filterHeight, filterWidth, rows, columns }, (large, small, tap) => {
    for (let o = 0; o < outputs; o++) {
      const sum = dot(from, small * inputs, weights, (tap * outputs + o) * inputs, inputs);
      result[large * outputs + o]! += sum;
    }
  });
  return new PlainTensor([batch, height, width, outputs], result);
}

/** Σ a[i] · b[j] over `count` numbers. Four sums, since each addition waits for the one before: twice as fast. */
function dot(a: Float32Array, i: number, b: Float32Array, j: number, count: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  const end = i + count;
  for (; i + 3 < end; i += 4, j += 4) {
    first += a[i]! * b[j]!;
    second += a[i + 1]! * b[j + 1]!;
    third += a[i + 2]! * b[j + 2]!;
    fourth += a[i + 3]! * b[j + 3]!;
  }
  for (; i < end; i++, j++) first += a[i]! * b[j]!;
  return first + second + (third + fourth);
}

/** One axis of a convolution: positions of the smaller map, and where the first begins in the larger. */
interface Along {
  readonly count: number;
  readonly stride: number;
  readonly before: number;
}

function alongAxis(size: number, filter: number, stride: number, pad: Padding): Along {
  if (pad === 'same') {
    const count = Math.ceil(size / stride);
    return { count, stride, before: Math.floor(Math.max((count - 1) * stride + filter - size, 0) / 2) };
  }
  const before = pad === 'valid' ? 0 : pad;
  return { count: Math.floor((size + 2 * before - filter) / stride) + 1, stride, before };
}

interface Geometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly rows: Along;
  readonly columns: Along;
}

/** Visits each place of the smaller map with each place of the larger that the filter joins to it, and by which tap. */
function eachTap(geometry: Geometry, visit: (large: number, small: number, tap: number) => void): void {
  const { batch, height, width, filterHeight, filterWidth, rows, columns } = geometry;
  for (let image = 0; image < batch; image++)
    for (let row = 0; row < rows.count; row++)
      for (let column = 0; column < columns.count; column++) {
        const small = (image * rows.count + row) * columns.count + column;
        for (let v = 0; v < filterHeight; v++) {
          const y = row * rows.stride + v - rows.before;
          if (y < 0 || y >= height) continue;
          for (let u = 0; u < filterWidth; u++) {
            const x = column * columns.stride + u - columns.before;
            if (x >= 0 && x < width) visit((image * height + y) * width + x, small, v * filterWidth + u);
          }
        }
      }
}

function alongAxes(strides: Strides): readonly [number, number] {
  return typeof strides === 'number' ? [strides, strides] : strides;
}

function dimensions({ shape }: PlainTensor): [number, number, number, number] {
  if (shape.length !== 4) throw new Error(`[${shape.join(', ')}] where a convolution needs four dimensions`);
  return shape as [number, number, number, number];
}
