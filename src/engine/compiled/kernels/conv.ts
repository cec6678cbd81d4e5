/**
 * Convolutions, for weights that change at every step. Layout is NHWC, filters are [height, width, in, out], as in TF.js.
 *
 * On processors they are ONNX Runtime's kernels on blocks of channels, where sizes come in blocks; elsewhere matrix products
 * of patches, M = N·outHeight·outWidth rows of K = filterHeight·filterWidth taps. In a model that is written for others
 * they are ONNX's own.
 */
import type { Value } from '../onnx/graph.ts';
import { lower, traceBackend as trace } from '../trace-backend.ts';
import { CpuGraph } from '../onnx/cpu-graph.ts';
import { PortableGraph } from '../onnx/portable-graph.ts';
import { blockedConv, blockedFilterGradient, blockedPhases } from './conv-blocks.ts';
import { convInfo, outputPositions, type ConvAttributes } from './conv-info.ts';
import { gatherPhases } from './conv-input.ts';
import { patches } from './conv-patches.ts';
import { planeConv, planeConvTranspose } from './conv-planes.ts';
import { gemm, product } from './matmul.ts';
import { reshape } from './shape.ts';

/** For so few channels, or fewer, a processor is quickest by one product with all taps, added where these lie. */
const FEW_CHANNELS = 8;

export function registerConvKernels(): void {
  lower<ConvAttributes>('Conv2D', ({ inputs: { x, filter }, attributes, graph }) => {
    const info = convInfo(x!.shape, filter!.shape, attributes);
    const [input, weights] = [trace.value(x!), trace.value(filter!)];
    if (graph instanceof PortableGraph) return trace.info(planeConv(graph, input, weights, info), info.outShape);
    const taps = info.filterHeight * info.filterWidth * info.inChannels;
    const byPatches = (bias?: Value): Value =>
      gemm(graph, [patches(graph, input, info), reshape(graph, weights, [taps, info.outChannels])], bias);
    return product(graph, info.outShape, (bias) => blockedConv(graph, input, weights, info, bias) ?? byPatches(bias));
  });

  lower<ConvAttributes>('Conv2DBackpropFilter', ({ inputs: { x, dy }, attributes, graph }) => {
    const info = convInfo(x!.shape, attributes.filterShape, attributes);
    const [input, gradient] = [trace.value(x!), trace.value(dy!)];
    const byPatches = (): Value => {
      const rows = reshape(graph, gradient, [outputPositions(info), info.outChannels]);
      const sums = gemm(graph, [patches(graph, input, info), rows], undefined, { transA: 1 });
      return reshape(graph, sums, attributes.filterShape);
    };
    const sums = blockedFilterGradient(graph, input, gradient, info) ?? byPatches();
    return trace.info(sums, attributes.filterShape);
  });

  // Both the gradient towards a convolution's input and the transposed convolution.
  lower<ConvAttributes>('Conv2DBackpropInput', ({ inputs: { dy, filter }, attributes, graph }) => {
    const { inputShape } = attributes;
    const info = convInfo(inputShape, filter!.shape, attributes);
    const [gradient, weights] = [trace.value(dy!), trace.value(filter!)];
    const operands = [graph, gradient, weights, info] as const;
    if (graph instanceof PortableGraph) return trace.info(planeConvTranspose(...operands), inputShape);
    const isFew = info.inChannels <= (graph instanceof CpuGraph ? FEW_CHANNELS : 1);
    const rowsPlus = (bias?: Value): Value =>
      isFew
        ? reshape(graph, planeConvTranspose(...operands, bias), [-1, info.inChannels])
        : (blockedPhases(...operands, bias) ?? gatherPhases(...operands, bias));
    return product(graph, inputShape, rowsPlus);
  });
}
