/** What the types of a definition offer is what TF.js has, what models are compiled with, and what likelihoods of ours say. */
import { beforeAll, expect, expectTypeOf, it } from 'vitest';
import { tf } from '../../src/engine/tfjs.ts';
import type { Likelihood } from '../../src/model/likelihood.ts';
import type { LikelihoodDefinition } from '../../src/own/define.ts';
import type { Operations, Tensor } from '../../src/own/operations.ts';
import { uncompiled } from '../../src/training/own-likelihood/compiling.ts';
import { resultFault } from '../../src/training/own-likelihood/results.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const condition = (of: (tf: Operations, x: Tensor) => Tensor): Use => {
  return (tf, o, x) => tf.mul(tf.cast(of(tf, x), 'float32'), o);
};

type Use = (tf: Operations, outputs: Tensor, images: Tensor) => Tensor;

/** Each in use: [B, N] of outputs and images of 32×32, from which nats are a sum. */
const USES: Readonly<Record<keyof Operations, Use>> = {
  add: (tf, o, x) => tf.add(o, x),
  sub: (tf, o, x) => tf.sub(x, o),
  mul: (tf, o, x) => tf.mul(o, x),
  div: (tf, o, x) => tf.div(o, tf.add(x, 1)),
  maximum: (tf, o, x) => tf.maximum(o, x),
  minimum: (tf, o) => tf.minimum(o, 0.5),
  greater: condition((tf, x) => tf.greater(x, 0.5)),
  greaterEqual: condition((tf, x) => tf.greaterEqual(x, 0.5)),
  less: condition((tf, x) => tf.less(x, 0.5)),
  lessEqual: condition((tf, x) => tf.lessEqual(x, 0.5)),
  logicalAnd: condition((tf, x) => tf.logicalAnd(tf.greater(x, 0.2), tf.less(x, 0.8))),
  cast: condition((tf, x) => tf.greater(x, 0.1)),
  abs: (tf, o) => tf.abs(o),
  neg: (tf, o) => tf.neg(o),
  exp: (tf, o) => tf.exp(o),
  log: (tf, o) => tf.log(tf.add(tf.square(o), 1)),
  sqrt: (tf, o) => tf.sqrt(tf.add(tf.square(o), 1)),
  square: (tf, o) => tf.square(o),
  sigmoid: (tf, o) => tf.sigmoid(o),
  logSigmoid: (tf, o) => tf.logSigmoid(o),
  softplus: (tf, o) => tf.softplus(o),
  tanh: (tf, o) => tf.tanh(o),
  relu: (tf, o) => tf.relu(o),
  leakyRelu: (tf, o) => tf.leakyRelu(o, 0.1),
  elu: (tf, o) => tf.elu(o),
  clipByValue: (tf, o) => tf.clipByValue(o, -1, 1),
  sum: (tf, o) => tf.sum(o, 1, true),
  mean: (tf, o, x) => tf.mul(tf.mean(o, 1, true), x),
  matMul: (tf, o) => tf.matMul(tf.matMul(o, o, false, true), o),
  reshape: (tf, o) => tf.sum(tf.reshape(o, [-1, 32, 32]), 2),
  expandDims: (tf, o, x) => tf.mul(tf.expandDims(tf.sum(o, 1), 1), x),
  squeeze: (tf, o) => tf.squeeze(tf.reshape(o, [-1, 1, 1024]), [1]),
  transpose: (tf, o) => tf.transpose(tf.transpose(o), [1, 0]),
  slice: (tf, o, x) => tf.mul(tf.slice(o, [0, 0], [-1, 1]), x),
  tile: (tf, o) => tf.tile(tf.slice(o, [0, 0], [-1, 2]), [1, 4]),
  broadcastTo: (tf, o) => tf.broadcastTo(tf.sum(o, 1, true), o.shape),
  scalar: (tf, o) => tf.sub(o, tf.scalar(0.1)),
  fill: (tf, o) => tf.div(o, tf.fill([1, 1], 2)),
  zerosLike: (tf, o) => tf.add(o, tf.zerosLike(o)),
  onesLike: (tf, o) => tf.mul(o, tf.onesLike(o)),
};

it.each(Object.entries(USES))('tf.%s runs on TF.js and is compiled, with its gradient', (name, use) => {
  const definition: LikelihoodDefinition = {
    name,
    nats: (tf, outputs, images) => tf.sum(use(tf, outputs, images), 1),
    mean: (_, outputs) => outputs,
    outputBias: (means) => [...means],
  };
  const likelihood = { ...definition, constantElbo: () => undefined } as unknown as Likelihood;
  const images = { height: 32, width: 32, channels: 1 };
  expect(tf.tidy(() => resultFault(likelihood, images))).toBeUndefined();
  expect(uncompiled(likelihood, images)).toBeUndefined();
});

it('a definition has the members that ours have, but for what one of one’s own can’t', () => {
  expectTypeOf<keyof Operations>().toExtend<keyof typeof tf>();
  expectTypeOf<keyof LikelihoodDefinition>().toEqualTypeOf<
    Exclude<keyof Likelihood, 'parameters' | 'aliases' | 'otherThings'>
  >();
});
