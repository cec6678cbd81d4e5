/** What each parameter does, in the results of a sweep. */
import type { Effects } from '../analysis/effects/effects.ts';
import { effectsOf, type EffectsRequest } from '../analysis/effects/effects-of.ts';
import { parseFilter } from '../analysis/filter.ts';
import { findMetric } from '../analysis/metric.ts';
import { atEqualEpochs, firstPruned } from '../analysis/refine/equal-epochs.ts';
import { wholeSweep } from '../analysis/whole-sweep.ts';
import { SweepError } from '../errors.ts';
import { findSweep } from './find-results.ts';
import { PARAMETER_NAMES } from '../model/parameters.ts';
import { recordedSpec } from './recorded-spec.ts';
import type { ReadModel, SweepRecord, SweepSnapshot } from '../store/read-model.ts';
import type { Range } from '../sweep-file/spec.ts';
import { nearest } from '../sweep-file/suggest.ts';
import { plain } from '../text/printable.ts';
import type { OpenResults, Selection } from './selection.ts';

/** What each parameter does, told without bias where trials were pruned. Throws as `effectsOf`. */
export function effectsAtEqualEpochs(
  results: ReadModel,
  snapshot: SweepSnapshot,
  options: Omit<EffectsRequest, 'epoch' | 'rangeOf'> = {},
): Effects {
  const { sweep } = snapshot;
  const rangeOf = rangesOf(sweep);
  if (firstPruned(snapshot) === null) return effectsOf(snapshot, { ...options, rangeOf });
  const completed = snapshot.trials.filter(({ state }) => state === 'completed');
  const metric = options.by === undefined ? sweep.objective.metric : findMetric(options.by, completed);
  const curves = results.curves(sweep.name, [...new Set([metric, ...heldOutBeside(metric)])]);
  // What belongs to a trial as a whole, as its weights or its test images do, has no epochs.
  if (![...curves.values()].some((own) => own.has(metric))) return effectsOf(snapshot, { ...options, rangeOf });
  const equal = atEqualEpochs(snapshot, curves);
  return effectsOf(equal.snapshot, { ...options, by: options.by && metric, epoch: equal.epoch, rangeOf });
}

/** What stands beside the effects on a metric. */
function heldOutBeside(metric: string): string[] {
  const split = metric.split('/')[0]!;
  return ['reconstruction', 'kl'].map((name) => `${split}/${name}`);
}

export interface EffectsOptions extends Selection {
  /** What the parameters do to this metric, instead of the objective. */
  readonly by?: string | undefined;
}

/**
 * What each swept parameter does. Of the names, the first may be a sweep's (by default the one started last); the others
 * are parameters, and only these are told. Throws as `findSweep`, `parseFilter` and `effectsOf`.
 */
export function effectsIn({ model }: OpenResults, names: readonly string[], options: EffectsOptions = {}): Effects {
  const { where, all = false, by } = options;
  const sweeps = model.sweeps().map(({ name }) => name);
  // A word that is both, as `beta` may be, is a sweep's name first and then a parameter's.
  const [first] = names;
  const isParameter = first !== undefined && !sweeps.includes(first) && PARAMETER_NAMES.some((name) => name === first);
  const meant =
    first === undefined || isParameter || sweeps.includes(first) ? undefined : parameterMeant(first, sweeps);
  if (meant !== undefined) {
    throw new SweepError('NOT_FOUND', `No sweep called \`${plain(first!)}\`, nor a parameter: did you mean ${meant}?`);
  }
  const [name, parameters] = isParameter ? [undefined, names] : [first, names.slice(1)];
  const found = findSweep(model, name);
  const snapshot = all ? wholeSweep(found) : found;
  const filter = where === undefined ? undefined : parseFilter(where, snapshot);
  return effectsAtEqualEpochs(model, snapshot, { parameters, by, where: filter, all });
}

/** The parameter that a word is another name of, unless a sweep is called nearly so. */
function parameterMeant(word: string, sweeps: readonly string[]): string | undefined {
  return nearest(word, sweeps) === undefined ? nearest(word, PARAMETER_NAMES) : undefined;
}

/** The ranges that a sweep was searched over. */
function rangesOf(sweep: SweepRecord): (parameter: string) => Range | undefined {
  const axes = recordedSpec(sweep)?.axes ?? [];
  const ranges = new Map(
    axes.flatMap(({ parameter, domain }) => (domain.kind === 'range' ? [[parameter, domain]] : [])),
  );
  return (parameter) => ranges.get(parameter);
}
