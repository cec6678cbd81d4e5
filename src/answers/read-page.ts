/** Gathers what the report's page shows: answers, records, curves, pictures. */
import type { ReportModel } from '../analysis/report/report-model.ts';
import { sameButBeta } from '../analysis/trial/same-but-beta.ts';
import { describePage } from '../analysis/page/describe-page.ts';
import { selectTrials } from '../analysis/filter.ts';
import { wholeSweep } from '../analysis/whole-sweep.ts';
import { reportOf, type ReportOptions } from './reports.ts';
import { effectsIn } from './effects.ts';
import type { OpenResults } from './selection.ts';
import type { TrialFile } from '../files/trial-files.ts';
import type { ResultsLayout } from '../files/paths.ts';
import { findSweep } from './find-results.ts';
import { bitClassOfTrial } from './lost-weights.ts';
import type { PageContent, TrialPictures } from '../page/page-content.ts';
import { versionOf } from '../package-version.ts';
import { readLatents } from './read-latents.ts';
import { recordedSpec } from './recorded-spec.ts';
import { nextCommands } from '../render/report/next-commands.ts';
import type { TrialRecord } from '../store/read-model.ts';

/** Of so many of the best configurations the page has pictures; each takes some 15 kB. */
const PICTURED = 40;

export interface PageOptions extends Omit<ReportOptions, 'best'> {
  /** What suggested commands end with; see repeatFlags. */
  readonly flags?: string | undefined;
  readonly now?: Date | undefined;
}

/** Throws as `reportOf`. */
export function readPage(open: OpenResults, name: string | undefined, options: PageOptions = {}): PageContent {
  const { flags = '', now = new Date(), ...selection } = options;
  const report = reportOf(open, name, selection);
  const { model, layout } = open;
  const found = findSweep(model, report.sweep);
  const snapshot = selection.all === true ? wholeSweep(found) : found;
  const { where } = report;
  const trials = selectTrials(snapshot.trials, where ?? undefined);
  const { sweep } = snapshot;
  const effectsFound = effectsIn(open, [sweep.name], selection);
  const page = describePage({
    report,
    trials,
    sweep,
    spec: recordedSpec(sweep),
    metrics: model.metrics(sweep.name),
    attempts: trials.map((trial) => (trial.reusedFrom === null ? model.attempts(sweep.name, trial.id) : [])),
    effects: effectsFound,
    now,
  });
  const byId = new Map(trials.map((trial) => [trial.id, trial]));
  const shown = report.configurations.slice(0, PICTURED).flatMap(({ trials: [first] }, place) => {
    const trial = first === undefined ? undefined : byId.get(first);
    return trial === undefined ? [] : [[place, picturesOf(trial, layout)] as const];
  });
  const winner = report.winner && byId.get(report.winner.trial);
  return {
    model: page,
    report,
    latents: null,
    pictures: new Map(shown.filter(([, { reconstructions }]) => reconstructions !== null)),
    provenance: {
      version: versionOf('..'),
      specText: sweep.specText,
      overrides: sweep.overrides,
      datasetFingerprint: sweep.datasetFingerprint,
      bitClass: winner ? bitClassOfTrial(winner, layout) : null,
      startedAt: sweep.startedAt,
      endedAt: sweep.endedAt,
      writtenAt: now,
    },
    effects: effectsFound,
    flags,
    commands: nextCommands(report, flags),
  };
}

/**
 * What a page has of the best configuration's decoder; null where no configuration is best or its data have no pictures. `known` holds what was read
 * before, for whoever draws the page again and again.
 */
export async function readPageLatents(
  { model, layout }: OpenResults,
  report: ReportModel,
  known: KnownLatents = new Map(),
): Promise<PageContent['latents']> {
  const found = findSweep(model, report.sweep);
  const snapshot = report.all ? wholeSweep(found) : found;
  const { where, winner } = report;
  const trials = selectTrials(snapshot.trials, where ?? undefined);
  const trial = trials.find(({ id }) => id === winner?.trial);
  if (trial === undefined) return null;
  const chosen = { ...snapshot, trials };
  const ids = sameButBeta(chosen, trial).map(({ id }) => id);
  const key = [trial.id, ...ids].join(' ');
  const before = known.get(report.sweep);
  if (before?.key === key) return before.latents;
  const latents = await readLatents(chosen, trial, layout);
  known.set(report.sweep, { key, latents });
  return latents;
}

/** By sweep; of the trials that `key` names. */
export type KnownLatents = Map<string, { readonly key: string; readonly latents: PageContent['latents'] }>;

function picturesOf(trial: TrialRecord, layout: ResultsLayout): TrialPictures {
  const files = layout.files(trial.reusedFrom ?? trial.sweep, trial.id);
  const read = (file: TrialFile): Uint8Array | null => {
    try {
      const stats = files.look(file);
      return stats?.isFile() === true ? files.getPart(file, 0, stats.size) : null;
    } catch {
      return null;
    }
  };
  return { reconstructions: read('reconstructions'), samples: read('samples'), manifold: read('manifold') };
}
