import { SweepError } from '../../errors.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import { describeFilter, type Filter } from '../filter.ts';
import { formatValue } from '../../text/format-value.ts';
import { distinctValues, isSameValue, parameterNames } from '../parameters.ts';
import { dataKey } from '../../trial/trial.ts';
import { shellWord } from '../../text/shell-word.ts';

export interface Pair {
  readonly left: TrialRecord;
  readonly right: TrialRecord;
}

/** One side of a comparison: its filter and every trial that passes it. */
export interface PairingSide {
  /** The sweep it is of, where the sides are of several; then the filter may be without a term. */
  readonly sweep: string | null;
  readonly filter: Filter;
  readonly trials: readonly TrialRecord[];
}

export interface Pairing {
  readonly pairs: readonly Pair[];
  /** Parameters the two trials of a pair may differ in. */
  readonly free: readonly string[];
}

/** Trials of one seed that share all but the free parameters, one of each side, in their order. */
export type Block = readonly TrialRecord[];

/** As it is written after `sweep compare`: `beta=4`, `other:beta=4`, `other:`. */
export function describeSide({ sweep, filter }: Pick<PairingSide, 'sweep' | 'filter'>): string {
  return sweep === null ? describeFilter(filter) : `${sweep}:${describeFilter(filter)}`;
}

/** Blocks of two, as `matchTrials` finds them. */
export function pairTrials(left: PairingSide, right: PairingSide): Pairing {
  const { blocks, free } = matchTrials([left, right]);
  return { pairs: blocks.map(([ours, theirs]) => ({ left: ours!, right: theirs! })), free };
}

/**
 * Puts trials of the same seed and configuration together but for the parameters the filters name, those that only some
 * sides have at all (`hidden` of mlp, `channels` of conv), and, of several sweeps, what each has one value of, but not the
 * same. A block has a trial of every side.
 * @throws SweepError USAGE if a trial is on two sides, or would have several partners; says which parameter to fix
 */
export function matchTrials(sides: readonly PairingSide[]): {
  readonly blocks: readonly Block[];
  readonly free: readonly string[];
} {
  assertApart(sides);
  const free = freeParameters(sides);
  const byKey = sides.map(({ trials }) => Map.groupBy(trials, (trial) => pairingKey(trial, free)));
  const [first, ...others] = byKey as [Map<string, TrialRecord[]>, ...Map<string, TrialRecord[]>[]];
  const shared = [...first.keys()].filter((key) => others.every((one) => one.has(key)));
  const blocks = shared.map((key) =>
    byKey.map((side, index) => {
      const mine = side.get(key)!;
      if (mine.length > 1) throw ambiguity(sides, mine, index);
      return mine[0]!;
    }),
  );
  return { blocks, free };
}

function assertApart(sides: readonly PairingSide[]): void {
  const owner = new Map<string, PairingSide>();
  for (const side of sides) {
    for (const { id } of side.trials) {
      const other = owner.get(id);
      if (other !== undefined && other !== side) {
        const way =
          side.sweep === null
            ? 'Give two values of the same parameter, e.g. beta=1 beta=4.'
            : `A trial can't be compared with itself: name what differs, e.g. ${other.sweep ?? ''}:beta=1 ${side.sweep}:beta=4.`;
        throw new SweepError(
          'USAGE',
          `${describeSide(other)} and ${describeSide(side)} share trials, such as ${id}. ${way}`,
        );
      }
      owner.set(id, side);
    }
  }
}

function freeParameters(sides: readonly PairingSide[]): string[] {
  const named = sides.flatMap(({ filter }) => filter.terms.map(({ parameter }) => parameter));
  const names = sides.map(({ trials }) => parameterNames(trials));
  const all = [...new Set(names.flat())];
  const someSided = all.filter((name) => names.some((own) => !own.includes(name)));
  return [...new Set([...named, ...someSided, ...all.filter((name) => isOfSweep(sides, name))])];
}

/** Sides of several sweeps have one value each of the parameter, and not all the same: that is what is compared. */
function isOfSweep(sides: readonly PairingSide[], name: string): boolean {
  if (sides.every(({ sweep }) => sweep === sides[0]!.sweep)) return false;
  const values = sides.map(({ trials }) => distinctValues(trials, name));
  return values.every(({ length }) => length === 1) && values.some(([value]) => !isSameValue(value, values[0]![0]));
}

/** Equal for trials that may be compared: everything but the free parameters is the same. */
function pairingKey({ params, seed, config, numericsVersion }: TrialRecord, free: readonly string[]): string {
  const kept = Object.entries(params)
    .filter(([name]) => !free.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  // With `--all`, and of several sweeps, settings in which trials differ are parameters, which may be what is compared.
  const isFree = (name: string): boolean => free.includes(name);
  const { train, dataset } = config;
  const settings = [
    isFree('epochs') || train.epochs,
    isFree('batch_size') || train.batchSize,
    isFree('clip_norm') || train.clipNorm,
    isFree('train_images') || dataset.train,
    isFree('numerics_version') || numericsVersion,
  ];
  return JSON.stringify([seed, kept, settings, dataKey(dataset), dataset.binarization, dataset.validation]);
}

function ambiguity(sides: readonly PairingSide[], several: readonly TrialRecord[], index: number): SweepError {
  const texts = sides.map(describeSide);
  const varying = parameterNames(several)
    .map((name) => ({ name, values: distinctValues(several, name).map(formatValue) }))
    .filter(({ values }) => values.length > 1);
  const fixed = varying.map(({ name, values }) => `${name}=${values[0]!}`).join(' ');
  const isOneSweep = sides.every(({ sweep }) => sweep === null);
  const own = texts[index]!;
  const fixedTexts = texts
    .with(index, own.endsWith(':') ? own + fixed : `${own} ${fixed}`)
    .map(shellWord)
    .join(' ');
  const differences = varying.map(({ name, values }) => `${name} (${values.join(', ')})`);
  const others = texts.toSpliced(0, 1).join(', ');
  return new SweepError(
    'USAGE',
    `Cannot pair ${texts[0]!} with ${others}: several trials of ${own} fit one of the other side; ` +
      `they differ in ${differences.join(' and ')}. Fix that, e.g. ` +
      `sweep compare ${isOneSweep ? `${several[0]!.sweep} ` : ''}${fixedTexts}${several.every(({ inPlan }) => inPlan) ? '' : ' --all'}`,
  );
}
