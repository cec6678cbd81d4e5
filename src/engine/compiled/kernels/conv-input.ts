/** The input side of a convolution from its output side: the gradient towards the input, and the transposed convolution. */
import type { GraphBuilder, Value } from '../onnx/graph.ts';
import { outputPositions, type ConvInfo } from './conv-patches.ts';
import { gemm } from './matmul.ts';
import { reshape } from './shape.ts';

/** Patches that stay in a processor's cache until they are multiplied. */
const PATCH_FLOATS = 600_000;
/** As many columns of a product as one vector has; so deep MLAS then sums in one go. Deeper, the sums' order would be another. */
const [FEW_COLUMNS, DEPTH_IN_ONE] = [16, 1024];

/** One input channel: each output value adds the filter, times itself, to what lies under it. [N, 1, height, width]. */
export function scatterPatches(graph: GraphBuilder, dy: Value, filter: Value, info: ConvInfo): Value {
  const { inHeight, inWidth, outHeight, outWidth, outChannels, filterHeight, filterWidth, padInfo } = info;
  const { strideHeight, strideWidth } = info;
  const covered = (outputs: number, stride: number, taps: number): number => (outputs - 1) * stride + taps;
  return graph.op(
    'ConvTranspose',
    [
      graph.op('Transpose', [dy], { perm: [0, 3, 1, 2] }),
      reshape(
        graph,
        graph.op('Transpose', [reshape(graph, filter, [filterHeight * filterWidth, outChannels])], { perm: [1, 0] }),
        [outChannels, 1, filterHeight, filterWidth],
      ),
    ],
    {
      kernel_shape: [filterHeight, filterWidth],
      strides: [strideHeight, strideWidth],
      pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
      output_padding: [
        inHeight + padInfo.top + padInfo.bottom - covered(outHeight, strideHeight, filterHeight),
        inWidth + padInfo.left + padInfo.right - covered(outWidth, strideWidth, filterWidth),
      ],
    },
  );
}

/**
 * Several input channels: input pixels of equal position modulo the stride are reached by the same taps, so each of
 * the stride² phases is one Gather of rows of dy and one Gemm, and the phases interleave to the whole input, whose rows
 * [N·inHeight·inWidth, inChannels] are returned, each plus `bias`.
 */
export function gatherPhases(graph: GraphBuilder, dy: Value, filter: Value, info: ConvInfo, bias?: Value): Value {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  const positions = outputPositions(info);
  const rows = withZeros(graph, dy, [positions, outChannels]);
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
      const phase = gemm(
        graph,
        [
          reshape(graph, values, [batchSize * phaseHeight * phaseWidth, taps.length * outChannels]),
          reshape(graph, weights, [taps.length * outChannels, inChannels]),
        ],
        bias,
      );
      phases.push(reshape(graph, phase, [batchSize * phaseHeight, phaseWidth, 1, inChannels]));
    }
    const row = graph.op('Concat', phases, { axis: 2 });
    phaseRows.push(reshape(graph, row, [batchSize * phaseHeight, 1, phaseWidth * strideWidth * inChannels]));
  }
  return cutToInput(graph, graph.op('Concat', phaseRows, { axis: 1 }), info);
}

/** The input's rows of interleaved phases, which may reach beyond it. */
function cutToInput(graph: GraphBuilder, interleaved: Value, info: ConvInfo): Value {
  const { batchSize, inHeight, inWidth, inChannels, strideHeight, strideWidth } = info;
  const height = Math.ceil(inHeight / strideHeight) * strideHeight;
  const width = Math.ceil(inWidth / strideWidth) * strideWidth;
  const whole = reshape(graph, interleaved, [batchSize, height, width, inChannels]);
  const exact = inHeight === height && inWidth === width;
  const input = exact
    ? whole
    : graph.op('Slice', [whole, graph.ints([0, 0]), graph.ints([inHeight, inWidth]), graph.ints([1, 2])]);
  return reshape(graph, input, [-1, inChannels]);
}

/** Rows, and one of zeros after the last, for taps that fall outside. */
function withZeros(graph: GraphBuilder, rows: Value, [count, columns]: readonly [number, number]): Value {
  const zeros = graph.op('Expand', [graph.scalar(0), graph.ints([1, columns])]);
  return graph.op('Concat', [reshape(graph, rows, [count, columns]), zeros], { axis: 0 });
}

