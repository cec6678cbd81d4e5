import { imagesAPiece, type ImageStream } from './image-stream.ts';
import { broughtTo, shapeAfter, type Bringing } from './pictures/resample.ts';
import { shapeOfImages } from './shape.ts';

/** The same images, brought to what a spec asks for. @throws SweepError DATA_CORRUPT where they would be too many */
export function broughtStream(place: string, stream: ImageStream, reading: Bringing): ImageStream {
  const { images, channels } = stream;
  const shape = shapeAfter(stream, reading);
  shapeOfImages(place, [images, shape.height, shape.width, shape.channels]);
  if (shape.height === stream.height && shape.width === stream.width && shape.channels === channels) return stream;
  const [from, to] = [stream, shape].map((one) => one.height * one.width * one.channels) as [number, number];
  return {
    ...stream,
    ...shape,
    format: `${stream.format}, ${describeReading(reading)}`,
    async *read() {
      for await (const piece of stream.read()) {
        const atOnce = imagesAPiece(to) * from;
        for (let at = 0; at < piece.length; at += atOnce) {
          const some = piece.subarray(at, at + atOnce);
          const result = new Uint8Array((some.length / from) * to);
          for (let i = 0; i * from < some.length; i++) {
            const picture = {
              height: stream.height,
              width: stream.width,
              channels,
              bytes: some.subarray(i * from, (i + 1) * from),
            };
            result.set(broughtTo(picture, shape, reading.resize), i * to);
          }
          yield result;
        }
      }
    },
  };
}

/** `brought to 32×32 (crop)`. */
export function describeReading({ size, resize = 'crop', channels }: Bringing): string {
  const wanted = [
    ...(size === undefined ? [] : [`${size[0]}×${size[1]} (${resize})`]),
    ...(channels === undefined ? [] : [channels]),
  ];
  return `brought to ${wanted.join(', ')}`;
}
