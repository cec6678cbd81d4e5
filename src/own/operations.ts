/**
 * What a likelihood of the user's own is given of TF.js: the operations that models are compiled with. Types of our own, since those
 * of TF.js don't pass the compiler of a program that checks what it imports. Names, arguments and results are TF.js's.
 */

export interface Tensor {
  readonly shape: readonly number[];
}

/** Shapes are broadcast. */
export type Operand = Tensor | number;

export interface Operations {
  add(a: Operand, b: Operand): Tensor;
  sub(a: Operand, b: Operand): Tensor;
  mul(a: Operand, b: Operand): Tensor;
  div(a: Operand, b: Operand): Tensor;
  maximum(a: Operand, b: Operand): Tensor;
  minimum(a: Operand, b: Operand): Tensor;
  /** Conditions, which have no gradient: a choice is a sum of products with them, as float32. */
  greater(a: Operand, b: Operand): Tensor;
  greaterEqual(a: Operand, b: Operand): Tensor;
  less(a: Operand, b: Operand): Tensor;
  lessEqual(a: Operand, b: Operand): Tensor;
  logicalAnd(a: Tensor, b: Tensor): Tensor;
  cast(x: Tensor, type: 'float32'): Tensor;

  abs(x: Tensor): Tensor;
  neg(x: Tensor): Tensor;
  exp(x: Tensor): Tensor;
  log(x: Tensor): Tensor;
  sqrt(x: Tensor): Tensor;
  square(x: Tensor): Tensor;
  sigmoid(x: Tensor): Tensor;
  logSigmoid(x: Tensor): Tensor;
  softplus(x: Tensor): Tensor;
  tanh(x: Tensor): Tensor;
  relu(x: Tensor): Tensor;
  leakyRelu(x: Tensor, slope?: number): Tensor;
  elu(x: Tensor): Tensor;
  clipByValue(x: Tensor, least: number, most: number): Tensor;

  sum(x: Tensor, axis?: number | number[], keepDims?: boolean): Tensor;
  mean(x: Tensor, axis?: number | number[], keepDims?: boolean): Tensor;
  matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;

  reshape(x: Tensor, shape: number[]): Tensor;
  expandDims(x: Tensor, axis?: number): Tensor;
  squeeze(x: Tensor, axes?: number[]): Tensor;
  transpose(x: Tensor, order?: number[]): Tensor;
  slice(x: Tensor, begin: number | number[], size?: number | number[]): Tensor;
  tile(x: Tensor, times: number[]): Tensor;
  broadcastTo(x: Tensor, shape: readonly number[]): Tensor;

  scalar(value: number): Tensor;
  fill(shape: number[], value: number): Tensor;
  zerosLike(x: Tensor): Tensor;
  onesLike(x: Tensor): Tensor;
}
