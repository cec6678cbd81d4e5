/** What `show` tells of trials, as values. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { byFamily, describeApart, tellApart } from '../analysis/families.ts';
import { selectedTrials } from '../analysis/ranking.ts';
import { describeTrial, type TrialDetail } from '../analysis/trial/show.ts';
import { bestTrial, overviewOf, type BestTrial, type SweepOverview } from '../analysis/trial/sweep-overview.ts';
import { SweepError } from '../errors.ts';
import { fromHere, type ResultsLayout } from '../files/paths.ts';
import { findSweep, findTrial } from './find-results.ts';
import { bitClassOfTrial, findLostWeights } from './lost-weights.ts';
import type { SweepRecord, SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { plain } from '../text/printable.ts';
import type { OpenResults } from './selection.ts';
import { verdictCurves } from './verdict-curves.ts';

/** All about the trial whose id begins with `prefix`. Throws as `findTrial` does. */
export function trialDetailOf(open: OpenResults, prefix: string): TrialDetail {
  const trial = findTrial(open.model, prefix);
  return detailOf(open, trial, findSweep(open.model, trial.sweep).sweep);
}

function detailOf({ model, layout }: OpenResults, trial: TrialRecord, sweep: SweepRecord): TrialDetail {
  return describeTrial({
    sweep,
    trial,
    metrics: model.metrics(trial.sweep, trial.id),
    attempts: model.attempts(trial.reusedFrom ?? trial.sweep, trial.id),
    lateEnds: model.lateEnds(trial.reusedFrom ?? trial.sweep, trial.id),
    rungs: model.verdicts(trial.sweep, trial.configId),
    runs: model.runs(trial.reusedFrom ?? trial.sweep),
    origin: model.origin(trial.sweep, trial.id),
    files: filesOf(trial, layout),
    lostWeights: findLostWeights([trial], layout)[0],
    bitClass: bitClassOfTrial(trial, layout),
  });
}

/** The best trial of the sweep, by default the one started last, and where it stands. Throws as `findSweep`; NOT_FOUND before any is completed. */
export function bestTrialOf(open: OpenResults, name?: string): { detail: TrialDetail; best: BestTrial } {
  const snapshot = findSweep(open.model, name);
  refuseSeveralBest(snapshot, open.model.idLength());
  const best = bestTrial(snapshot);
  if (best === undefined) {
    const { name: sweep } = snapshot.sweep;
    throw new SweepError(
      'NOT_FOUND',
      `No trial of sweep ${plain(sweep)} has completed: see \`sweep show ${plain(sweep)}\`.`,
    );
  }
  return { detail: detailOf(open, best.trial, snapshot.sweep), best };
}

/** @throws SweepError USAGE where families without a common scale have a best each */
function refuseSeveralBest(snapshot: SweepSnapshot, idLength: number): void {
  const selected = new Set(selectedTrials(snapshot));
  const families = byFamily(snapshot.trials.filter(({ id }) => selected.has(id)));
  if (families.length < 2) return;
  const named = tellApart(families).map((values, i) => {
    const family = Object.values(values).map((some) => some.join(', '));
    return `${family.join(' ')} ${families[i]![0]!.id.slice(0, idLength)}`;
  });
  const { name } = snapshot.sweep;
  throw new SweepError(
    'USAGE',
    `${plain(name)} has a best trial of each of ${describeApart(families)}, which can't be compared: ${named.join(' · ')}. Name one by its id.`,
  );
}

/** The sweep, by default the one started last, trial by trial. Throws as `findSweep`. */
export function overviewOfSweep({ model }: OpenResults, name?: string): SweepOverview {
  const snapshot = findSweep(model, name);
  return overviewOf(snapshot, verdictCurves(model, snapshot));
}

/** Paths of a trial's files, relative where they lie below the user; those of a result taken over lie with the sweep that made it. */
function filesOf(trial: TrialRecord, layout: ResultsLayout): string[] {
  const folder = layout.trial(trial.reusedFrom ?? trial.sweep, trial.id);
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => fromHere(path.join(folder, name)));
  } catch {
    // Removed by the user, or never trained: the database is what counts.
    return [];
  }
}
