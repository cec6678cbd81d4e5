import { broadcast, rearranged } from './elementwise.ts';
import { axisOf, PlainTensor, sizeOf, stridesOf } from './plain-tensor.ts';

/** −1 once: what remains. */
export function reshape(x: PlainTensor, shape: readonly number[]): PlainTensor {
  const known = sizeOf(shape.filter((dimension) => dimension !== -1));
  return new PlainTensor(
    shape.map((dimension) => (dimension === -1 ? x.size / known : dimension)),
    x.values,
  );
}

export function expandDims(x: PlainTensor, axis = 0): PlainTensor {
  return reshape(x, x.shape.toSpliced(axisOf(axis, x.rank + 1), 0, 1));
}

export function squeeze(x: PlainTensor, axes?: readonly number[]): PlainTensor {
  const gone = axes?.map((axis) => axisOf(axis, x.rank));
  return reshape(
    x,
    x.shape.filter((dimension, axis) => !(gone === undefined ? dimension === 1 : gone.includes(axis))),
  );
}

export function transpose(x: PlainTensor, order = x.shape.map((_, axis) => x.rank - 1 - axis)): PlainTensor {
  const strides = stridesOf(x.shape);
  return rearranged(
    x,
    order.map((axis) => x.shape[axis]!),
    order.map((axis) => strides[axis]!),
  );
}

/** A size of −1: to the end. */
export function slice(
  x: PlainTensor,
  begin: number | readonly number[],
  size: number | readonly number[] = -1,
): PlainTensor {
  const [starts, counts] = [[begin].flat(), [size].flat()];
  const strides = stridesOf(x.shape);
  const shape = x.shape.map((dimension, axis) => {
    const count = counts[axis] ?? -1;
    return count === -1 ? dimension - (starts[axis] ?? 0) : count;
  });
  const start = strides.reduce((sum, stride, axis) => sum + stride * (starts[axis] ?? 0), 0);
  return rearranged(x, shape, strides, start);
}

export function tile(x: PlainTensor, times: readonly number[]): PlainTensor {
  // [2, 3] thrice and twice is [1, 2, 1, 3] spread to [3, 2, 2, 3].
  const spread = broadcast(
    reshape(
      x,
      x.shape.flatMap((dimension) => [1, dimension]),
    ),
    x.shape.flatMap((dimension, axis) => [times[axis]!, dimension]),
  );
  return reshape(
    spread,
    x.shape.map((dimension, axis) => times[axis]! * dimension),
  );
}

/** Rows of `x`. */
export function gather(x: PlainTensor, indices: PlainTensor | readonly number[], axis = 0): PlainTensor {
  if (axis !== 0) throw new Error('gather goes along the first axis only');
  const [rows, shape] =
    indices instanceof PlainTensor ? [[...indices.values], indices.shape] : [indices, [indices.length]];
  const size = sizeOf(x.shape.slice(1));
  const values = new Float32Array(rows.length * size);
  rows.forEach((row, i) => values.set(x.values.subarray(row * size, (row + 1) * size), i * size));
  return new PlainTensor([...shape, ...x.shape.slice(1)], values);
}

/** Over some axes, by default all. */
export function reduction(start: number, combine: (sum: number, x: number) => number, isMean = false) {
  return (x: PlainTensor, over?: number | readonly number[], keepDims = false): PlainTensor => {
    const axes = (over === undefined ? [...x.shape.keys()] : [over].flat()).map((axis) => axisOf(axis, x.rank));
    const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const rows = transpose(x, [...kept, ...axes]).values;
    const count = sizeOf(axes.map((axis) => x.shape[axis]!));
    const shape = kept.map((axis) => x.shape[axis]!);
    const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
      let result = start;
      for (let j = i * count; j < (i + 1) * count; j++) result = combine(result, rows[j]!);
      return isMean ? result / count : result;
    });
    const withOnes = x.shape.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension));
    return new PlainTensor(keepDims ? withOnes : shape, values);
  };
}
