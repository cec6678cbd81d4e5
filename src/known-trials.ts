import { existsSync } from 'node:fs';
import type { ResultsLayout } from './files/paths.ts';
import type { Parameters } from './model/parameter.ts';
import type { PlannedTrials } from './plan-sweep.ts';
import { openReadModel } from './store/sqlite-read-model.ts';
import type { LearnedSearch } from './sweep-file/learned-search.ts';
import type { TrialPlan } from './trial/trial.ts';

/** What a search has proposed so far, in its order; none where there is no database yet. */
export function recordedProposals(sweep: string, { key }: LearnedSearch, layout: ResultsLayout): Parameters[] {
  if (!existsSync(layout.database)) return [];
  const results = openReadModel(layout);
  try {
    return results.proposals(sweep, key).map(({ parameters }) => parameters);
  } finally {
    results[Symbol.dispose]();
  }
}

/** The trials of a plan that are known before it is run on: of a search that learns, those it has proposed. */
export function knownTrials({ spec, search, trials }: PlannedTrials, layout: ResultsLayout): readonly TrialPlan[] {
  if (search === undefined) return trials;
  return recordedProposals(spec.name, search, layout).flatMap((parameters) => search.trialsOf(parameters));
}
