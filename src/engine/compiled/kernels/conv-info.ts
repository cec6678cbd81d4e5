import { tf } from '../../tfjs.ts';

/** Sizes of a convolution, from its input's side [inHeight, inWidth, inChannels] to its output's. */
export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

export interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape: [number, number, number, number];
  readonly inputShape: [number, number, number, number];
}

export function convInfo(input: readonly number[], filter: readonly number[], attributes: ConvAttributes): ConvInfo {
  const { strides, pad, dimRoundingMode } = attributes;
  const shape = input as [number, number, number, number];
  return tf.backend_util.computeConv2DInfo(shape, filter as typeof shape, strides, 1, pad, dimRoundingMode);
}

/** M = N·outHeight·outWidth. */
export function outputPositions(info: ConvInfo): number {
  return info.batchSize * info.outHeight * info.outWidth;
}

/** Kernel size and stride, as ONNX's operators are told them. */
export function windowOf({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: ConvInfo) {
  return {
    kernel_shape: [filterHeight, filterWidth],
    strides: [strideHeight, strideWidth],
    pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
  };
}
