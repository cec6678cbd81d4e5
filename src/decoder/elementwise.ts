import { PlainTensor, sizeOf, stridesOf, toTensor, type PlainOperand } from './plain-tensor.ts';

export type Unary = (x: PlainOperand) => PlainTensor;
export type Binary = (a: PlainOperand, b: PlainOperand) => PlainTensor;

export function unary(of: (x: number) => number): Unary {
  return (x) => {
    const { shape, values } = toTensor(x);
    return new PlainTensor(shape, values.map(of));
  };
}

/** Shapes are brought to each other as in NumPy: from the last axis on, a dimension of 1 serves all. */
export function binary(of: (a: number, b: number) => number): Binary {
  return (first, second) => {
    const [a, b] = [toTensor(first), toTensor(second)];
    const shape = commonShape(a.shape, b.shape);
    const result = new Float32Array(sizeOf(shape));
    if (repeats(a, shape) && repeats(b, shape)) {
      const [x, y] = [a.values, b.values];
      for (let i = 0, j = 0, k = 0; i < result.length; i++) {
        result[i] = of(x[j]!, y[k]!);
        if (++j === x.length) j = 0;
        if (++k === y.length) k = 0;
      }
      return new PlainTensor(shape, result);
    }
    const [x, y] = [broadcast(a, shape).values, broadcast(b, shape).values];
    for (let i = 0; i < result.length; i++) result[i] = of(x[i]!, y[i]!);
    return new PlainTensor(shape, result);
  };
}

/** Whether the tensor, over and over, is what fills the shape: a bias, a single number, the whole. */
function repeats({ shape: own }: PlainTensor, shape: readonly number[]): boolean {
  const first = own.findIndex((dimension) => dimension !== 1);
  if (first < 0) return true;
  const rest = own.slice(first);
  return rest.every((dimension, i) => dimension === shape[shape.length - rest.length + i]);
}

/** @throws Error for shapes that don't fit */
function commonShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [m, n] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    if (m !== n && m !== 1 && n !== 1) throw new Error(`[${a.join(', ')}] and [${b.join(', ')}] don't fit`);
    return m === 1 ? n : m;
  });
}

/** The numbers of a tensor, repeated to a larger shape. */
export function broadcast(x: PlainTensor, shape: readonly number[]): PlainTensor {
  if (commonShape(x.shape, shape).some((dimension, axis) => dimension !== shape[axis])) {
    throw new Error(`[${x.shape.join(', ')}] doesn't fill [${shape.join(', ')}]`);
  }
  const missing = shape.length - x.shape.length;
  const own = stridesOf(x.shape);
  const strides = shape.map((_, axis) => (axis < missing || x.shape[axis - missing] === 1 ? 0 : own[axis - missing]!));
  return rearranged(x, shape, strides);
}

/** A tensor of this shape whose number at (i, j, …) is `x`'s at start + i · strides[0] + j · strides[1] + … */
export function rearranged(
  x: PlainTensor,
  shape: readonly number[],
  strides: readonly number[],
  start = 0,
): PlainTensor {
  const result = new Float32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  let from = start;
  for (let to = 0; to < result.length; to++) {
    result[to] = x.values[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return new PlainTensor(shape, result);
}
