import { SweepError } from '../../errors.ts';
import { formatCount } from '../../text/format-number.ts';
import type { Parameters } from '../../model/parameter.ts';
import type { TrialPlan } from '../../trial/trial.ts';
import { tooRare } from '../checks/constraint-findings.ts';
import type { Shortage } from './draw.ts';
import { gridConfigurations, gridSize } from './grid.ts';
import type { Finding } from '../issue.ts';
import { firstProposals, learnedSearch, type Lesson } from './learned-search.ts';
import { samplerOf } from './samplers.ts';
import { isLearning, type LearningSearch, type SweepSpec } from '../spec.ts';
import { trialPlans } from './trial-plans.ts';

/** More trials than this are refused unless the caller raises the limit. */
export const DEFAULT_MAX_TRIALS = 100_000;

export interface ExpandOptions {
  readonly maxTrials?: number | undefined;
  /** What a search that learns starts from. */
  readonly lessons?: readonly Lesson[] | undefined;
}

/**
 * The trials of a spec, in dispatch order: all configurations with the first seed, then all with the second, and so
 * on, so that an early look compares every configuration; with `patience` each with all of its seeds. Of a search that learns only the first proposals, each with
 * all of its seeds: what can be known before results. Deterministic. Throws SPEC_INVALID when there are more
 * than `maxTrials` (checked before anything is expanded) or when `exclude` and `where` leave none.
 */
export function expandSpec(
  spec: SweepSpec,
  datasetFingerprint: string,
  { maxTrials = DEFAULT_MAX_TRIALS, lessons }: ExpandOptions = {},
): TrialPlan[] {
  checkSize(spec, maxTrials);
  if (hasLearner(spec)) {
    const search = learnedSearch(spec, datasetFingerprint, lessons);
    return firstProposals(search).flatMap((parameters) => search.trialsOf(parameters));
  }
  const configurations = [...configurationsOf(spec)].map(trialPlans(spec, datasetFingerprint));
  // All that the search comes to may be among those of `try`.
  if (configurations.length === spec.tried.length && findsNothing(spec)) {
    const cause = spec.where.length > 0 ? '`exclude` and `where` leave' : '`exclude` leaves';
    throw new SweepError('SPEC_INVALID', `${spec.name}: ${cause} no configuration. Nothing was started.`);
  }
  // One after the other, with all it has, is what patience looks at.
  if (spec.until?.patience != null) return configurations.flatMap((of) => spec.seeds.map(of));
  return spec.seeds.flatMap((seed) => configurations.map((of) => of(seed)));
}

export function hasLearner<Spec extends SweepSpec>(spec: Spec): spec is Spec & { readonly search: LearningSearch } {
  return isLearning(spec.search);
}

/** Refuses, at once and without expanding it, a spec that asks for more than `maxTrials`. Throws SPEC_INVALID. */
function checkSize(spec: SweepSpec, maxTrials = DEFAULT_MAX_TRIALS): void {
  const size = countTrials(spec);
  if (size > maxTrials) {
    const asked = Number.isFinite(size) ? formatCount(size) : 'far too many';
    const limit = formatCount(maxTrials);
    throw new SweepError(
      'SPEC_INVALID',
      `${spec.name}: the spec asks for ${asked} trials, and the limit is ${limit}. ` +
        'Shorten a list of choices or the seeds, or sample: `search: random` with `trials: N`. Nothing was started.',
    );
  }
}

/**
 * A search that asks for more configurations than it finds; `trials` are those that the spec expands to. A warning, but
 * where `where` leaves too little: then what was found is an accident.
 */
export function findShortfall(spec: SweepSpec, trials: readonly TrialPlan[]): Finding[] {
  const { search, seeds } = spec;
  if (search.kind === 'grid') return [];
  if (!isLearning(search) && trials.length / seeds.length >= spec.tried.length + search.trials) return [];
  const { drawn, there, shortage } = supplyOf(spec);
  if (shortage === null) return [];
  if (shortage === 'rare' && spec.where.length > 0) return [tooRare(drawn)];
  const finding = (message: string, hint: string): Finding[] => [
    { code: 'no_effect', isWarning: true, path: ['trials'], at: 'value', message, hint },
  ];
  const amount = (size: number): string =>
    `${formatCount(size)} different ${size === 1 ? 'configuration' : 'configurations'}`;
  const asked = `\`trials: ${search.trials}\``;
  if (there === undefined) {
    return finding(`${asked} finds only ${amount(drawn)}, and hardly any other`, 'ask for fewer, or widen the space');
  }
  const rest = there === drawn ? '' : `, of which ${formatCount(drawn)} are drawn`;
  return finding(
    `${asked} is more than there are: ${amount(there)}${rest}`,
    '`search: grid` without `trials` takes all',
  );
}

/** For how many configurations a search finds enough; fewer than `trials` where its space holds no more. */
export function mostTrials(spec: SweepSpec): number {
  if (spec.search.kind === 'grid') return Infinity;
  const { drawn, there, shortage } = supplyOf(spec);
  return shortage === null ? Infinity : (there ?? drawn);
}

/** What a search comes to by draws, and where these fall short, how many configurations there are; `there` is undefined where nobody can count them. */
function supplyOf(spec: SweepSpec): { drawn: number; there: number | undefined; shortage: Shortage | null } {
  const { found: drawn, shortage } = countDraws(searched(spec));
  const domains = [...spec.axes.map(({ domain }) => domain), ...spec.when.flatMap((rule) => Object.values(rule.then))];
  const isCountable =
    shortage !== null && domains.every(({ kind }) => kind === 'choices') && gridSize(spec) <= DEFAULT_MAX_TRIALS;
  return { drawn, there: isCountable ? [...gridConfigurations(spec)].length : undefined, shortage };
}

function countDraws(draws: Generator<Parameters, Shortage | null>): { found: number; shortage: Shortage | null } {
  for (let found = 0; ; found++) {
    const step = draws.next();
    if (step.done === true) return { found, shortage: step.value };
  }
}

/** The distinct configurations of a spec, in order, one at a time: those of `try`, then what else the search comes to. */
export function* configurationsOf(spec: SweepSpec): Generator<Parameters> {
  yield* spec.tried;
  const tried = new Set(spec.tried.map((parameters) => JSON.stringify(parameters)));
  for (const parameters of searched(spec)) {
    if (tried.size === 0 || !tried.has(JSON.stringify(parameters))) yield parameters;
  }
}

/** Whether the search itself comes to no configuration at all. */
export function findsNothing(spec: SweepSpec): boolean {
  return searched(spec).next().done === true;
}

/** What the search comes to, whatever was tried before: a configuration to try first changes no other. */
function searched(spec: SweepSpec): Generator<Parameters, Shortage | null> {
  const { search } = spec;
  if (search.kind === 'grid') return gridConfigurations(spec);
  // What results will propose isn't known; that there is something, and how much, is the same for draws.
  const name = isLearning(search) ? 'random' : search.kind;
  return samplerOf(name).draw(spec, search.trials, search.seed);
}

/**
 * How many trials a spec asks for, at once and without expanding it. Exact unless `exclude`, `where`, a search space that is too
 * small or a configuration that `try` names as well takes some away; Infinity for a grid too large to count (see gridSize).
 */
export function countTrials(spec: SweepSpec): number {
  return spec.seeds.length * (spec.tried.length + (spec.search.kind === 'grid' ? gridSize(spec) : spec.search.trials));
}
