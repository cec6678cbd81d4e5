import { messageOf, SweepError } from '../errors.ts';
import { plain } from '../text/printable.ts';
import type { TrialConfig } from '../trial/trial.ts';
import { loadModule } from './load.ts';

/**
 * Loads what a trial was planned with, so that this process can compute with it.
 * @throws SweepError DEFINITION where a module is gone, or is another by now
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
    const recorded = `This trial has ${what} from ${plain(path)}`;
    const { hash: found } = await loadModule(path).catch((error: unknown) => {
      const message = `${recorded}, which can't be used: ${messageOf(error)}. Bring the file back as it was.`;
      throw new SweepError('DEFINITION', message, { cause: error });
    });
    if (found !== hash) {
      const message = `${recorded} as it was (${hash}), and its text, or a package that it imports, is another now (${found}). Bring it back as it was, or plan the sweep anew.`;
      throw new SweepError('DEFINITION', message);
    }
  }
}
