import { SweepError } from '../errors.ts';
import { plain } from '../text/printable.ts';
import type { TrialConfig } from '../trial/trial.ts';
import { hashOf, loadModule } from './load.ts';

/**
 * Loads what a trial was planned with, so that this process can compute with it.
 * @throws SweepError DEFINITION where a module is gone, or its text is another by now
 */
export async function loadRecorded({
  ownLikelihood,
  ownMetrics = [],
}: Pick<TrialConfig, 'ownLikelihood' | 'ownMetrics'>): Promise<void> {
  const wanted = [
    ...(ownLikelihood ? [{ ...ownLikelihood, what: `the likelihood ${ownLikelihood.name}` }] : []),
    ...ownMetrics.map((metric) => ({ ...metric, what: `the metric ${metric.name}` })),
  ];
  for (const { what, path, hash } of wanted) {
    const found = await hashOf(path).catch((error: unknown) => {
      const message = `This trial has ${what} from ${plain(path)}, and that can't be read. Bring the file back as it was.`;
      throw new SweepError('DEFINITION', message, { cause: error });
    });
    if (found !== hash) {
      const message = `This trial has ${what} from ${plain(path)} as it was (${hash}), and the file has another text now (${found}). Bring it back as it was, or plan the sweep anew.`;
      throw new SweepError('DEFINITION', message);
    }
    await loadModule(path);
  }
}
