import { NativeSession } from './native-session.ts';
import { CpuGraph } from './onnx/cpu-graph.ts';

/** With AVX-512 or on ARM, and with AVX. */
const SIZES = [16, 8];
const FEWEST = 4;
/** What the library says of a size that isn't its own, and of operators that it has not. */
const REFUSALS = /shape|channels|implementation|registered/i;

let found: { readonly size: number } | undefined;

/** Channels of one block of ONNX Runtime's (NCHWc) on this processor, 0 where it has none. Asked of the library, once. */
export function channelBlock(): number {
  return (found ??= { size: SIZES.find(isBlock) ?? 0 }).size;
}

/** Whether few channels, filled up to `size`, go through all three operators as they are. */
function isBlock(size: number): boolean {
  const graph = new CpuGraph('');
  const numbers = new Float32Array(FEWEST + size).fill(1, 0, FEWEST);
  const identity = Float32Array.from({ length: size ** 2 }, (_, i) => Number(i % (size + 1) === 0));
  const blocks = graph.toBlocks(graph.input('x', 'float32', [1, FEWEST, 1, 1]), false);
  const same = graph.convolveBlocks([blocks, graph.constant(identity, [size, size, 1, 1])], { kernel_shape: [1, 1] });
  const made = graph.fromBlocks(same, size);
  graph.output(made, 'float32');
  let session: NativeSession | undefined;
  try {
    session = new NativeSession(
      graph.model(),
      numbers.buffer,
      [{ name: 'x', type: 'float32', shape: [1, FEWEST, 1, 1], offset: 0, bytes: 4 * FEWEST }],
      [{ name: made, type: 'float32', shape: [1, 1, 1, size], offset: 4 * FEWEST, bytes: 4 * size }],
    );
    session.run();
    return numbers.every((number, i) => number === Number(i < 2 * FEWEST));
  } catch (error) {
    // For want of memory, say, nothing was found out.
    if (!REFUSALS.test(String(error))) throw error;
    return false;
  } finally {
    session?.release();
  }
}
