import { checkIdentity } from '../answers/check-identity.ts';
import { SweepError } from '../errors.ts';
import { findSweep } from '../answers/find-results.ts';
import { sweepStatus } from '../analysis/progress/status.ts';
import { renderStatusJson } from '../render/run/status-json.ts';
import { renderStatus } from '../render/run/status-table.ts';
import type { SweepSnapshot } from '../store/read-model.ts';
import { defineCommand } from './command.ts';
import { OWN_FLAGS, withWhere, type GlobalFlags } from './flags/flags.ts';
import { note, print, stdoutLayout } from './output.ts';
import { withResults } from './results.ts';
import { chosenSweeps } from './flags/where.ts';

export const status = defineCommand({
  options: (yargs) =>
    withWhere(
      yargs.positional('name', { type: 'string', describe: 'Sweep; by default all of them, newest first' }),
      'state=failed',
    )
      .option('watch', {
        group: OWN_FLAGS,
        type: 'boolean',
        default: false,
        describe: 'Look on while a sweep runs, until it ends; without a terminal, a line for each change',
      })
      .example('$0 status --watch', 'the sweep that runs here, live, from another terminal')
      .example('$0 status', 'every sweep in the results folder')
      .example('$0 status --where state=failed', 'sweeps with failed trials, and how many')
      .example('$0 status beta --json', 'one of them, for a program'),

  run: async (flags) => {
    if (flags.watch) return (await import('./views/watch.ts')).watchSweep(flags);
    const statuses = await statusesOf(flags).catch((error: unknown) => {
      // A program that lists the sweeps here gets a list, and is told by the exit code that there are none.
      const isNothing = error instanceof SweepError && error.code === 'NOT_FOUND' && flags.name === undefined;
      if (flags.json && isNothing) print(renderStatusJson([]));
      throw error;
    });
    print(flags.json ? renderStatusJson(statuses) : renderStatus(statuses, stdoutLayout(), new Date()));
    return 0;
  },
});

function statusesOf(flags: GlobalFlags & { name: string | undefined; where: string[] | undefined }) {
  return withResults(flags, (results) => {
    const names = flags.name === undefined ? results.sweeps().map(({ name }) => name) : [];
    const snapshots = [flags.name, ...names.slice(1)].map((name) => findSweep(results, name, 'objective'));
    for (const snapshot of snapshots) warnOfEdits(snapshot, results.file);
    return chosenSweeps(snapshots, flags.where).map(sweepStatus);
  });
}

/** A sweep that other commands refuse is listed, but what it says of its best may be another configuration's. */
function warnOfEdits({ sweep, trials, outside }: SweepSnapshot, database: string): void {
  try {
    checkIdentity([...trials, ...outside], sweep, database);
  } catch (error) {
    if (!(error instanceof SweepError)) throw error;
    note(error.message, '!');
  }
}
