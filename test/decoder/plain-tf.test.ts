/** Every operation against TF.js's own, on the shapes that tell mistakes apart. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { PlainTensor } from '../../src/decoder/plain-tensor.ts';
import { plainTf, UnsupportedOperation } from '../../src/decoder/plain-tf.ts';
import { randomStream } from '../../src/random.ts';

beforeAll(() => tf.setBackend('cpu'));

type Make = (...shape: number[]) => tf.Tensor;
/** The same expression with TF.js and with plain arrays. */
function both(expression: (t: typeof tf, normal: Make, positive: Make) => tf.Tensor): [tf.Tensor, PlainTensor] {
  const numbers = (count: number, some: readonly number[]): Float32Array =>
    randomStream(['plain', ...some]).fillNormal(new Float32Array(count));
  const run = (t: typeof tf, tensor: (values: Float32Array, shape: number[]) => tf.Tensor): tf.Tensor => {
    let made = 0;
    const make =
      (of: (x: number) => number): Make =>
      (...shape) => {
        const count = shape.reduce((product, n) => product * n, 1);
        return tensor(numbers(count, [made++, ...shape]).map(of), shape);
      };
    return expression(
      t,
      make((x) => x),
      make((x) => Math.abs(x) + 0.1),
    );
  };
  const plain = run(plainTf, (values, shape) => new PlainTensor(shape, values) as unknown as tf.Tensor);
  return [run(tf, (values, shape) => tf.tensor(values, shape)), plain as unknown as PlainTensor];
}

