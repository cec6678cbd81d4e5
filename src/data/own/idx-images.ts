import { formatCount } from '../../text/format-number.ts';
import { idxDimensions } from '../idx.ts';
import { fileBytes, gunzipped, startOf, withoutStart } from './file-bytes.ts';
import { idxLabels } from './idx-labels.ts';
import { imagesAPiece, type ImageStream } from './image-stream.ts';
import { inPieces, WrongLength } from './in-pieces.ts';
import { describeShape, shapeOfImages } from './shape.ts';
import { unusable } from './unusable.ts';

const MOST_HEADER_BYTES = 4 + 4 * 255;

/** An IDX file of unsigned bytes, the format of MNIST, perhaps packed by gzip. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function idxImages(file: string, isPacked: boolean): Promise<ImageStream> {
  const content = (): AsyncIterable<Buffer> => (isPacked ? gunzipped(file) : fileBytes(file));
  const dimensions = idxDimensions(await startOf(content(), MOST_HEADER_BYTES));
  if (dimensions === undefined) {
    throw unusable(file, 'its header is cut off, or says other values than unsigned bytes', 'Save or copy it again');
  }
  const shape = shapeOfImages(file, dimensions);
  const header = 4 + 4 * dimensions.length;
  const pixels = shape.height * shape.width * shape.channels;
  const { labels, passedOver = '' } = await idxLabels(file, shape.images);
  return {
    ...shape,
    format: isPacked ? 'an IDX file, gzip' : 'an IDX file',
    passedOver,
    ...(labels !== undefined && { labels }),
    async *read() {
      const total = shape.images * pixels;
      try {
        yield* inPieces(withoutStart(content(), header), imagesAPiece(pixels) * pixels, total);
      } catch (error) {
        if (!(error instanceof WrongLength)) throw error;
        const { bytes } = error;
        const what =
          bytes === undefined ? 'goes on after its images' : `is cut off: ${formatCount(bytes)} bytes of pixels follow`;
        const says = `its header says ${describeShape(dimensions)}, ${formatCount(total)} bytes`;
        throw unusable(file, `it ${what}, and ${says}`, 'Save or copy it again');
      }
    },
  };
}
