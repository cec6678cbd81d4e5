import { SweepError } from '../../errors.ts';
import { examineImages, type ExamineOptions, type ImageFacts } from './examine.ts';
import { MisfitReading } from './misfit-reading.ts';
import { isModule, sampledFile } from './sampled-module.ts';

/**
 * What is known of the images or rows at a path, and the file that holds them: of a module, that of what it yields.
 * @throws SweepError DATA_MISSING, DATA_CORRUPT, which name the path
 */
export async function examineOwn(
  place: string,
  options: ExamineOptions = {},
): Promise<{ readonly file: string; readonly facts: ImageFacts }> {
  if (!isModule(place)) return { file: place, facts: await examineImages(place, options) };
  if (options.reading?.label !== undefined) {
    const fix = 'Leave `label` out: its samples are { values, label }';
    throw new MisfitReading({ place, key: 'label', at: 'key', what: 'a module names no columns', fix });
  }
  const file = await sampledFile(place, options.cacheDir);
  try {
    return { file, facts: await examineImages(file, options) };
  } catch (error) {
    if (error instanceof MisfitReading) throw new MisfitReading({ ...error.misfit, place });
    if (!(error instanceof SweepError)) throw error;
    throw new SweepError(error.code, error.message.replaceAll(file, place), { cause: error });
  }
}
