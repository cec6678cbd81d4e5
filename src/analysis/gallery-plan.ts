/** Which trials a gallery shows, and where: a grid of parameters where the configurations make one, else the best in order. */
import { SweepError } from '../errors.ts';
import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { tally } from '../text/format-number.ts';
import type { ConfigId, TrialId } from '../trial/trial.ts';
import { countStates } from './progress/count-states.ts';
import { selectTrials, type Filter } from './filter.ts';
import { distinctValues, isSameValue, parameterNames, type Params } from './parameters.ts';
import { rankConfigurations, type Configuration } from './ranking.ts';

export interface GalleryRequest {
  readonly where?: Filter | undefined;
  /** Only this trial's configuration, by this trial. */
  readonly trial?: TrialId | undefined;
  /** Most configurations shown. */
  readonly limit: number;
}

/** A configuration and the trial that stands for it. */
export interface GalleryEntry {
  readonly configId: ConfigId;
  readonly params: Params;
  /** 1-based; null where no completed trial has the ranked metric. */
  readonly rank: number | null;
  /** The first seed that completed, or the one that was asked for; null where none has. */
  readonly trial: TrialRecord | null;
  /** Why there is none: `diverged`, `queued`, `1 diverged, 1 failed`. */
  readonly state: string;
  /** Place in the grid; the place in the order, in column 0, where there is none. */
  readonly row: number;
  readonly column: number;
}

/** What changes along one side of a grid. */
export interface GalleryAxis {
  readonly parameters: readonly string[];
  /** One set of them a row or column. */
  readonly values: readonly Params[];
}

export interface GalleryPlan {
  readonly metric: string;
  readonly entries: readonly GalleryEntry[];
  /** Null where the configurations make no grid: then they stand in order, the best first. */
  readonly grid: { readonly rows: GalleryAxis; readonly columns: GalleryAxis } | null;
  /** Parameters in which the shown configurations differ. */
  readonly differing: readonly string[];
  /** How many configurations there are, of which `entries` shows the best. */
  readonly configurations: number;
  /** Those of them without a completed trial that has the metric, and not shown. */
  readonly unfinished: number;
}

/** A longer axis is no longer one that the eye follows. */
const LONGEST_AXIS = 10;

/**
 * Where the configurations are a grid of β (else of the first parameter that differs) and all other parameters together,
 * with few gaps and no more places than `limit`, they are shown as that, with those that have no result. Otherwise the
 * best `limit` of those that have one.
 * @throws SweepError NOT_FOUND where no trial is completed, or `where` leaves out the one; as `rankConfigurations`
 */
export function planGallery(snapshot: SweepSnapshot, { where, trial, limit }: GalleryRequest): GalleryPlan {
  const trials = selectTrials(snapshot.trials, where);
  if (!trials.some(({ state }) => state === 'completed')) throw nothingCompleted(snapshot.sweep.name, trials);
  const { metric, ranked, unranked } = rankConfigurations(snapshot, trials);
  const all = [...ranked, ...unranked].map((configuration, index) => {
    return entryOf(configuration, index < ranked.length ? index + 1 : null);
  });
  const names = parameterNames(trials, snapshot.sweep.swept);
  if (trial !== undefined) {
    const own = trials.find(({ id }) => id === trial);
    if (own === undefined)
      throw new SweepError('NOT_FOUND', `Trial ${trial} is not among those that --where lets through.`);
    const entry = { ...all.find(({ configId }) => configId === own.configId)!, ...standIn([own]) };
    return { metric, entries: [entry], grid: null, differing: [], configurations: 1, unfinished: 0 };
  }
  const grid = findGrid(all, trials, names, snapshot.sweep.swept, limit);
  if (grid !== null) return { metric, ...grid, configurations: all.length, unfinished: 0 };

  const entries = all.filter((entry) => entry.trial !== null).slice(0, limit);
  const differing = names.filter((name) => distinctValues(entries, name).length > 1);
  const unfinished = all.filter((entry) => entry.trial === null).length;
  const placed = entries.map((entry, row) => ({ ...entry, row }));
  return { metric, entries: placed, grid: null, differing, configurations: all.length, unfinished };
}

