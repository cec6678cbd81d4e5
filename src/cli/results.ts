import type { ReadModel } from '../store/read-model.ts';
import { openReadModel } from '../store/sqlite-read-model.ts';
import { layoutOf, type GlobalFlags } from './flags/flags.ts';
import { note } from './output.ts';

/**
 * Opens the results for as long as `use` takes.
 * @throws SweepError NOT_FOUND where nothing was recorded yet, STORE_* for a database that can't be read.
 */
export async function withResults<Result>(
  flags: GlobalFlags,
  use: (results: ReadModel) => Result | Promise<Result>,
): Promise<Result> {
  const results = openReadModel(layoutOf(flags));
  tellAge(results, flags);
  try {
    return await use(results);
  } finally {
    results[Symbol.dispose]();
  }
}

let isTold = false;

function tellAge({ copiedAt }: ReadModel, { quiet }: GlobalFlags): void {
  if (copiedAt === undefined || isTold || quiet) return;
  isTold = true;
  const seconds = Math.max(0, Math.round((Date.now() - copiedAt.getTime()) / 1000));
  const at = copiedAt.toTimeString().slice(0, 8);
  note(`Another process has these results alone; this is its copy of ${at}, ${seconds} s old.`, '!');
}
