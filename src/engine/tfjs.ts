/**
 * TF.js, by `require`: an `import` first searches its 6 MB of source for the names they export, which takes a trial
 * thread a quarter of a second.
 */
import { createRequire } from 'node:module';
import type * as tfjs from '@tensorflow/tfjs';

export const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as typeof tfjs;
// The types beside the values, as `import * as tf` has them.
// eslint-disable-next-line @typescript-eslint/no-namespace
export declare namespace tf {
  type BackendValues = tfjs.BackendValues;
  type DataId = tfjs.DataId;
  type DataType = tfjs.DataType;
  type GradSaveFunc = tfjs.GradSaveFunc;
  type KernelBackend = tfjs.KernelBackend;
  type Scalar = tfjs.Scalar;
  type Tensor<R extends tfjs.Rank = tfjs.Rank> = tfjs.Tensor<R>;
  type Tensor1D = tfjs.Tensor1D;
  type Tensor2D = tfjs.Tensor2D;
  type Tensor4D = tfjs.Tensor4D;
  type TensorInfo = tfjs.TensorInfo;
}
