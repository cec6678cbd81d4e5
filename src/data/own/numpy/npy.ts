import { bytesAt, fileBytes, fileSize } from '../file-bytes.ts';
import { imagesAPiece, type ImageStream } from '../image-stream.ts';
import { inPieces, WrongLength } from '../in-pieces.ts';
import { checkLength } from './npy-length.ts';
import { imageType, MOST_HEADER_BYTES, npyHeader, type NpyHeader } from './npy-header.ts';
import { shapeOfImages } from '../shape.ts';
import { vectorsIn } from './npy-vectors.ts';
import type { VectorStream } from '../tables/vector-stream.ts';
import { toBytes } from '../to-bytes.ts';

/** A `.npy` file: images, or rows of numbers where it has two dimensions. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function npyImages(file: string): Promise<ImageStream | VectorStream> {
  const header = npyHeader(file, await bytesAt(file, 0, MOST_HEADER_BYTES));
  checkLength(file, header, (await fileSize(file)) - header.bytes);
  const values = (): AsyncIterable<Uint8Array> => fileBytes(file, header.bytes);
  return header.dimensions.length === 2 ? vectorsIn(file, header, values) : imagesIn(file, header, values);
}

/** The images of an array whose values `values` yields. */
export function imagesIn(place: string, header: NpyHeader, values: () => AsyncIterable<Uint8Array>): ImageStream {
  const shape = shapeOfImages(place, header.dimensions);
  const type = imageType(place, header.type);
  const pixels = shape.height * shape.width * shape.channels;
  return {
    ...shape,
    format: `a NumPy array of ${type.name}`,
    passedOver: '',
    async *read() {
      const total = shape.images * pixels * type.bytes;
      let first = 0;
      try {
        for await (const piece of inPieces(values(), imagesAPiece(pixels) * pixels * type.bytes, total)) {
          yield toBytes(piece, type, { place, first, shape });
          first += piece.length / type.bytes / pixels;
        }
      } catch (error) {
        if (error instanceof WrongLength) checkLength(place, header, error.bytes);
        throw error;
      }
    },
  };
}
