/**
 * Convolutions as matrix products. The weights change at every step, so ONNX Runtime can't pre-pack them for its own
 * Conv; gathering patches into rows and one Gemm is nearly twice as fast. Layout is NHWC, filters are
 * [height, width, in, out], as in TF.js.
 *
 * M = N·outHeight·outWidth rows of patches, K = filterHeight·filterWidth taps.
 */
import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder, Value } from '../onnx/graph.ts';
import { lower, traceBackend as trace } from '../trace-backend.ts';
import { reshape } from './shape.ts';

type ConvInfo = tf.backend_util.Conv2DInfo;
interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape: [number, number, number, number];
  readonly inputShape: [number, number, number, number];
}

export function registerConvKernels(): void {
  lower<ConvAttributes>('Conv2D', ({ inputs: { x, filter }, attributes, graph }) => {
    const info = convInfo(x!.shape, filter!.shape, attributes);
    const taps = info.filterHeight * info.filterWidth * info.inChannels;
    const weights = reshape(graph, trace.value(filter!), [taps, info.outChannels]);
    const product = graph.op('Gemm', [patches(graph, trace.value(x!), info), weights]);
    return trace.info(reshape(graph, product, info.outShape), info.outShape);
  });

  lower<ConvAttributes>('Conv2DBackpropFilter', ({ inputs: { x, dy }, attributes, graph }) => {
    const info = convInfo(x!.shape, attributes.filterShape, attributes);
    const rows = reshape(graph, trace.value(dy!), [outputPositions(info), info.outChannels]);
    // The product is made transposed, because transposing dy costs less than transposing the much wider patches.
    const product = graph.op('Gemm', [rows, patches(graph, trace.value(x!), info)], { transA: 1 });
    const filter = graph.op('Transpose', [product], { perm: [1, 0] });
    return trace.info(reshape(graph, filter, attributes.filterShape), attributes.filterShape);
  });

  // Both the gradient towards a convolution's input and the transposed convolution.
  lower<ConvAttributes>('Conv2DBackpropInput', ({ inputs: { dy, filter }, attributes, graph }) => {
    const info = convInfo(attributes.inputShape, filter!.shape, attributes);
    const write = info.inChannels === 1 ? scatterPatches : gatherPhases;
    const value = write(graph, trace.value(dy!), trace.value(filter!), info);
    return trace.info(reshape(graph, value, attributes.inputShape), attributes.inputShape);
  });
}

function convInfo(input: readonly number[], filter: readonly number[], attributes: ConvAttributes): ConvInfo {
  const { strides, pad, dimRoundingMode } = attributes;
  const shape = input as [number, number, number, number];
  return tf.backend_util.computeConv2DInfo(shape, filter as typeof shape, strides, 1, pad, dimRoundingMode);
}

function outputPositions(info: ConvInfo): number {
  return info.batchSize * info.outHeight * info.outWidth;
}

/** Patches already gathered: the forward pass and the filter's gradient read the same ones. */
const gathered = new WeakMap<GraphBuilder, Map<string, Value>>();

/** [M, K·inChannels]: for each output position the input values under the filter. */
function patches(graph: GraphBuilder, x: Value, info: ConvInfo): Value {
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
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, padInfo } = info;
  const taps = filterHeight * filterWidth;
  const identity = new Float32Array(taps * taps);
  for (let tap = 0; tap < taps; tap++) identity[tap * taps + tap] = 1;
  const planes = graph.op(
    'Conv',
    [
      reshape(graph, x, [batchSize, 1, inHeight, inWidth]),
      graph.constant(identity, [taps, 1, filterHeight, filterWidth]),
    ],
    {
      kernel_shape: [filterHeight, filterWidth],
      strides: [info.strideHeight, info.strideWidth],
      pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
    },
  );
  const rows = graph.op('Transpose', [planes], { perm: [0, 2, 3, 1] });
  return reshape(graph, rows, [batchSize * outHeight * outWidth, taps]);
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

