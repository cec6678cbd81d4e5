import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ResultsLayout } from '../files/paths.ts';
import { readResults } from '../store/read-results.ts';
import type { OwnImages } from '../trial/trial.ts';

/** Whether a sweep of this name has trials of the same data, read as now. @throws SweepError as `openReadModel` */
export function areRecorded(own: OwnImages, sweep: string, resultsDir: string | undefined): boolean {
  if (resultsDir === undefined) return false;
  const layout = new ResultsLayout(resultsDir);
  if (!existsSync(layout.database)) return false;
  const found = readResults(layout, (results) => results.snapshot(sweep, 'objective'));
  return [...(found?.trials ?? []), ...(found?.outside ?? [])].some(({ config: { dataset } }) => {
    return dataset.own?.fingerprint === own.fingerprint && isDeepStrictEqual(dataset.own.reading, own.reading);
  });
}