type Expression = Parameters<typeof both>[0];
const expressions: Readonly<Record<string, Expression>> = {
  add: (t, x) => t.add(x(2, 3, 4), x(4)),
  'add, a number': (t, x) => t.add(3, x(2, 3)),
  'add, columns': (t, x) => t.add(x(2, 3, 4), x(2, 1, 4)),
  'add, both grow': (t, x) => t.add(x(3, 1), x(1, 4)),
  sub: (t, x) => t.sub(x(5), x(2, 1, 5)),
  mul: (t, x) => t.mul(x(2, 3), x(2, 3)),
  div: (t, x, positive) => t.div(x(2, 3), positive(3)),
  maximum: (t, x) => t.maximum(x(2, 3), 0.2),
  minimum: (t, x) => t.minimum(x(2, 3), x(3)),
  greater: (t, x) => t.greater(x(2, 3), x(3)),
  greaterEqual: (t, x) => t.greaterEqual(x(2, 3), x(3)),
  less: (t, x) => t.less(x(2, 3), x(3)),
  abs: (t, x) => t.abs(x(7)),
  exp: (t, x) => t.exp(x(7)),
  log: (t, _, positive) => t.log(positive(7)),
  neg: (t, x) => t.neg(x(7)),
  sigmoid: (t, x) => t.sigmoid(x(7)),
  sqrt: (t, _, positive) => t.sqrt(positive(7)),
  square: (t, x) => t.square(x(7)),
  tanh: (t, x) => t.tanh(x(7)),
  relu: (t, x) => t.relu(x(7)),
  elu: (t, x) => t.elu(x(7)),
  clipByValue: (t, x) => t.clipByValue(x(7), -0.5, 0.5),
  softplus: (t, x) => t.softplus(x(7)),
  leakyRelu: (t, x) => t.leakyRelu(x(7)),
  'leakyRelu, its slope': (t, x) => t.leakyRelu(x(7), 0.01),
  matMul: (t, x) => t.matMul(x(2, 3), x(3, 4)),
  'matMul, transposed': (t, x) => t.matMul(x(3, 2), x(4, 3), true, true),
  'matMul of many': (t, x) => t.matMul(x(5, 2, 3), x(5, 4, 3), false, true),
  'matMul of many by one': (t, x) => t.matMul(x(5, 2, 3), x(1, 3, 4)),
  'conv2d, same': (t, x) => t.conv2d(x(2, 7, 8, 3) as tf.Tensor4D, x(4, 4, 3, 5) as tf.Tensor4D, 2, 'same'),
  'conv2d, valid': (t, x) => t.conv2d(x(1, 7, 8, 3) as tf.Tensor4D, x(3, 2, 3, 5) as tf.Tensor4D, [1, 2], 'valid'),
  'conv2d, so many zeros': (t, x) => t.conv2d(x(1, 6, 6, 2) as tf.Tensor4D, x(3, 3, 2, 2) as tf.Tensor4D, 1, 1),
  'conv2dTranspose, same': (t, x) =>
    t.conv2dTranspose(x(2, 4, 4, 3) as tf.Tensor4D, x(4, 4, 5, 3) as tf.Tensor4D, [2, 7, 8, 5], 2, 'same'),
  'conv2dTranspose, valid': (t, x) =>
    t.conv2dTranspose(x(1, 3, 3, 3) as tf.Tensor4D, x(3, 3, 1, 3) as tf.Tensor4D, [1, 7, 7, 1], 2, 'valid'),
  reshape: (t, x) => t.reshape(x(2, 6), [3, -1]),
  expandDims: (t, x) => t.expandDims(x(2, 3), -1),
  squeeze: (t, x) => t.squeeze(x(1, 2, 1, 3)),
  'squeeze, one axis': (t, x) => t.squeeze(x(1, 2, 1, 3), [2]),
  transpose: (t, x) => t.transpose(x(2, 3, 4)),
  'transpose, in an order': (t, x) => t.transpose(x(2, 3, 4), [1, 2, 0]),
  slice: (t, x) => t.slice(x(4, 5), [1, 2], [2, -1]),
  'slice, the rest': (t, x) => t.slice(x(4, 5), 1),
  tile: (t, x) => t.tile(x(2, 3), [3, 2]),
  gather: (t, x) => t.gather(x(4, 2, 2), [3, 0, 3]),
  broadcastTo: (t, x) => t.broadcastTo(x(3, 1), [2, 3, 4]),
  sum: (t, x) => t.sum(x(2, 3, 4), 1),
  'sum, all': (t, x) => t.sum(x(2, 3, 4)),
  'sum, some, kept': (t, x) => t.sum(x(2, 3, 4), [0, -1], true),
  mean: (t, x) => t.mean(x(2, 3, 4), [0, 2]),
  prod: (t, x) => t.prod(x(2, 3, 4), 2),
  zerosLike: (t, x) => t.zerosLike(x(2, 3)),
  onesLike: (t, x) => t.onesLike(x(2, 3)),
  clone: (t, x) => t.clone(x(2)),
  cast: (t, x) => t.cast(x(2), 'float32'),
  scalar: (t) => t.scalar(2.5),
  fill: (t) => t.fill([2, 2], 1.5),
  zeros: (t) => t.zeros([2, 2]),
  ones: (t) => t.ones([3]),
  where: (t, x) => t.where(t.greater(x(2, 3), 0), x(2, 3), x(2, 3)),
  tidy: (t, x) => t.tidy(() => t.neg(x(3))),
  'methods of tensors': (_, x) => x(2, 3).add(x(3)).relu().sum(1).reshape([-1, 1]),
  flatten: (_, x) => x(2, 3).flatten(),
};

describe('an operation is what TF.js makes of it', () => {
  it.each(Object.entries(expressions))('%s', (_name, expression) => {
    const [expected, plain] = both(expression);
    expect(plain.shape).toEqual(expected.shape);
    expected.dataSync().forEach((value, i) => expect(plain.values[i]).toBeCloseTo(value, 4));
  });

  it('every one that there is was tried', () => {
    const tried = Object.values(expressions).join('\n');
    for (const name of Object.keys(plainTf)) expect(tried).toMatch(new RegExp(`\\.${name}\\(`));
  });
});

it('what there is not is named, and so are shapes that do not fit', () => {
  expect(() => plainTf.topk(plainTf.ones([3]))).toThrow(new UnsupportedOperation('tf.topk'));
  expect(() => both((t, x) => t.add(x(2, 3), x(2)))).toThrow("[2, 3] and [2] don't fit");
  expect(() => both((t, x) => t.matMul(x(2, 3), x(2, 3)))).toThrow('no product of [2, 3] and [2, 3]');
});
