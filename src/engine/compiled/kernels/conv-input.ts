/** The input side of a convolution from its output side: the gradient towards the input, and the transposed convolution. */
import type { GraphBuilder, Value } from '../onnx/graph.ts';
import { outputPositions, type ConvInfo } from './conv-info.ts';
import { gemm } from './matmul.ts';
import { reshape } from './shape.ts';

/** Along one axis, the filter's taps that reach input positions of one phase, which is their remainder by the stride. */
interface Taps {
  /** The first ones first. */
  readonly all: readonly number[];
  /** Of the phase's first position and the first tap: the output position from which it comes. */
  readonly first: number;
  /** Zeros before and after the output positions, were it a convolution of them. */
  readonly before: number;
  readonly after: number;
}

interface PhaseTaps {
  readonly y: readonly Taps[];
  readonly x: readonly Taps[];
}

/** The taps of each phase. Phases are of one size, to interleave; what is beyond the input is cut off at the end. */
export function phaseTaps(info: ConvInfo): PhaseTaps {
  const ofAxis = (pad: number, stride: number, taps: number, inputs: number, outputs: number): Taps[] =>
    Array.from({ length: stride }, (_, phase) => {
      const all = [];
      for (let tap = (phase + pad) % stride; tap < taps; tap += stride) all.push(tap);
      const first = Math.floor((phase + pad) / stride);
      const before = all.length - 1 - first;
      return { all, first, before, after: Math.ceil(inputs / stride) + first - outputs };
    });
  const { padInfo, strideHeight, strideWidth, filterHeight, filterWidth } = info;
  return {
    y: ofAxis(padInfo.top, strideHeight, filterHeight, info.inHeight, info.outHeight),
    x: ofAxis(padInfo.left, strideWidth, filterWidth, info.inWidth, info.outWidth),
  };
}

/**
 * Several input channels: input pixels of equal position modulo the stride are reached by the same taps, so each of
 * the stride² phases is one Gather of rows of dy and one Gemm, and the phases interleave to the whole input, whose rows
 * [N·inHeight·inWidth, inChannels] are returned, each plus `bias`.
 */
export function gatherPhases(graph: GraphBuilder, dy: Value, filter: Value, info: ConvInfo, bias?: Value): Value {
  const { batchSize, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = info;
  const positions = outputPositions(info);
  const [phaseHeight, phaseWidth] = phaseSize(info);
  // And one row of zeros after the last, for taps that fall outside.
  const zeros = graph.op('Expand', [graph.scalar(0), graph.ints([1, outChannels])]);
  const rows = graph.op('Concat', [reshape(graph, dy, [positions, outChannels]), zeros], { axis: 0 });
  const byTap = graph.op('Transpose', [reshape(graph, filter, [filterHeight * filterWidth, inChannels, outChannels])], {
    perm: [0, 2, 1],
  });
  return fromPhases(graph, info, phaseTaps(info), (tapsY, tapsX) => {
    const index = new Int32Array(batchSize * phaseHeight * phaseWidth * tapsY.all.length * tapsX.all.length);
    let next = 0;
    for (let image = 0; image < batchSize; image++)
      for (let y = 0; y < phaseHeight; y++)
        for (let x = 0; x < phaseWidth; x++)
          for (let outY = y + tapsY.first; outY > y + tapsY.first - tapsY.all.length; outY--)
            for (let outX = x + tapsX.first; outX > x + tapsX.first - tapsX.all.length; outX--) {
              const inside = outY >= 0 && outY < outHeight && outX >= 0 && outX < outWidth;
              index[next++] = inside ? (image * outHeight + outY) * outWidth + outX : positions;
            }
    const taps = tapsY.all.flatMap((tapY) => tapsX.all.map((tapX) => tapY * filterWidth + tapX));
    const values = graph.op('Gather', [rows, graph.constant(index, [index.length])], { axis: 0 });
    const weights = graph.op('Gather', [byTap, graph.constant(Int32Array.from(taps), [taps.length])], { axis: 0 });
    return gemm(
      graph,
      [
        reshape(graph, values, [batchSize * phaseHeight * phaseWidth, taps.length * outChannels]),
        reshape(graph, weights, [taps.length * outChannels, inChannels]),
      ],
      bias,
    );
  });
}

/** Rows [N·inHeight·inWidth, inChannels] of phases that `make` makes one by one, [N, phaseHeight, phaseWidth, inChannels] of any rank. */
export function fromPhases(
  graph: GraphBuilder,
  info: ConvInfo,
  taps: PhaseTaps,
  make: (tapsY: Taps, tapsX: Taps) => Value,
): Value {
  const { batchSize, inHeight, inWidth, inChannels, strideHeight, strideWidth } = info;
  const [phaseHeight, phaseWidth] = phaseSize(info);
  const phaseRows = taps.y.map((tapsY) => {
    const phases = taps.x.map((tapsX) =>
      reshape(graph, make(tapsY, tapsX), [batchSize * phaseHeight, phaseWidth, 1, inChannels]),
    );
    const row = graph.op('Concat', phases, { axis: 2 });
    return reshape(graph, row, [batchSize * phaseHeight, 1, phaseWidth * strideWidth * inChannels]);
  });
  const [height, width] = [phaseHeight * strideHeight, phaseWidth * strideWidth];
  const whole = reshape(graph, graph.op('Concat', phaseRows, { axis: 1 }), [batchSize, height, width, inChannels]);
  const exact = inHeight === height && inWidth === width;
  const input = exact
    ? whole
    : graph.op('Slice', [whole, graph.ints([0, 0]), graph.ints([inHeight, inWidth]), graph.ints([1, 2])]);
  return reshape(graph, input, [-1, inChannels]);
}

function phaseSize({ inHeight, inWidth, strideHeight, strideWidth }: ConvInfo): [number, number] {
  return [Math.ceil(inHeight / strideHeight), Math.ceil(inWidth / strideWidth)];
}
