import { SweepError } from '../errors.ts';
import { checkNote, findMarked } from '../answers/mark-results.ts';
import { toJsonLine } from '../render/json-line.ts';
import { writeNote } from '../store/user-marks.ts';
import { plain } from '../text/printable.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS } from './flags/flags.ts';
import { print } from './output.ts';
import { withResults } from './results.ts';

export const note = defineCommand({
  options: (yargs) =>
    yargs
      .positional('what', {
        type: 'string',
        demandOption: true,
        describe: 'A trial by the beginning of its id, or a sweep by name',
      })
      .positional('text', {
        type: 'string',
        array: true,
        default: [],
        describe: 'What to say of it, in place of what was said; without any its note is printed',
      })
      .option('remove', { group: OWN_FLAGS, type: 'boolean', default: false, describe: 'Take the note away' })
      .example('$0 note 3f2a91 "figure 3 of the paper"', 'the trial has this note')
      .example('$0 note beta', 'what was noted of the sweep')
      .epilogue('`sweep show`, `report` and `export` have notes. A running sweep is not disturbed.'),

  run: async (flags) => {
    const { what, text: words, remove } = flags;
    const text = words.join(' ');
    if (remove && words.length > 0) throw new SweepError('USAGE', '--remove takes the note away, and no text.');
    if (words.length > 0) checkNote(text);
    const marked = await withResults(flags, (model) => findMarked(model, what));
    const note = remove ? null : words.length === 0 ? marked.note : text;
    if (note !== marked.note) writeNote(layoutOf(flags).database, marked, note);
    const { kind, name } = marked;
    if (flags.json) print(toJsonLine({ schema: 'vae-sweep.note/1', kind, name, note }));
    else print(`${plain(name)}: ${note === null ? 'no note' : plain(note)}`);
    return 0;
  },
});
