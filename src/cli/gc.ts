import { free, FREEABLE_KINDS, planFreeing, type Freeable, type FreeableKind } from '../answers/free-space.ts';
import { renderFitted } from '../render/layout/fitted-table.ts';
import { formatBytes } from '../render/format.ts';
import { columnsOf } from '../render/layout/grid.ts';
import { toJsonLine } from '../render/json-line.ts';
import { count, formatCount } from '../text/format-number.ts';
import { plain } from '../text/printable.ts';
import { defineCommand } from './command.ts';
import { confirm } from './confirm.ts';
import { layoutOf, OWN_FLAGS } from './flags/flags.ts';
import { note, print, stdoutLayout } from './output.ts';
import { withResults } from './results.ts';

const WHAT: Readonly<Record<FreeableKind, string>> = {
  checkpoint: 'checkpoints of ended trials, for more epochs',
  pruned: 'checkpoints of pruned trials, which begin anew if they are revived',
  temporary: 'temporary files of writes that broke off',
  taken_over: 'own files of trials whose results were taken over',
  stray: 'files of trials that no sweep has',
  outside_plan: 'files of trials outside the plan',
};

export const gc = defineCommand({
  options: (yargs) =>
    yargs
      .positional('name', { type: 'string', describe: 'Sweep; by default all that are here' })
      .option('dry-run', {
        group: OWN_FLAGS,
        type: 'boolean',
        default: false,
        describe: 'Only show what it would free',
      })
      .option('outside-plan', {
        group: OWN_FLAGS,
        type: 'boolean',
        default: false,
        describe: "Also weights and pictures of trials outside their sweep's present plan; their figures stay",
      })
      .option('yes', { group: OWN_FLAGS, alias: 'y', type: 'boolean', default: false, describe: "Don't ask" })
      .example('$0 gc --dry-run', 'what could be freed here')
      .example('$0 gc beta --outside-plan', 'what the sweep beta keeps of trials that its plan no longer names, too')
      .epilogue('A sweep that runs is left alone, and so is every file that vae-sweep did not name.'),

  run: (flags) =>
    withResults(flags, async (model) => {
      const layout = layoutOf(flags);
      const { name, 'dry-run': isDryRun, 'outside-plan': outsidePlan } = flags;
      const options = { sweep: name, outsidePlan };
      const planned = planFreeing(model, layout, options);
      const { freeable, running } = planned;
      if (!flags.json) print(describe(freeable));
      if (!flags.json) for (const name of running) note(`${plain(name)} is running: nothing of it is freed.`, '!');
      const wanted = `Free ${formatBytes(bytesOf(freeable))} in ${filesOf(freeable)}?`;
      const isOn = !isDryRun && freeable.length > 0;
      const agreed = isOn && (await confirm(wanted, flags.yes));
      const freed = agreed ? free(layout, planned, options) : [];
      if (flags.json) print(answer(isDryRun ? freeable : freed, running, isDryRun));
      else if (agreed) print(`Freed ${formatBytes(bytesOf(freed))} in ${filesOf(freed)}.`);
      else if (isOn) note('Nothing was freed.');
      return 0;
    }),
});

function describe(freeable: readonly Freeable[]): string {
  if (freeable.length === 0) return 'There is nothing to free.';
  const kinds = byKind(freeable);
  const column = columnsOf(kinds);
  const { text } = renderFitted(
    [
      column('what', 0, ({ kind }) => WHAT[kind]),
      column('files', 0, ({ files }) => formatCount(files), 'right'),
      column('size', 0, ({ bytes }) => formatBytes(bytes), 'right'),
    ],
    stdoutLayout(),
    '--json',
  );
  return text;
}

/** `vae-sweep.gc/1`. */
function answer(freeable: readonly Freeable[], running: readonly string[], isDryRun: boolean): string {
  return toJsonLine({
    schema: 'vae-sweep.gc/1',
    dry_run: isDryRun,
    kinds: byKind(freeable),
    paths: freeable.flatMap(({ files }) => files),
    bytes: bytesOf(freeable),
    running,
  });
}

function byKind(freeable: readonly Freeable[]): { kind: FreeableKind; files: number; bytes: number }[] {
  return FREEABLE_KINDS.flatMap((kind) => {
    const those = freeable.filter((one) => one.kind === kind);
    const files = those.reduce((sum, one) => sum + one.files.length, 0);
    return files === 0 ? [] : [{ kind, files, bytes: bytesOf(those) }];
  });
}

function bytesOf(freeable: readonly Freeable[]): number {
  return freeable.reduce((sum, { bytes }) => sum + bytes, 0);
}

function filesOf(freeable: readonly Freeable[]): string {
  return count(
    freeable.reduce((sum, { files }) => sum + files.length, 0),
    'file',
  );
}
