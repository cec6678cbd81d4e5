import { parseFilter } from '../analysis/filter.ts';
import { refine } from '../analysis/refine/refinement.ts';
import type { ReportModel } from '../analysis/report/report-model.ts';
import { reportOf, type ReportOptions } from './reports.ts';
import { effectsAtEqualEpochs } from './effects.ts';
import type { OpenResults } from './selection.ts';
import { SweepError } from '../errors.ts';
import { findSweep } from './find-results.ts';
import { recordedSpec } from './recorded-spec.ts';
import { nextSpecOf, whyNothing } from '../render/report/next-spec-text.ts';
import { readSpec } from '../sweep-file/parse.ts';
import { mostTrials } from '../sweep-file/expansion/expand.ts';
import { isLearning, type SweepSpec, type Until } from '../sweep-file/spec.ts';
import { writeNextSpec, type NextSpec } from '../sweep-file/write-spec.ts';
import { plain } from '../text/printable.ts';

/**
 * The spec that refines a sweep, by default the one started last: the region around its best, with the reasons as comments.
 * Throws as `reportOf`; NOT_FOUND where there is nothing to refine, with the reason.
 */
export function nextSpec(open: OpenResults, name?: string, { where }: Pick<ReportOptions, 'where'> = {}): string {
  const { model: results } = open;
  const snapshot = findSweep(results, name);
  const { sweep } = snapshot;
  const spec = recordedSpec(sweep);
  if (spec === undefined) {
    throw new SweepError(
      'USAGE',
      `The spec of ${plain(sweep.name)} is of another version, and can't be read any more.`,
    );
  }
  const report = reportOf(open, sweep.name, { where });
  const filter = where === undefined ? undefined : parseFilter(where, snapshot);
  const effects = effectsAtEqualEpochs(results, snapshot, { where: filter });
  const refinement = refine(spec, report, effects);
  if (refinement.kind !== 'refined') throw new SweepError('NOT_FOUND', whyNothing(refinement, report));
  const next = nextSpecOf(refinement, report, {
    ...{ spec, epoch: effects.epoch, isReached: isReached(spec.until, report) },
    name: nextName(
      sweep.name,
      results.sweeps().map((one) => one.name),
    ),
    learnFrom: isLearning(spec.search) && spec.objectives.length === 0 ? [sweep.name] : [],
  });
  return valid(sweep.specText, sweep.overrides, next);
}

/** What only fitted the whole space goes where the region is refused for it. */
function valid(text: string, overrides: readonly string[], next: NextSpec): string {
  const attempts = [next, { ...next, dropped: [...next.dropped, 'budget'] }];
  attempts.push({ ...attempts[1]!, exclude: [] });
  let refused: unknown;
  for (const attempt of attempts) {
    const write = (trials?: number): { written: string; spec: SweepSpec } => {
      const written = writeNextSpec(text, overrides, { ...attempt, trials });
      return { written, spec: readSpec(written, { file: `${next.name}.yaml` }).spec };
    };
    try {
      const { written, spec } = write();
      const most = mostTrials(spec);
      return most === Infinity ? written : write(most).written;
    } catch (error) {
      refused ??= error;
    }
  }
  throw refused;
}

function isReached(until: Until | null, { configurations: [best] }: ReportModel): boolean {
  const value = until === null ? undefined : best?.metrics[until.metric]?.mean;
  if (until === null || until.reached === null || value === undefined) return false;
  return until.goal === 'maximize' ? value >= until.reached : value <= until.reached;
}

/** `beta-2`, or the next number that is free. */
function nextName(name: string, taken: readonly string[]): string {
  const [, stem = name, number = '1'] = /^(.+)-(\d{1,3})$/.exec(name) ?? [];
  for (let next = Number(number) + 1; ; next++) {
    const ending = `-${next}`;
    const candidate = stem.slice(0, 64 - ending.length) + ending;
    if (!taken.includes(candidate)) return candidate;
  }
}
