import { trialDetailOf } from '../answers.ts';
import { shortId } from '../render/format.ts';
import { renderTrialJson } from '../render/json.ts';
import { renderTrial } from '../render/trial-text.ts';
import { defineCommand } from './command.ts';
import { layoutOf, repeatFlags } from './flags.ts';
import { print, stdoutLayout } from './output.ts';
import { withResults } from './results.ts';

export const show = defineCommand({
  options: (yargs) =>
    yargs
      .positional('trial', { type: 'string', demandOption: true, describe: "Beginning of the trial's id" })
      .example('$0 show 3f2a91', 'configuration, metrics, learning curve, attempts and files'),

  run: async (flags) => {
    const { detail, idLength } = await withResults(flags, (model) => {
      return { detail: trialDetailOf({ model, layout: layoutOf(flags) }, flags.trial), idLength: model.idLength() };
    });
    const id = shortId(detail.trial.id, idLength);
    const next = detail.attempts.length === 0 ? [] : [`sweep logs ${id}${repeatFlags(flags)}`];
    print(flags.json ? renderTrialJson(detail) : renderTrial(detail, stdoutLayout(), next));
    return 0;
  },
});
