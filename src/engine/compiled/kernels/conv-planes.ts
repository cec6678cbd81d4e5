/** Convolutions as ONNX has them: on planes, NCHW. Layout is NHWC outside. */
import type { GraphBuilder, Value } from '../onnx/graph.ts';
import { windowOf, type ConvInfo } from './conv-info.ts';

/** [N, outHeight, outWidth, outChannels] of x [N, inHeight, inWidth, inChannels]. */
export function planeConv(graph: GraphBuilder, x: Value, filter: Value, info: ConvInfo): Value {
  const planes = graph.op('Conv', [toPlanes(graph, x), toConvFilter(graph, filter)], windowOf(info));
  return toPixels(graph, planes);
}

/** The way back, plus `bias`: [N, inHeight, inWidth, inChannels] of dy [N, outHeight, outWidth, outChannels]. */
export function planeConvTranspose(graph: GraphBuilder, dy: Value, filter: Value, info: ConvInfo, bias?: Value): Value {
  const { inHeight, inWidth, outHeight, outWidth, padInfo, strideHeight, strideWidth } = info;
  const covered = (outputs: number, stride: number, taps: number): number => (outputs - 1) * stride + taps;
  const operands = [toPlanes(graph, dy), toConvFilter(graph, filter)];
  const planes = graph.op('ConvTranspose', bias === undefined ? operands : [...operands, bias], {
    ...windowOf(info),
    output_padding: [
      inHeight + padInfo.top + padInfo.bottom - covered(outHeight, strideHeight, info.filterHeight),
      inWidth + padInfo.left + padInfo.right - covered(outWidth, strideWidth, info.filterWidth),
    ],
  });
  return toPixels(graph, planes);
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
