/** The input side of a convolution from its output side: the gradient towards the input, and the transposed convolution. */
import type { GraphBuilder, Value } from '../onnx/graph.ts';
import { outputPositions, type ConvInfo } from './conv-patches.ts';
import { gemm } from './matmul.ts';
import { reshape } from './shape.ts';

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
  const whole = reshape(graph, graph.op('Concat', phaseRows, { axis: 1 }), [
    batchSize,
    phaseHeight * strideHeight,
    phaseWidth * strideWidth,
    inChannels,
  ]);
  const exact = inHeight === phaseHeight * strideHeight && inWidth === phaseWidth * strideWidth;
  const input = exact
    ? whole
    : graph.op('Slice', [whole, graph.ints([0, 0]), graph.ints([inHeight, inWidth]), graph.ints([1, 2])]);
  return reshape(graph, input, [-1, inChannels]);
}

/** Filter taps that reach padded position `offset` modulo the stride. */
function tapsOfPhase(offset: number, stride: number, filterSize: number): number[] {
  const taps = [];
  for (let tap = offset % stride; tap < filterSize; tap += stride) taps.push(tap);
  return taps;
}
