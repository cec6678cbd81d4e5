import { formatBytes } from '../render/format.ts';
import { toJsonLine } from '../render/json-line.ts';
import { planRemoval, remove } from '../answers/remove-results.ts';
import { defineCommand } from './command.ts';
import { confirm } from './confirm.ts';
import { layoutOf, OWN_FLAGS } from './flags/flags.ts';
import { note, print } from './output.ts';
import { withResults } from './results.ts';

export const rm = defineCommand({
  options: (yargs) =>
    yargs
      .positional('names', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Sweeps by name, trials by the beginning of their id',
      })
      .option('yes', { group: OWN_FLAGS, alias: 'y', type: 'boolean', default: false, describe: "Don't ask" })
      .example('$0 rm beta', 'the sweep beta: what is recorded of it, and its files')
      .example('$0 rm 3f2a91 5aa1ff --yes', 'two trials; `sweep run` trains them anew')
      .epilogue('Refused while the sweep runs, and where another sweep took results over whose files would go.'),

  run: (flags) =>
    withResults(flags, async (model) => {
      const layout = layoutOf(flags);
      const { removals, trials, bytes } = planRemoval(model, layout, flags.names);
      const names = removals.map(({ sweep, trials: some }) => (some === 'all' ? sweep : `${some.length} of ${sweep}`));
      const what = `${names.join(', ')}: ${trials} ${trials === 1 ? 'trial' : 'trials'}, ${formatBytes(bytes)} of files`;
      if (!(await confirm(`Remove ${what}?`, flags.yes))) {
        note('Nothing was removed.');
        return 0;
      }
      const kept = remove(model, layout, removals);
      if (flags.json) print(toJsonLine({ schema: 'vae-sweep.rm/1', removed: removals, trials, bytes, kept }));
      else print(`Removed ${what}.`);
      if (kept.length > 0 && !flags.json)
        note(`Kept, as there is something else in them, or they can't be emptied: ${kept.join(', ')}`, '!');
      return 0;
    }),
});