function entryOf({ id, params, trials, completed }: Configuration, rank: number | null): GalleryEntry {
  return { configId: id, params, rank, row: 0, column: 0, ...standIn(completed.length > 0 ? completed : trials) };
}

function standIn(trials: readonly TrialRecord[]): Pick<GalleryEntry, 'trial' | 'state'> {
  const [first] = trials;
  const isCompleted = first?.state === 'completed';
  return { trial: isCompleted ? first : null, state: tally(statesOf(trials)).join(', ') };
}

function statesOf(trials: readonly TrialRecord[]): Record<string, number> {
  return Object.fromEntries(Object.entries(countStates(trials)).filter(([state]) => state !== 'total'));
}

function findGrid(
  entries: readonly GalleryEntry[],
  trials: readonly TrialRecord[],
  names: readonly string[],
  swept: readonly string[],
  limit: number,
): Pick<GalleryPlan, 'entries' | 'grid' | 'differing'> | null {
  const differing = names.filter((name) => distinctValues(entries, name).length > 1);
  const along = differing.includes('beta') ? 'beta' : differing.find((name) => swept.includes(name));
  if (along === undefined || !entries.every(({ params }) => Object.hasOwn(params, along))) return null;
  const others = differing.filter((name) => name !== along);
  const columns = inOrder(distinctValues(trials, along)).map((value): Params => ({ [along]: value }));
  const rows = combinations(entries, trials, others);
  const places = rows.length * columns.length;
  if (columns.length > LONGEST_AXIS || places > limit || places > 2 * entries.length) return null;

  const placed = entries.map((entry) => ({
    ...entry,
    column: columns.findIndex((column) => isSameValue(column[along], entry.params[along])),
    row: rows.findIndex((row) => isSameValue(row, pick(entry.params, others))),
  }));
  if (new Set(placed.map(({ row, column }) => row * columns.length + column)).size < placed.length) return null;
  return {
    entries: placed.toSorted((a, b) => a.row - b.row || a.column - b.column),
    grid: { rows: { parameters: others, values: rows }, columns: { parameters: [along], values: columns } },
    differing,
  };
}

/** Distinct sets of these parameters, the first changing slowest. */
function combinations(
  entries: readonly GalleryEntry[],
  trials: readonly TrialRecord[],
  names: readonly string[],
): Params[] {
  const found = new Map(entries.map(({ params }) => [JSON.stringify(pick(params, names)), pick(params, names)]));
  const orders = names.map((name) => inOrder(distinctValues(trials, name)));
  const placeOf = (params: Params): number[] =>
    names.map((name, i) => orders[i]!.findIndex((value) => isSameValue(value, params[name])));
  return [...found.values()].sort((a, b) => {
    const [left, right] = [placeOf(a), placeOf(b)];
    const first = left.findIndex((place, i) => place !== right[i]);
    return first < 0 ? 0 : left[first]! - right[first]!;
  });
}

/** Numbers ascending, anything else as the plan has it. */
function inOrder(values: readonly unknown[]): unknown[] {
  return values.every((value) => typeof value === 'number') ? values.toSorted((a, b) => a - b) : [...values];
}

function pick(params: Params, names: readonly string[]): Params {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(params, name)).map((name) => [name, params[name]]));
}

function nothingCompleted(sweep: string, trials: readonly TrialRecord[]): SweepError {
  const states = tally(statesOf(trials)).join(', ');
  return new SweepError(
    'NOT_FOUND',
    `No trial of ${sweep} is completed${states === '' ? '' : ` (${states})`}: a gallery shows what completed trials keep.`,
  );
}
