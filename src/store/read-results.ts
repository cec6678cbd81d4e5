import type { ResultsLayout } from '../files/paths.ts';
import type { ReadModel } from './read-model.ts';
import { openReadModel } from './sqlite-read-model.ts';

/** What `read` makes of a folder's results, which are open for as long as it takes. @throws SweepError as `openReadModel` */
export function readResults<Result>(layout: ResultsLayout, read: (results: ReadModel) => Result): Result {
  const results = openReadModel(layout);
  try {
    return read(results);
  } finally {
    results[Symbol.dispose]();
  }
}
