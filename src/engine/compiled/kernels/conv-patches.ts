/** What a convolution multiplies its filter with: a row for each output position, the input values under the filter. */
import type { GraphBuilder, Value } from '../onnx/graph.ts';
import { outputPositions, windowOf, type ConvInfo } from './conv-info.ts';
import { reshape } from './shape.ts';

/** Patches already gathered: the forward pass and the filter's gradient read the same ones. */
const gathered = new WeakMap<GraphBuilder, Map<string, Value>>();

/** [M, K·inChannels]: for each output position the input values under the filter. */
export function patches(graph: GraphBuilder, x: Value, info: ConvInfo): Value {
  const known = gathered.get(graph) ?? new Map<string, Value>();
  gathered.set(graph, known);
  const key = [x, info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth, info.outHeight].join();
  let value = known.get(key);
  if (value === undefined) {
    value = info.inChannels === 1 ? patchesOfOneChannel(graph, x, info) : patchesByRows(graph, x, info);
    known.set(key, value);
  }
  return value;
}

/** Gathering rows of one float is slow; a convolution with an identity kernel makes the same patches ten times faster. */
function patchesOfOneChannel(graph: GraphBuilder, x: Value, info: ConvInfo): Value {
  const { batchSize, inHeight, inWidth, filterHeight, filterWidth } = info;
  const taps = filterHeight * filterWidth;
  const identity = new Float32Array(taps * taps);
  for (let tap = 0; tap < taps; tap++) identity[tap * taps + tap] = 1;
  const image = reshape(graph, x, [batchSize, 1, inHeight, inWidth]);
  const filter = graph.constant(identity, [taps, 1, filterHeight, filterWidth]);
  const planes = graph.op('Conv', [image, filter], windowOf(info));
  return reshape(graph, graph.op('Transpose', [planes], { perm: [0, 2, 3, 1] }), [outputPositions(info), taps]);
}

/**
 * One Gather with constant indices into the padded input. A patch's row is contiguous there and starts at a multiple of
 * the stride, so where the filter is a multiple of it too, `stride` pixels are gathered as one.
 */
function patchesByRows(graph: GraphBuilder, x: Value, info: ConvInfo): Value {
  const { batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, outHeight, outWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  const run = filterWidth % strideWidth === 0 ? strideWidth : 1;
  const height = inHeight + padInfo.top + padInfo.bottom;
  const runsAcross = Math.ceil((padInfo.left + inWidth + padInfo.right) / run);
  const right = runsAcross * run - padInfo.left - inWidth;
  const pads = [0, padInfo.top, padInfo.left, 0, 0, padInfo.bottom, right, 0];
  const padded = graph.op('Pad', [x, graph.ints(pads)]);
  const rows = reshape(graph, padded, [batchSize * height * runsAcross, run * inChannels]);
  const runsInFilter = filterWidth / run;
  const index = new Int32Array(outputPositions(info) * filterHeight * runsInFilter);
  let next = 0;
  for (let image = 0; image < batchSize; image++)
    for (let y = 0; y < outHeight; y++)
      for (let column = 0; column < outWidth; column++)
        for (let i = 0; i < filterHeight; i++)
          for (let j = 0; j < runsInFilter; j++)
            index[next++] = (image * height + y * strideHeight + i) * runsAcross + (column * strideWidth) / run + j;
  const values = graph.op('Gather', [rows, graph.constant(index, [index.length])], { axis: 0 });
  return reshape(graph, values, [outputPositions(info), filterHeight * filterWidth * inChannels]);
}
