/**
 * Convolutions by ONNX Runtime's kernels on blocks of channels, in which neither patches nor their copies are needed. The
 * weights change at every step, so what the library would do with a filter once is done here each time: it is small.
 *
 * Each function returns undefined where the sizes don't come in blocks.
 */
import { channelBlock } from '../channel-block.ts';
import { CpuGraph } from '../onnx/cpu-graph.ts';
import type { GraphBuilder, Value } from '../onnx/graph.ts';
import { outputPositions, type ConvInfo } from './conv-info.ts';
import { fromPhases, phaseTaps } from './conv-input.ts';
import { reshape } from './shape.ts';

/** So many times the images, filled up to whole blocks, cost more than blocks gain. */
const MOST_FILLED = 1.25;

interface Blocked {
  readonly graph: CpuGraph;
  /** Channels of one. */
  readonly block: number;
}

/** Of one channel the patches are made quickly, and once for both the output and the filter's gradient. */
function blocksOf(graph: GraphBuilder, { inChannels, outChannels }: ConvInfo): Blocked | undefined {
  if (!(graph instanceof CpuGraph) || inChannels === 1) return undefined;
  const block = channelBlock();
  return block > 0 && outChannels % block === 0 ? { graph, block } : undefined;
}

/** [N·outHeight·outWidth, outChannels], each row plus `bias`. */
export function blockedConv(
  anyGraph: GraphBuilder,
  x: Value,
  filter: Value,
  info: ConvInfo,
  bias?: Value,
): Value | undefined {
  const blocked = blocksOf(anyGraph, info);
  const { inChannels, outChannels, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  if (!blocked || (inChannels > blocked.block && inChannels % blocked.block > 0)) return undefined;
  const { graph, block } = blocked;
  const input = padded(graph, x, info);
  const isFew = inChannels < block;
  const planes = isFew ? graph.op('Transpose', [input], { perm: [0, 3, 1, 2] }) : graph.toBlocks(input);
  const inner = isFew ? 1 : block;
  const split = [filterHeight * filterWidth, inChannels / inner, inner, outChannels / block, block];
  const blocks = graph.op('Transpose', [reshape(graph, filter, split)], { perm: [3, 1, 0, 2, 4] });
  const weights = reshape(graph, blocks, [outChannels, inChannels, filterHeight, filterWidth]);
  const window = { kernel_shape: [filterHeight, filterWidth], strides: [strideHeight, strideWidth] };
  const made = graph.fromBlocks(graph.convolveBlocks([planes, weights], window, bias), outChannels);
  return reshape(graph, made, [outputPositions(info), outChannels]);
}

/**
 * The gradient of the filter [filterHeight, filterWidth, inChannels, outChannels]: of x and dy, the images are the channels of a
 * convolution whose filter is dy. Its taps lie `stride` pixels apart, and columns and channels are one axis.
 */
export function blockedFilterGradient(anyGraph: GraphBuilder, x: Value, dy: Value, info: ConvInfo): Value | undefined {
  const blocked = blocksOf(anyGraph, info);
  if (!blocked) return undefined;
  const { graph, block } = blocked;
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth } = info;
  const images = Math.ceil(batchSize / block) * block;
  if (images > MOST_FILLED * batchSize) return undefined;
  // Images of zeros add nothing.
  const whole = (value: Value): Value =>
    images === batchSize ? value : graph.op('Pad', [value, graph.ints([0, 0, 0, 0, images - batchSize, 0, 0, 0])]);
  const [height, width] = coveredSize(info);
  const rows = reshape(graph, whole(padded(graph, x, info)), [1, images, height, width * inChannels]);
  const split = [images / block, block, outHeight * outWidth, outChannels / block, block];
  const blocks = graph.op('Transpose', [reshape(graph, whole(dy), split)], { perm: [3, 0, 2, 1, 4] });
  const gradients = reshape(graph, blocks, [outChannels, images, outHeight, outWidth]);
  const sums = graph.convolveBlocks([graph.toBlocks(rows, false), gradients], {
    kernel_shape: [outHeight, outWidth],
    dilations: [strideHeight, strideWidth * inChannels],
  });
  const made = graph.fromBlocks(sums, outChannels);
  return reshape(graph, made, [filterHeight, filterWidth, inChannels, outChannels]);
}

/** As `gatherPhases`: [N·inHeight·inWidth, inChannels], each row plus `bias`. */
export function blockedPhases(
  anyGraph: GraphBuilder,
  dy: Value,
  filter: Value,
  info: ConvInfo,
  bias?: Value,
): Value | undefined {
  const blocked = blocksOf(anyGraph, info);
  const { inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const taps = phaseTaps(info);
  // Kernels begin and end with at least one number that isn't a zero around the rest, and skip none.
  const areWindows = [...taps.y, ...taps.x].every(
    ({ all, before, after }) => Math.min(before, after) >= 0 && Math.max(before, after) < all.length,
  );
  if (!blocked || inChannels % blocked.block > 0 || !areWindows) return undefined;
  const { graph, block } = blocked;
  const planes = graph.toBlocks(reshape(graph, dy, [info.batchSize, outHeight, outWidth, outChannels]));
  const byTap = reshape(graph, filter, [filterHeight * filterWidth, inChannels * outChannels]);
  return fromPhases(graph, info, taps, (y, x) => {
    const order = y.all.flatMap((tapY) => x.all.map((tapX) => tapY * filterWidth + tapX)).toReversed();
    const own = graph.op('Gather', [byTap, graph.constant(Int32Array.from(order), [order.length])], { axis: 0 });
    const split = [order.length, inChannels / block, block, outChannels / block, block];
    const blocks = graph.op('Transpose', [reshape(graph, own, split)], { perm: [1, 3, 0, 4, 2] });
    const weights = reshape(graph, blocks, [inChannels, outChannels, y.all.length, x.all.length]);
    const window = { kernel_shape: [y.all.length, x.all.length], pads: [y.before, x.before, y.after, x.after] };
    return graph.fromBlocks(graph.convolveBlocks([planes, weights], window, bias), inChannels);
  });
}

/** What the filter's places cover of the input, which may be less than all of it. */
function coveredSize(info: ConvInfo): [number, number] {
  const { outHeight, outWidth, strideHeight, strideWidth, filterHeight, filterWidth } = info;
  return [(outHeight - 1) * strideHeight + filterHeight, (outWidth - 1) * strideWidth + filterWidth];
}

/** x [N, …coveredSize, inChannels], with zeros around it; the library makes equal ones once. */
function padded(graph: GraphBuilder, x: Value, info: ConvInfo): Value {
  const { inHeight, inWidth, padInfo } = info;
  const [height, width] = coveredSize(info);
  const [bottom, right] = [height - padInfo.top - inHeight, width - padInfo.left - inWidth];
  return graph.op('Pad', [x, graph.ints([0, padInfo.top, padInfo.left, 0, 0, bottom, right, 0])]);
}
