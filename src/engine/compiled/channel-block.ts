import { NativeSession } from './native-session.ts';
import { CpuGraph } from './onnx/cpu-graph.ts';

/** With AVX-512 or on ARM, and with AVX. */
const SIZES = [16, 8];
const FEWEST = 4;

let found: { readonly size: number } | undefined;

/** Channels of one block of ONNX Runtime's (NCHWc) on this processor, 0 where it has none. Asked of the library, once. */
export function channelBlock(): number {
  return (found ??= { size: SIZES.find(isBlock) ?? 0 }).size;
}

/** Whether few channels are filled up to `size`; the library refuses to put them where more or fewer have room. */
function isBlock(size: number): boolean {
  const graph = new CpuGraph('');
  const numbers = new Float32Array(FEWEST + size).fill(1, 0, FEWEST);
  const place = (name: string, first: number, channels: number) =>
    ({ name, type: 'float32', shape: [1, channels, 1, 1], offset: 4 * first, bytes: 4 * channels }) as const;
  const blocks = graph.toBlocks(graph.input('x', 'float32', [1, FEWEST, 1, 1]), false);
  graph.output(blocks, 'float32');
  let session: NativeSession | undefined;
  try {
    const [given, made] = [place('x', 0, FEWEST), place(blocks, FEWEST, size)];
    session = new NativeSession(graph.model(), numbers.buffer, [given], [made]);
    session.run();
    return numbers.filter((number) => number === 1).length === 2 * FEWEST;
  } catch {
    return false;
  } finally {
    session?.release();
  }
}
