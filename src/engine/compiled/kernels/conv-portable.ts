/** Convolutions as ONNX has them, for models whose weights no longer change. Layout is NHWC outside, NCHW inside. */
import type { GraphBuilder, Value } from '../onnx/graph.ts';
import type { ConvInfo } from './conv-patches.ts';

/** [N, outHeight, outWidth, outChannels] of x [N, inHeight, inWidth, inChannels]. */
export function portableConv(graph: GraphBuilder, x: Value, filter: Value, info: ConvInfo): Value {
  const planes = graph.op('Conv', [toPlanes(graph, x), toConvFilter(graph, filter)], windowOf(info));
  return toPixels(graph, planes);
}

/** The way back: [N, inHeight, inWidth, inChannels] of dy [N, outHeight, outWidth, outChannels]. */
export function portableConvTranspose(graph: GraphBuilder, dy: Value, filter: Value, info: ConvInfo): Value {
  const { inHeight, inWidth, outHeight, outWidth, padInfo, strideHeight, strideWidth } = info;
  const covered = (outputs: number, stride: number, taps: number): number => (outputs - 1) * stride + taps;
  const planes = graph.op('ConvTranspose', [toPlanes(graph, dy), toConvFilter(graph, filter)], {
    ...windowOf(info),
    output_padding: [
      inHeight + padInfo.top + padInfo.bottom - covered(outHeight, strideHeight, info.filterHeight),
      inWidth + padInfo.left + padInfo.right - covered(outWidth, strideWidth, info.filterWidth),
    ],
  });
  return toPixels(graph, planes);
}

function windowOf({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: ConvInfo) {
  return {
    kernel_shape: [filterHeight, filterWidth],
    strides: [strideHeight, strideWidth],
    pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
  };
}

/** [height, width, in, out] → [out, in, height, width], which is what both operators take. */
function toConvFilter(graph: GraphBuilder, filter: Value): Value {
  return graph.op('Transpose', [filter], { perm: [3, 2, 0, 1] });
}

function toPlanes(graph: GraphBuilder, x: Value): Value {
  return graph.op('Transpose', [x], { perm: [0, 3, 1, 2] });
}

function toPixels(graph: GraphBuilder, planes: Value): Value {
  return graph.op('Transpose', [planes], { perm: [0, 2, 3, 1] });
}
