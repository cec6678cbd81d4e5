import { SweepError } from '../errors.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { describeFilter, type Filter } from './filter.ts';
import { formatValue } from '../text/format-value.ts';
import { distinctValues, parameterNames } from './parameters.ts';
import { shellWord } from '../text/shell-word.ts';

export interface Pair {
  readonly left: TrialRecord;
  readonly right: TrialRecord;
}

/** One side of a comparison: its filter and every trial that passes it. */
export interface PairingSide {
  readonly filter: Filter;
  readonly trials: readonly TrialRecord[];
}

export interface Pairing {
  readonly pairs: readonly Pair[];
  /** Parameters the two trials of a pair may differ in. */
  readonly free: readonly string[];
}

/**
 * Pairs trials of the same seed and configuration but for the parameters the filters name, and those that only one
 * side has at all (`hidden` of mlp, `channels` of conv).
 * @throws SweepError USAGE if a trial is on both sides, or would have several partners; says which parameter to fix
 */
export function pairTrials(left: PairingSide, right: PairingSide): Pairing {
  const rightIds = new Set(right.trials.map((trial) => trial.id));
  const both = left.trials.find((trial) => rightIds.has(trial.id));
  if (both !== undefined) {
    throw new SweepError(
      'USAGE',
      `${describeFilter(left.filter)} and ${describeFilter(right.filter)} share trials, such as ${both.id}. ` +
        'Give two values of the same parameter, e.g. beta=1 beta=4.',
    );
  }
  const free = freeParameters(left, right);
  const rights = Map.groupBy(right.trials, (trial) => pairingKey(trial, free));
  const pairs: Pair[] = [];
  for (const [key, mine] of Map.groupBy(left.trials, (trial) => pairingKey(trial, free))) {
    const theirs = rights.get(key) ?? [];
    if (theirs.length === 0) continue;
    if (mine.length > 1) throw ambiguity(left, right, mine, 'left');
    if (theirs.length > 1) throw ambiguity(left, right, theirs, 'right');
    pairs.push({ left: mine[0]!, right: theirs[0]! });
  }
  return { pairs, free };
}

function freeParameters(left: PairingSide, right: PairingSide): string[] {
  const named = [...left.filter.terms, ...right.filter.terms].map(({ parameter }) => parameter);
  const [ours, theirs] = [parameterNames(left.trials), parameterNames(right.trials)];
  const oneSided = [...ours.filter((name) => !theirs.includes(name)), ...theirs.filter((name) => !ours.includes(name))];
  return [...new Set([...named, ...oneSided])];
}

/** Equal for trials that may be compared: everything but the free parameters is the same. */
function pairingKey({ params, seed, config, numericsVersion }: TrialRecord, free: readonly string[]): string {
  const kept = Object.entries(params)
    .filter(([name]) => !free.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  // With `--all`, settings in which trials differ are parameters, which may be what is compared.
  const isFree = (name: string): boolean => free.includes(name);
  const { train, dataset } = config;
  const settings = [
    isFree('epochs') || train.epochs,
    isFree('batch_size') || train.batchSize,
    isFree('clip_norm') || train.clipNorm,
    isFree('train_images') || dataset.train,
    isFree('numerics_version') || numericsVersion,
  ];
  return JSON.stringify([seed, kept, settings, dataset.name, dataset.binarization, dataset.validation]);
}

function ambiguity(
  left: PairingSide,
  right: PairingSide,
  several: readonly TrialRecord[],
  side: 'left' | 'right',
): SweepError {
  const texts = { left: describeFilter(left.filter), right: describeFilter(right.filter) };
  const varying = parameterNames(several)
    .map((name) => ({ name, values: distinctValues(several, name).map(formatValue) }))
    .filter(({ values }) => values.length > 1);
  const fixed = varying.map(({ name, values }) => `${name}=${values[0]!}`).join(' ');
  const fixedTexts = { ...texts, [side]: `${texts[side]} ${fixed}` };
  const differences = varying.map(({ name, values }) => `${name} (${values.join(', ')})`);
  return new SweepError(
    'USAGE',
    `Cannot pair ${texts.left} with ${texts.right}: several trials of ${texts[side]} fit one of the other side; ` +
      `they differ in ${differences.join(' and ')}. Fix that, e.g. ` +
      `sweep compare ${several[0]!.sweep} ${shellWord(fixedTexts.left)} ${shellWord(fixedTexts.right)}${several.every(({ inPlan }) => inPlan) ? '' : ' --all'}`,
  );
}