/** Whether `gatherPhasesTogether` is quicker, and its sums are the same. */
export function hasFewPhases(info: ConvInfo): boolean {
  const { inChannels, outChannels, strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = info;
  const across = shifts(padInfo.left, strideWidth, filterWidth).length;
  const depth = shifts(padInfo.top, strideHeight, filterHeight).length * across * outChannels;
  return strideHeight * strideWidth * inChannels <= FEW_COLUMNS && depth <= DEPTH_IN_ONE;
}

/**
 * As `gatherPhases`, to the same bits, for so few channels that all phases fit into the columns of one vector: one product for all of
 * them. Its patches have the taps of every phase, in the same order, and a filter of zeros for those that don't reach a phase.
 */
export function gatherPhasesTogether(
  graph: GraphBuilder,
  dy: Value,
  filter: Value,
  info: ConvInfo,
  bias?: Value,
): Value {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } =
    info;
  const { strideHeight, strideWidth, padInfo } = info;
  const positions = outputPositions(info);
  const phases = strideHeight * strideWidth;
  const [phaseHeight, phaseWidth] = [Math.ceil(inHeight / strideHeight), Math.ceil(inWidth / strideWidth)];
  const shiftsY = shifts(padInfo.top, strideHeight, filterHeight);
  const shiftsX = shifts(padInfo.left, strideWidth, filterWidth);
  const depth = shiftsY.length * shiftsX.length * outChannels;

  const noTap = filterHeight * filterWidth;
  const taps: number[] = [];
  for (const shiftY of shiftsY)
    for (const shiftX of shiftsX)
      for (let phaseY = 0; phaseY < strideHeight; phaseY++)
        for (let phaseX = 0; phaseX < strideWidth; phaseX++) {
          const tapY = phaseY + padInfo.top - shiftY * strideHeight;
          const tapX = phaseX + padInfo.left - shiftX * strideWidth;
          const inside = tapY >= 0 && tapY < filterHeight && tapX >= 0 && tapX < filterWidth;
          taps.push(inside ? tapY * filterWidth + tapX : noTap);
        }
  const byTap = withZeros(graph, filter, [noTap, inChannels * outChannels]);
  const ofShifts = graph.op('Gather', [byTap, graph.constant(Int32Array.from(taps), [taps.length])], { axis: 0 });
  const columns = graph.op('Transpose', [reshape(graph, ofShifts, [-1, phases * inChannels, outChannels])], {
    perm: [0, 2, 1],
  });
  const weights = reshape(graph, columns, [depth, phases * inChannels]);
  const biases = bias === undefined ? undefined : graph.op('Tile', [bias, graph.ints([phases])]);

  const rows = withZeros(graph, dy, [positions, outChannels]);
  const imagesAtOnce = Math.max(1, Math.floor(PATCH_FLOATS / (phaseHeight * phaseWidth * depth)));
  const parts: Value[] = [];
  for (let first = 0; first < batchSize; first += imagesAtOnce) {
    const index: number[] = [];
    const images = Math.min(imagesAtOnce, batchSize - first);
    for (let image = first; image < first + images; image++)
      for (let y = 0; y < phaseHeight; y++)
        for (let x = 0; x < phaseWidth; x++)
          for (const shiftY of shiftsY)
            for (const shiftX of shiftsX) {
              const [outY, outX] = [y + shiftY, x + shiftX];
              const inside = outY >= 0 && outY < outHeight && outX >= 0 && outX < outWidth;
              index.push(inside ? (image * outHeight + outY) * outWidth + outX : positions);
            }
    const values = graph.op('Gather', [rows, graph.constant(Int32Array.from(index), [index.length])], { axis: 0 });
    parts.push(gemm(graph, [reshape(graph, values, [-1, depth]), weights], biases));
  }
  const all = parts.length === 1 ? parts[0]! : graph.op('Concat', parts, { axis: 0 });
  const interleaved = graph.op(
    'Transpose',
    [reshape(graph, all, [batchSize * phaseHeight, phaseWidth, strideHeight, strideWidth * inChannels])],
    { perm: [0, 2, 1, 3] },
  );
  return cutToInput(graph, interleaved, info);
}

/** How far from a phase's own position the outputs lie that reach any of the phases; the first taps first. */
function shifts(pad: number, stride: number, filterSize: number): number[] {
  const [last, first] = [Math.floor((stride - 1 + pad) / stride), Math.ceil((pad - filterSize + 1) / stride)];
  return Array.from({ length: last - first + 1 }, (_, i) => last - i);
}

/** Filter taps that reach padded position `offset` modulo the stride. */
function tapsOfPhase(offset: number, stride: number, filterSize: number): number[] {
  const taps = [];
  for (let tap = offset % stride; tap < filterSize; tap += stride) taps.push(tap);
  return taps;
}
