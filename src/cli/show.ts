import { bestTrialOf, overviewOfSweep, trialDetailOf } from '../answers/trial-details.ts';
import type { OpenResults } from '../answers/selection.ts';
import { SweepError } from '../errors.ts';
import { isSweepName } from '../answers/find-results.ts';
import { shortId } from '../render/format.ts';
import { renderOverviewJson, renderTrialJson } from '../render/trial/trial-json.ts';
import { renderOverview } from '../render/trial/overview-text.ts';
import { bestPlace, renderTrial } from '../render/trial/trial-text.ts';
import { shellWord } from '../text/shell-word.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS, repeatFlags, type GlobalFlags } from './flags/flags.ts';
import { print, stdoutLayout } from './output.ts';
import { withResults } from './results.ts';

/** So many trials of a sweep are listed without `--all`. */
const LISTED = 20;

const BEST = 'best';

interface ShowFlags extends GlobalFlags {
  readonly what: string | undefined;
  readonly name: string | undefined;
  readonly all: boolean;
}

export const show = defineCommand({
  options: (yargs) =>
    yargs
      .positional('what', {
        type: 'string',
        describe: "A sweep's name; `best`; or the beginning of a trial's id. By default the sweep started last",
      })
      .positional('name', { type: 'string', describe: 'With `best`: of which sweep' })
      .option('all', {
        group: OWN_FLAGS,
        type: 'boolean',
        default: false,
        describe: `Every trial of a sweep, not ${LISTED}`,
      })
      .example('$0 show', 'the trials of the newest sweep, best first, each with a verdict')
      .example('$0 show beta', 'those of the sweep beta')
      .example('$0 show best', 'the best trial of the newest sweep')
      .example('$0 show best beta', 'that of the sweep beta')
      .example('$0 show 3f2a91', 'one trial: verdict, metrics, learning curves, attempts and files'),

  run: async (flags) => {
    print(
      await withResults(flags, (model) => {
        const open = { model, layout: layoutOf(flags) };
        const { what, name } = wanted(flags);
        if (what === BEST) return showBest(open, name, flags);
        return what === undefined || isSweepName(model, what)
          ? showSweep(open, what, flags)
          : showTrial(open, what, flags);
      }),
    );
    return 0;
  },
});

/** `best NAME` and `NAME best` are the same; nothing else takes two words. */
function wanted({ what, name }: ShowFlags): Pick<ShowFlags, 'what' | 'name'> {
  if (name === BEST && what !== BEST) return { what: BEST, name: what };
  if (name !== undefined && what !== BEST) {
    throw new SweepError('USAGE', `\`sweep show\` takes one trial or sweep, or \`best\` and a sweep's name.`);
  }
  return { what, name };
}

function showSweep(open: OpenResults, name: string | undefined, flags: ShowFlags): string {
  const overview = overviewOfSweep(open, name);
  if (flags.json) return renderOverviewJson(overview);
  const word = shellWord(overview.status.sweep);
  const next =
    overview.best === null ? [`sweep status ${word}`] : [`sweep show best ${word}`, `sweep report ${word} --best`];
  const options = {
    idLength: open.model.idLength(),
    shown: flags.all ? undefined : LISTED,
    next: next.map((command) => command + repeatFlags(flags)),
  };
  return renderOverview(overview, options, stdoutLayout());
}

function showBest(open: OpenResults, name: string | undefined, flags: ShowFlags): string {
  const { detail, best } = bestTrialOf(open, name);
  if (flags.json) return renderTrialJson(detail);
  return renderTrial(detail, stdoutLayout(), { next: nextOf(open, detail.trial.id, flags), place: bestPlace(best) });
}

function showTrial(open: OpenResults, prefix: string, flags: ShowFlags): string {
  const detail = trialDetailOf(open, prefix);
  if (flags.json) return renderTrialJson(detail);
  const next = detail.attempts.length === 0 ? [] : nextOf(open, detail.trial.id, flags);
  return renderTrial(detail, stdoutLayout(), { next });
}

function nextOf({ model }: OpenResults, trial: string, flags: ShowFlags): string[] {
  return [`sweep logs ${shortId(trial, model.idLength())}${repeatFlags(flags)}`];
}
