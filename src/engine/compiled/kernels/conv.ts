/**
 * Convolutions as matrix products. The weights change at every step, so ONNX Runtime can't pre-pack them for its own
 * Conv; gathering patches into rows and one Gemm is nearly twice as fast. Layout is NHWC, filters are
 * [height, width, in, out], as in TF.js. In a model that is written for others, whose weights stay, they are ONNX's own.
 *
 * M = N·outHeight·outWidth rows of patches, K = filterHeight·filterWidth taps.
 */
import { tf } from '../../tfjs.ts';
import { lower, traceBackend as trace } from '../trace-backend.ts';
import { gatherPhases, gatherPhasesTogether, hasFewPhases, scatterPatches } from './conv-input.ts';
import { PortableGraph } from '../onnx/portable-graph.ts';
import { outputPositions, patches, type ConvInfo } from './conv-patches.ts';
import { portableConv, portableConvTranspose } from './conv-portable.ts';
import { gemm, product } from './matmul.ts';
import { reshape } from './shape.ts';

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
    if (graph instanceof PortableGraph) {
      return trace.info(portableConv(graph, trace.value(x!), trace.value(filter!), info), info.outShape);
    }
    const taps = info.filterHeight * info.filterWidth * info.inChannels;
    const weights = reshape(graph, trace.value(filter!), [taps, info.outChannels]);
    return product(graph, info.outShape, (bias) => gemm(graph, [patches(graph, trace.value(x!), info), weights], bias));
  });

  lower<ConvAttributes>('Conv2DBackpropFilter', ({ inputs: { x, dy }, attributes, graph }) => {
    const info = convInfo(x!.shape, attributes.filterShape, attributes);
    const rows = reshape(graph, trace.value(dy!), [outputPositions(info), info.outChannels]);
    const sums = gemm(graph, [patches(graph, trace.value(x!), info), rows], undefined, { transA: 1 });
    return trace.info(reshape(graph, sums, attributes.filterShape), attributes.filterShape);
  });

  // Both the gradient towards a convolution's input and the transposed convolution.
  lower<ConvAttributes>('Conv2DBackpropInput', ({ inputs: { dy, filter }, attributes, graph }) => {
    const info = convInfo(attributes.inputShape, filter!.shape, attributes);
    if (graph instanceof PortableGraph) {
      const value = portableConvTranspose(graph, trace.value(dy!), trace.value(filter!), info);
      return trace.info(value, attributes.inputShape);
    }
    if (info.inChannels === 1) {
      const value = scatterPatches(graph, trace.value(dy!), trace.value(filter!), info);
      return trace.info(reshape(graph, value, attributes.inputShape), attributes.inputShape);
    }
    const write = hasFewPhases(info) ? gatherPhasesTogether : gatherPhases;
    return product(graph, attributes.inputShape, (bias) =>
      write(graph, trace.value(dy!), trace.value(filter!), info, bias),
    );
  });
}

function convInfo(input: readonly number[], filter: readonly number[], attributes: ConvAttributes): ConvInfo {
  const { strides, pad, dimRoundingMode } = attributes;
  const shape = input as [number, number, number, number];
  return tf.backend_util.computeConv2DInfo(shape, filter as typeof shape, strides, 1, pad, dimRoundingMode);
}
