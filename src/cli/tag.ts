import { SweepError } from '../errors.ts';
import { checkHas, checkTags, findMarked } from '../answers/mark-results.ts';
import { toJsonLine } from '../render/json-line.ts';
import { changeTags } from '../store/user-marks.ts';
import { plain } from '../text/printable.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS } from './flags/flags.ts';
import { print } from './output.ts';
import { withResults } from './results.ts';

export const tag = defineCommand({
  options: (yargs) =>
    yargs
      .positional('what', {
        type: 'string',
        demandOption: true,
        describe: 'A trial by the beginning of its id, or a sweep by name',
      })
      .positional('tags', {
        type: 'string',
        array: true,
        default: [],
        describe: 'What to call it; without any its tags are printed',
      })
      .option('remove', { group: OWN_FLAGS, type: 'boolean', default: false, describe: 'Take these tags off' })
      .example('$0 tag 3f2a91 paper', "the trial has this tag, in every sweep that it's in")
      .example('$0 report --where tag=paper', 'only trials that have it')
      .example('$0 tag 3f2a91 paper --remove', 'and no longer')
      .epilogue('`sweep show`, `report` and `export` have tags. A running sweep is not disturbed.'),

  run: async (flags) => {
    const { what, tags: words, remove } = flags;
    if (remove && words.length === 0) throw new SweepError('USAGE', 'Which tags? Name those that --remove takes off.');
    checkTags(words);
    const marked = await withResults(flags, (model) => findMarked(model, what));
    if (remove) checkHas(marked, words);
    const tags = words.length === 0 ? marked.tags : changeTags(layoutOf(flags).database, marked, words, remove);
    const { kind, name } = marked;
    if (flags.json) print(toJsonLine({ schema: 'vae-sweep.tag/1', kind, name, tags }));
    else print(`${plain(name)}: ${tags.length === 0 ? 'no tags' : tags.map(plain).join(', ')}`);
    return 0;
  },
});
