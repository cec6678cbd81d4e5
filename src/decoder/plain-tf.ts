/**
 * What definitions use of TF.js, on plain typed arrays: the operations that the compiled engine has kernels for
 * (src/engine/compiled/kernels), so that a model is written once and its decoder runs in a page, too. Names, arguments and
 * results are TF.js's.
 */
import type { tf } from '../engine/tfjs.ts';
import { conv2d, conv2dTranspose } from './convolution.ts';
import { binary, broadcast, unary } from './elementwise.ts';
import { matMul } from './matmul.ts';
import { PlainTensor, sizeOf, toTensor, type PlainOperand } from './plain-tensor.ts';
import { expandDims, gather, reduction, reshape, slice, squeeze, tile, transpose } from './shape-operations.ts';

/** A definition uses something of TF.js that is not here. */
export class UnsupportedOperation extends Error {
  readonly operation: string;
  constructor(operation: string) {
    super(`${operation} is no operation that runs without TF.js`);
    this.operation = operation;
  }
}

const filled = (shape: readonly number[], value: number): PlainTensor =>
  new PlainTensor(shape, new Float32Array(sizeOf(shape)).fill(value));

/** Also methods of tensors, which they are given first: `tf.relu(x)` is `x.relu()`. */
const operations = {
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  greater: binary((a, b) => Number(a > b)),
  greaterEqual: binary((a, b) => Number(a >= b)),
  less: binary((a, b) => Number(a < b)),

  abs: unary(Math.abs),
  exp: unary(Math.exp),
  log: unary(Math.log),
  neg: unary((x) => -x),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  sqrt: unary(Math.sqrt),
  square: unary((x) => x * x),
  tanh: unary(Math.tanh),
  relu: unary((x) => Math.max(x, 0)),
  elu: unary((x) => (x < 0 ? Math.expm1(x) : x)),
  leakyRelu: (x: PlainOperand, slope = 0.2) => unary((value) => (value < 0 ? slope * value : value))(x),

  clipByValue: (x: PlainOperand, least: number, most: number) =>
    unary((value) => Math.min(Math.max(value, least), most))(x),

  matMul,
  conv2d,
  conv2dTranspose,
  ...{ reshape, expandDims, squeeze, transpose, slice, tile, gather },
  broadcastTo: broadcast,
  flatten: (x: PlainTensor) => reshape(x, [-1]),
  sum: reduction(0, (sum, x) => sum + x),
  mean: reduction(0, (sum, x) => sum + x, true),
  prod: reduction(1, (product, x) => product * x),
  zerosLike: (x: PlainTensor) => filled(x.shape, 0),
  onesLike: (x: PlainTensor) => filled(x.shape, 1),
  clone: (x: PlainTensor) => x,
  cast(x: PlainTensor, type: string): PlainTensor {
    if (type !== 'float32') throw new UnsupportedOperation(`cast to ${type}`);
    return x;
  },
};

const makers = {
  scalar: toTensor,
  fill: filled,
  zeros: (shape: readonly number[]) => filled(shape, 0),
  ones: (shape: readonly number[]) => filled(shape, 1),
  where: (condition: PlainTensor, then: PlainOperand, otherwise: PlainOperand) => {
    const [yes, no] = [toTensor(then), toTensor(otherwise)];
    const shape = operations.add(operations.add(condition, yes), no).shape;
    const [when, a, b] = [condition, yes, no].map((x) => broadcast(x, shape).values);
    return new PlainTensor(
      shape,
      when!.map((is, i) => (is === 0 ? b![i]! : a![i]!)),
    );
  },
  tidy: <T>(nameOrBody: string | (() => T), body?: () => T): T =>
    (typeof nameOrBody === 'string' ? body! : nameOrBody)(),
};

for (const [name, operation] of Object.entries(operations)) {
  Object.defineProperty(PlainTensor.prototype, name, {
    value(this: PlainTensor, ...rest: unknown[]) {
      return (operation as (...all: unknown[]) => unknown)(this, ...rest);
    },
  });
}

/** To be given to definitions. Anything else that they ask of it throws an UnsupportedOperation. */
export const plainTf = new Proxy({ ...operations, ...makers } as unknown as typeof tf, {
  get(all, name) {
    if (!(name in all)) throw new UnsupportedOperation(`tf.${String(name)}`);
    return all[name as keyof typeof tf] as unknown;
  },
});
