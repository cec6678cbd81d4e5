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
  const isColour = found.channels !== model.channels;
  const fix = isColour
    ? `Bring them to ${describeColour(model)} images of ${model.height}×${model.width}`
    : `Bring them to that size, as by \`mogrify -resize '${model.width}x${model.height}!' *.png\``;
  throw new SweepError(
    'USAGE',
    `--data ${place}: its images are ${describeSize(found)}, and the trial trained on ones that are ${describeSize(model)}. ${fix}.`,
  );
}

function describeSize(size: Size): string {
  return `${describeColour(size)}, of ${size.height}×${size.width} pixels`;
}

function describeColour({ channels }: Size): string {
  return channels === 1 ? 'grey' : channels === 3 ? 'colour' : `${channels}-channel`;
}
