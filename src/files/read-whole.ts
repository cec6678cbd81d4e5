import { openFile } from './open-file.ts';

/** One call to the system reads 2 GiB at most, and Node's readFile refuses files beyond that. */
const PIECE_BYTES = 2 ** 30;

/** The bytes of a file of any size that memory holds. */
export async function readWhole(file: string): Promise<Uint8Array> {
  const { handle, size } = await openFile(file);
  try {
    const bytes = new Uint8Array(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await handle.read(bytes, length, Math.min(PIECE_BYTES, size - length), length);
      // Cut off meanwhile.
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await handle.close();
  }
}
