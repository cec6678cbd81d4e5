/** The held-out images of a sweep, as its trials were evaluated on them. */
import { binarize, evaluationBits } from './data/binarize.ts';
import { loadDataset } from './data/dataset.ts';
import { locateDataset, type LocateOptions } from './data/locate.ts';
import type { HeldOut } from './pictures/panel.ts';
import type { DatasetSettings } from './trial/trial.ts';

/** Enough for a picture; a model of JavaScript arrays takes seconds for thousands. */
const MOST = 1000;

/** The first of them. @throws SweepError DATA_MISSING or DATA_CORRUPT */
export async function readHeldOut(
  settings: DatasetSettings,
  options: Omit<LocateOptions, 'download'>,
): Promise<HeldOut> {
  const source = await locateDataset(settings, { ...options, download: false });
  const { validation, train, height, width, channels } = await loadDataset(source, settings, options.catalog);
  const shown = validation.count > 0 ? validation : train;
  const count = Math.min(MOST, shown.count);
  const images = shown.images.slice(0, count * height * width * channels);
  return {
    count,
    images: binarize(images, settings.binarization, evaluationBits('validation')),
    classes: new Uint8Array(),
    names: [],
  };
}
