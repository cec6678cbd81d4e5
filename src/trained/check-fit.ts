import { SweepError } from '../errors.ts';
import type { ModelShape } from '../model/architecture.ts';

type Size = Pick<ModelShape, 'height' | 'width' | 'channels' | 'isReal'>;

/** @throws SweepError USAGE, with what helps */
export function checkFit(place: string, found: Size, model: Size): void {
  if (found.isReal !== model.isReal) {
    const [one, other] = [found, model].map(({ isReal }) => (isReal ? 'rows of numbers' : 'images'));
    throw new SweepError('USAGE', `--data ${place}: it holds ${one!}, and the trial trained on ${other!}.`);
  }
  if (found.height === model.height && found.width === model.width && found.channels === model.channels) return;
  throw new SweepError(
    'USAGE',
    `--data ${place}: its images are ${describeSize(found)}, and the trial trained on ones that are ${describeSize(model)}. ` +
      howToFit(model),
  );
}

/** How images of other sizes or colours come to be of a model's. */
export function howToFit({ height, width, channels }: Size): string {
  const size = height === width ? String(height) : `[${height}, ${width}]`;
  return (
    `Bring them to ${describeColour({ channels })} ones of ${height}×${width}; or train with ` +
    `\`dataset: { path: …, size: ${size} }\`: what such a trial is given is brought to that by itself.`
  );
}

function describeSize(size: Pick<Size, 'height' | 'width' | 'channels'>): string {
  return `${describeColour(size)}, of ${size.height}×${size.width} pixels`;
}

function describeColour({ channels }: Pick<Size, 'channels'>): string {
  return channels === 1 ? 'grey' : channels === 3 ? 'colour' : `${channels}-channel`;
}
