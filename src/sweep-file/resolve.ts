import { quantityOf } from '../metrics/index.ts';
import type { Goal } from '../metrics/metric.ts';
import type { Parameter } from '../model/parameter.ts';
import { parameterOf, PARAMETERS } from '../model/parameters.ts';
import { MEDIAN_ETA, PRUNING, type Pruning } from '../search/pruning.ts';
import type { OwnDefinitions } from './own-definitions.ts';
import { LEARNER_NAMES, type SamplerName } from './expansion/samplers.ts';
import type { UserSpec } from './schema.ts';
import type { Choices, Search, SweepSpec, Until } from './spec.ts';

/** The spec in the program's own terms, but for `try` (tried.ts). `written` are the parameters the file names, in its order. */
export function resolveSpec(user: UserSpec, written: readonly string[], own: OwnDefinitions): SweepSpec {
  const { metric, goal } = user.objective;
  return {
    name: user.name,
    dataset: user.dataset,
    own,
    axes: inOrder(written).map((parameter) => {
      return { parameter: parameter.name, domain: user.parameters[parameter.name] ?? defaultDomain(parameter) };
    }),
    zip: user.zip,
    when: user.when,
    exclude: user.exclude,
    where: user.where,
    tried: [],
    ...resolveSeeds(user),
    train: { epochs: user.train.epochs, batchSize: user.train.batch_size, clipNorm: user.train.clip_norm },
    // checks.ts has seen to it that a metric without a better end comes with a goal, unless nobody here knows the metric.
    objective: { metric, goal: goal ?? quantityOf(metric).goal ?? 'maximize' },
    objectives: user.objectives.map(({ metric, goal, reference }) => {
      return { metric, goal: goal ?? betterEndBeside(metric) ?? 'maximize', reference };
    }),
    evaluateTest: user.evaluate_test,
    search: resolveSearch(user),
    budget: user.budget,
    until: resolveUntil(user),
    prune: resolvePruning(user),
    ...(user.class !== undefined && { deviceClass: user.class }),
  };
}

function resolveSeeds({ seeds }: UserSpec): Pick<SweepSpec, 'seeds' | 'confirm'> {
  if (!('screen' in seeds)) return { seeds, confirm: null };
  const all = Array.from({ length: seeds.confirm }, (_, i) => i);
  return { seeds: all.slice(0, seeds.screen), confirm: { seeds: all.slice(seeds.screen), top: seeds.top } };
}

function resolvePruning({ prune, search, lookahead }: UserSpec): Pruning | null {
  if (prune === null) return null;
  const { method, min_epochs: minEpochs } = prune;
  const { comparedWith, takesEta } = PRUNING[method];
  const isWhole = comparedWith === 'the cohort' && !LEARNER_NAMES.some((name) => name === search);
  return { method, minEpochs, eta: takesEta ? prune.eta : MEDIAN_ETA, cohortSize: isWhole ? null : lookahead };
}

/** The better end of a metric that is one of several objectives. */
export function betterEndBeside(metric: string): Goal | null {
  const { goal, goalBeside } = quantityOf(metric);
  return goal ?? goalBeside ?? null;
}

function resolveUntil({ until, objective, lookahead }: UserSpec): Until | null {
  if (until === null) return null;
  const { metric = objective.metric, reached = null, patience = null } = until;
  const own = quantityOf(metric).goal;
  const goal = metric === objective.metric ? (objective.goal ?? own) : own;
  // checks.ts refuses a metric without a better end.
  return { metric, reached, patience, lookahead, goal: goal ?? 'maximize' };
}

/** Every parameter once: those that the file names, in its order, then the others. */
function inOrder(written: readonly string[]): readonly Parameter[] {
  return [...new Set([...written.map(parameterOf), ...PARAMETERS])];
}

/** The default of a parameter that the spec does not mention. */
export function defaultDomain(parameter: Parameter): Choices {
  return { kind: 'choices', values: [parameter.default] };
}

function resolveSearch({ search, trials, search_seed: seed, lookahead, learn_from: learnFrom }: UserSpec): Search {
  // checks.ts has seen to it that a search that draws has its `trials`.
  if (search === 'grid') return { kind: 'grid' };
  const learner = LEARNER_NAMES.find((name) => name === search);
  if (learner !== undefined) return { kind: learner, trials: trials!, seed, lookahead, learnFrom };
  return { kind: search as SamplerName, trials: trials!, seed };
}
