import { findSweep } from '../find-results.ts';
import { sweepStatus } from '../analysis/status.ts';
import { renderStatusJson } from '../render/json.ts';
import { renderStatus } from '../render/status-table.ts';
import { defineCommand } from './command.ts';
import { OWN_FLAGS } from './flags.ts';
import { print, stdoutLayout } from './output.ts';
import { withResults } from './results.ts';

export const status = defineCommand({
  options: (yargs) =>
    yargs
      .positional('name', { type: 'string', describe: 'Sweep; by default all of them, newest first' })
      .option('watch', {
        group: OWN_FLAGS,
        type: 'boolean',
        default: false,
        describe: 'Look on while a sweep runs, until it ends; without a terminal, a line for each change',
      })
      .example('$0 status --watch', 'the sweep that runs here, live, from another terminal')
      .example('$0 status', 'every sweep in the results folder')
      .example('$0 status beta --json', 'one of them, for a program'),

  run: async (flags) => {
    if (flags.watch) return (await import('./watch.ts')).watchSweep(flags);
    const statuses = await withResults(flags, (results) => {
      const names = flags.name === undefined ? results.sweeps().map(({ name }) => name) : [];
      return [flags.name, ...names.slice(1)].map((name) => sweepStatus(findSweep(results, name, 'objective')));
    });
    print(flags.json ? renderStatusJson(statuses) : renderStatus(statuses, stdoutLayout(), new Date()));
    return 0;
  },
});
