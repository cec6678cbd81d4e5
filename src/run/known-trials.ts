import { existsSync } from 'node:fs';
import type { ResultsLayout } from '../files/paths.ts';
import type { Parameters } from '../model/parameter.ts';
import type { PlannedTrials } from '../plan-sweep.ts';
import { readResults } from '../store/read-results.ts';
import type { LearnedSearch } from '../sweep-file/expansion/learned-search.ts';
import type { Confirmation } from '../sweep-file/expansion/confirmation.ts';
import type { ConfigId, TrialPlan } from '../trial/trial.ts';
import type { RecordedProposal } from '../store/proposals.ts';
import type { SweepStore } from '../store/store.ts';

/** What a search has proposed so far, in its order; none where there is no database yet. */
export function recordedProposals(sweep: string, { key }: LearnedSearch, layout: ResultsLayout): Parameters[] {
  if (!existsSync(layout.database)) return [];
  return readResults(layout, (results) => results.proposals(sweep, key).map(({ parameters }) => parameters));
}

/** The trials that confirm the best of a screening; undefined where the best aren't chosen yet. */
export function confirmingTrials(
  { spec, confirmation }: Pick<PlannedTrials, 'spec' | 'confirmation'>,
  screening: readonly TrialPlan[],
  layout: ResultsLayout,
): readonly TrialPlan[] | undefined {
  if (confirmation === undefined) return [];
  if (!existsSync(layout.database)) return undefined;
  return readResults(layout, (results) =>
    confirming(confirmation, screening, (choice, top) => results.chosen(spec.name, choice, top)),
  );
}

/** The same, by who knows what was chosen. */
export function confirming(
  confirmation: Confirmation,
  screening: readonly TrialPlan[],
  chosenBy: (choice: string, top: number) => ReadonlySet<ConfigId> | undefined,
): TrialPlan[] | undefined {
  const firsts = new Map(screening.toReversed().map((trial) => [trial.configId, trial]));
  const ids = [...new Set(screening.map(({ configId }) => configId))];
  const chosen = chosenBy(confirmation.keyOf(ids), confirmation.top);
  return chosen && confirmation.trialsOf(ids.flatMap((id) => (chosen.has(id) ? [firsts.get(id)!] : [])));
}

/** The trials of a plan that are known before it is run on: of a search that learns, those it has proposed. */
export function knownTrials(planned: PlannedTrials, layout: ResultsLayout): readonly TrialPlan[] {
  const { spec, search, trials } = planned;
  const screening =
    search === undefined
      ? trials
      : recordedProposals(spec.name, search, layout).flatMap((parameters) => search.trialsOf(parameters));
  return [...screening, ...(confirmingTrials(planned, screening, layout) ?? [])];
}

/** What is known of a run's trials when it begins. */
export interface Foreknown {
  /** The plan's; of a search that learns, those of its proposals so far; with those that confirm. */
  readonly trials: readonly TrialPlan[];
  readonly recorded: readonly RecordedProposal[];
  /** The best, which are confirmed, are on record. */
  readonly isChosen: boolean;
}

/** What was proposed and chosen before stays; what may be proposed first otherwise comes when its turn does. */
export function trialsSoFar({ search, confirmation, trials }: PlannedTrials, store: SweepStore): Foreknown {
  const recorded = search === undefined ? [] : store.proposals(search.key).slice(0, search.proposals);
  const screening = search === undefined ? trials : recorded.flatMap(({ parameters }) => search.trialsOf(parameters));
  const chosen = confirmation && confirming(confirmation, screening, (choice, top) => store.chosen(choice, top));
  return { trials: [...screening, ...(chosen ?? [])], recorded, isChosen: chosen !== undefined };
}

/** How many trials there are to be, where not all are known yet. */
export function plannedCount(
  { search, confirmation, trials: screening }: PlannedTrials,
  { trials, isChosen }: Foreknown,
): number | undefined {
  if (search === undefined && confirmation === undefined) return undefined;
  const screened = search === undefined ? screening.length : search.proposals * search.seeds.length;
  const confirmed = isChosen ? trials.filter(({ phase }) => phase === 'confirm').length : (confirmation?.most ?? 0);
  return screened + confirmed;
}