/** One input channel: all patches' values by one Gemm, added up where they overlap by Col2Im. */
function scatterPatches(graph: GraphBuilder, dy: Value, filter: Value, info: ConvInfo): Value {
  const { batchSize, outHeight, outWidth, outChannels, filterHeight, filterWidth, padInfo } = info;
  const taps = filterHeight * filterWidth;
  const rows = reshape(graph, dy, [outputPositions(info), outChannels]);
  const columns = graph.op('Gemm', [rows, reshape(graph, filter, [taps, outChannels])], { transB: 1 });
  const perImage = reshape(graph, columns, [batchSize, outHeight * outWidth, taps]);
  return graph.op(
    'Col2Im',
    [
      graph.op('Transpose', [perImage], { perm: [0, 2, 1] }),
      graph.ints([info.inHeight, info.inWidth]),
      graph.ints([filterHeight, filterWidth]),
    ],
    {
      strides: [info.strideHeight, info.strideWidth],
      pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
    },
  );
}

/**
 * Several input channels: input pixels of equal position modulo the stride are reached by the same taps, so each of
 * the stride² phases is one Gather of rows of dy and one Gemm, and the phases interleave to the whole input.
 */
function gatherPhases(graph: GraphBuilder, dy: Value, filter: Value, info: ConvInfo): Value {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  const positions = outputPositions(info);
  // One row of zeros after the last, for taps that fall outside.
  const rows = graph.op(
    'Concat',
    [reshape(graph, dy, [positions, outChannels]), graph.op('Expand', [graph.scalar(0), graph.ints([1, outChannels])])],
    { axis: 0 },
  );
  const byTap = graph.op('Transpose', [reshape(graph, filter, [filterHeight * filterWidth, inChannels, outChannels])], {
    perm: [0, 2, 1],
  });
  // Phases must be of one size to interleave; what is beyond the input is cut off at the end.
  const phaseHeight = Math.ceil(inHeight / strideHeight);
  const phaseWidth = Math.ceil(inWidth / strideWidth);
  const phaseRows: Value[] = [];
  for (let phaseY = 0; phaseY < strideHeight; phaseY++) {
    const phases: Value[] = [];
    for (let phaseX = 0; phaseX < strideWidth; phaseX++) {
      const tapsY = tapsOfPhase(phaseY + padInfo.top, strideHeight, filterHeight);
      const tapsX = tapsOfPhase(phaseX + padInfo.left, strideWidth, filterWidth);
      const index = new Int32Array(batchSize * phaseHeight * phaseWidth * tapsY.length * tapsX.length);
      let next = 0;
      for (let image = 0; image < batchSize; image++)
        for (let y = 0; y < phaseHeight; y++)
          for (let x = 0; x < phaseWidth; x++)
            for (const tapY of tapsY)
              for (const tapX of tapsX) {
                const outY = (y * strideHeight + phaseY + padInfo.top - tapY) / strideHeight;
                const outX = (x * strideWidth + phaseX + padInfo.left - tapX) / strideWidth;
                const inside = outY >= 0 && outY < info.outHeight && outX >= 0 && outX < info.outWidth;
                index[next++] = inside ? (image * info.outHeight + outY) * info.outWidth + outX : positions;
              }
      const taps = tapsY.flatMap((tapY) => tapsX.map((tapX) => tapY * filterWidth + tapX));
      const values = graph.op('Gather', [rows, graph.constant(index, [index.length])], { axis: 0 });
      const weights = graph.op('Gather', [byTap, graph.constant(Int32Array.from(taps), [taps.length])], { axis: 0 });
      const product = graph.op('Gemm', [
        reshape(graph, values, [batchSize * phaseHeight * phaseWidth, taps.length * outChannels]),
        reshape(graph, weights, [taps.length * outChannels, inChannels]),
      ]);
      phases.push(reshape(graph, product, [batchSize * phaseHeight, phaseWidth, 1, inChannels]));
    }
    const row = graph.op('Concat', phases, { axis: 2 });
    phaseRows.push(reshape(graph, row, [batchSize * phaseHeight, 1, phaseWidth * strideWidth * inChannels]));
  }
  const whole = reshape(graph, graph.op('Concat', phaseRows, { axis: 1 }), [
    batchSize,
    phaseHeight * strideHeight,
    phaseWidth * strideWidth,
    inChannels,
  ]);
  const ends = [inHeight, inWidth];
  if (ends[0] === phaseHeight * strideHeight && ends[1] === phaseWidth * strideWidth) return whole;
  return graph.op('Slice', [whole, graph.ints([0, 0]), graph.ints(ends), graph.ints([1, 2])]);
}

/** Filter taps that reach padded position `offset` modulo the stride. */
function tapsOfPhase(offset: number, stride: number, filterSize: number): number[] {
  const taps = [];
  for (let tap = offset % stride; tap < filterSize; tap += stride) taps.push(tap);
  return taps;
}
