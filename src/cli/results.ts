import type { ReadModel } from '../store/read-model.ts';
import { openReadModel } from '../store/sqlite-read-model.ts';
import { layoutOf, type GlobalFlags } from './flags.ts';

/**
 * Opens the results for as long as `use` takes.
 * @throws SweepError NOT_FOUND where nothing was recorded yet, STORE_* for a database that can't be read.
 */
export async function withResults<Result>(
  flags: GlobalFlags,
  use: (results: ReadModel) => Result | Promise<Result>,
): Promise<Result> {
  const results = openReadModel(layoutOf(flags));
  try {
    return await use(results);
  } finally {
    results[Symbol.dispose]();
  }
}
