import { readdirSync } from 'node:fs';
import path from 'node:path';
import { bitClassOfWeights, findLostWeights } from '../lost-weights.ts';
import { shortId } from '../render/format.ts';
import { describeTrial } from '../analysis/show.ts';
import { renderTrialJson } from '../render/json.ts';
import { renderTrial } from '../render/trial-text.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { defineCommand } from './command.ts';
import { layoutOf, repeatFlags, type GlobalFlags } from './flags.ts';
import { print, stdoutLayout } from './output.ts';
import { findSweep, findTrial, withResults } from './results.ts';

export const show = defineCommand({
  options: (yargs) =>
    yargs
      .positional('trial', { type: 'string', demandOption: true, describe: "Beginning of the trial's id" })
      .example('$0 show 3f2a91', 'configuration, metrics, learning curve, attempts and files'),

  run: async (flags) => {
    const { detail, idLength } = await withResults(flags, (results) => {
      const trial = findTrial(results, flags.trial);
      const detail = describeTrial({
        sweep: findSweep(results, trial.sweep).sweep,
        trial,
        metrics: results.metrics(trial.sweep, trial.id),
        attempts: results.attempts(trial.reusedFrom ?? trial.sweep, trial.id),
        files: filesOf(trial, flags),
        lostWeights: findLostWeights([trial], layoutOf(flags))[0],
        bitClass: bitClassOfWeights(trial, layoutOf(flags)),
      });
      return { detail, idLength: results.idLength() };
    });
    const id = shortId(detail.trial.id, idLength);
    const next = detail.attempts.length === 0 ? [] : [`sweep logs ${id}${repeatFlags(flags)}`];
    print(flags.json ? renderTrialJson(detail) : renderTrial(detail, stdoutLayout(), next));
    return 0;
  },
});

/** Paths of a trial's files, relative where they lie below the user; those of a result taken over lie with the sweep that made it. */
function filesOf(trial: TrialRecord, flags: GlobalFlags): string[] {
  const folder = layoutOf(flags).trial(trial.reusedFrom ?? trial.sweep, trial.id);
  try {
    const names = readdirSync(folder).sort();
    const relative = path.relative('', folder);
    return names.map((name) => path.join(relative.startsWith('..') ? folder : relative, name));
  } catch {
    // Removed by the user, or never trained: the database is what counts.
    return [];
  }
}
