/** In bytes: smaller buffers may be one for many arrays, as Node's are, and cost little. */
const SMALL = 2 ** 16;

/**
 * Gives back the memory of arrays at once, and leaves them empty: for arrays that nobody else has, in buffers of their own.
 * To the garbage collector they are small objects; it would let 64 MB a thread pile up behind them before it looks.
 */
export function freeArrays(arrays: Readonly<Record<string, ArrayBufferView>>): void {
  for (const { buffer } of Object.values(arrays)) if (buffer.byteLength > SMALL) (buffer as ArrayBuffer).transfer(0);
}
