/** The figures that follow from the state of a run: what leads, how much is done, how long the rest takes. */
import { mean } from 'simple-statistics';
import type { TrialRecord } from '../../store/read-model.ts';
import { isFinished } from '../../trial/state.ts';
import type { Objective, TrialId } from '../../trial/trial.ts';
import { finalEpochs } from './final-epochs.ts';
import { timeLeft, type TimeLeft } from './cost.ts';
import { byFamily } from '../families.ts';
import { foldSeeds, orderConfigurations, valuesOf } from '../ranking.ts';
import type { ProgressState } from './progress-state.ts';

export function epochsOf(trial: TrialRecord): number {
  return trial.config.train.epochs;
}

/** Epochs that a trial is still expected to train, the one under way included. */
export function epochsLeft(state: ProgressState, id: TrialId): number {
  return leftOf(state, state.running.get(id)?.trial ?? state.trials.get(id)!);
}

function leftOf(state: ProgressState, trial: TrialRecord): number {
  return isFinished(trial.state) ? 0 : Math.max(0, settled(state).finalEpochs(trial) - trial.epochs);
}

export interface LeadingConfiguration {
  /** One of its trials. */
  readonly trial: TrialRecord;
  /** Those that completed. */
  readonly seeds: number;
  readonly mean: number;
}

/** What only changes when a trial ends, since a view of ten thousand trials asks several times a second. */
interface Settled {
  readonly leader: LeadingConfiguration | undefined;
  readonly bests: Bests | undefined;
  /** After how many epochs a trial is expected to end. */
  readonly finalEpochs: (trial: TrialRecord) => number;
  /** All that are trained and expected to be; of a trial that has ended otherwise than pruned, those it was to have. */
  readonly epochs: number;
  /** By the records that the running ones begin from. */
  readonly epochsLeft: number;
}

const settledOf = new WeakMap<ProgressState['trials'], Settled>();

function settled(state: ProgressState): Settled {
  const { trials, objective, prune } = state;
  const known = settledOf.get(trials);
  if (known !== undefined) return known;
  const all = [...trials.values()];
  const screening = all.filter(({ phase }) => phase !== 'confirm');
  const configurations = new Set(screening.map(({ configId }) => configId)).size;
  const toCome = 1 + unknownTrials(state) / Math.max(1, screening.length);
  const finals = finalEpochs(all, prune, configurations * toCome);
  const sum = (of: (trial: TrialRecord) => number): number => all.reduce((total, trial) => total + of(trial), 0);
  const found = {
    leader: leaderOf(all, objective),
    bests: bestsOf(all, objective),
    finalEpochs: finals.of,
    epochs: sum((trial) => {
      if (trial.state === 'pruned') return trial.epochs;
      return isFinished(trial.state) ? epochsOf(trial) : finals.of(trial);
    }),
    epochsLeft: sum((trial) => (isFinished(trial.state) ? 0 : Math.max(0, finals.of(trial) - trial.epochs))),
  };
  settledOf.set(trials, found);
  return found;
}

/** The configuration that the report would have first; none where there are families that can't be compared. */
export function bestSoFar(state: ProgressState): LeadingConfiguration | undefined {
  return settled(state).leader;
}

function leaderOf(trials: readonly TrialRecord[], { metric, goal }: Objective): LeadingConfiguration | undefined {
  if (byFamily(trials).length > 1) return undefined;
  const [best] = orderConfigurations(foldSeeds(trials), metric, goal).ranked;
  if (best === undefined) return undefined;
  const values = valuesOf(best, metric);
  return { trial: best.completed[0]!, seeds: values.length, mean: mean(values) };
}

/** How the best got better, by the configurations of which all seeds have ended, in the order of the plan; of what confirms the best nothing. */
export interface Bests {
  /** The best up to each of them that has a result in all of its seeds, or that follows one; the latest last. */
  readonly curve: readonly number[];
  /** Of these, how many since the best was last bettered. */
  readonly since: number;
}

/** Undefined before the first, and where there are likelihoods that can't be compared. */
export function bestsSoFar(state: ProgressState): Bests | undefined {
  return settled(state).bests;
}

function bestsOf(trials: readonly TrialRecord[], { metric, goal }: Objective): Bests | undefined {
  const screening = trials.filter(({ phase }) => phase !== 'confirm');
  if (byFamily(screening).length > 1) return undefined;
  const curve: number[] = [];
  let since = 0;
  for (const configuration of foldSeeds(screening)) {
    if (!configuration.trials.every(({ state }) => isFinished(state))) continue;
    const values = valuesOf(configuration, metric);
    const before = curve.at(-1);
    // One that lost a seed, or was pruned, betters nothing.
    const value = values.length === configuration.trials.length ? mean(values) : before;
    if (value === undefined) continue;
    const isBetter = before === undefined || (goal === 'maximize' ? value > before : value < before);
    since = isBetter ? 0 : since + 1;
    curve.push(isBetter ? value : before);
  }
  return curve.length === 0 ? undefined : { curve, since };
}

/** Trials that a search has yet to propose. */
function unknownTrials({ counts, trials, confirming }: ProgressState): number {
  return Math.max(0, counts.total - trials.size - confirming);
}

/** How many epochs each of the trials that nobody knows yet is expected to have, those that confirm the best last. */
function unknownEpochs(state: ProgressState): number[] {
  const { trials, confirming } = state;
  const [first] = trials.values();
  if (first === undefined) return [];
  const each = settled(state).epochs / trials.size;
  return [...Array<number>(unknownTrials(state)).fill(each), ...Array<number>(confirming).fill(epochsOf(first))];
}

/** Share of all epochs that is done, 0 to 1; finished trials count whole. */
export function progressFraction(state: ProgressState): number {
  const { epochs: known, epochsLeft: knownLeft } = settled(state);
  const unknown = unknownEpochs(state).reduce((sum, one) => sum + one, 0);
  const [epochs, leftBefore] = [known + unknown, knownLeft + unknown];
  const done = [...state.running.values()].reduce((sum, { trial, fraction }) => {
    return sum + leftOf(state, state.trials.get(trial.id)!) - leftOf(state, trial) + fraction;
  }, epochs - leftBefore);
  return epochs === 0 ? 0 : done / epochs;
}

/**
 * Until all training is done, by what epochs took in this run. Null before the first, and while all that is left is with
 * other sweeps, whose pace is not known here.
 */
export function eta(state: ProgressState): TimeLeft | null {
  const { trials, running, speeds, slots, wait } = state;
  if (wait !== null && running.size === 0) return null;
  const open = [...trials.values()].flatMap(({ id, config, state: end }) => {
    if (isFinished(end)) return [];
    const own = running.get(id);
    const left = Math.max(0, epochsLeft(state, id) - (own?.fraction ?? 0));
    return [{ config, epochsLeft: left, isRunning: own !== undefined }];
  });
  // What is yet to be proposed is taken to be as what was.
  const known = [...trials.values()];
  const unknown = unknownEpochs(state).map((left, i) => {
    return { config: known[i % known.length]!.config, epochsLeft: left, isRunning: false };
  });
  return timeLeft([...open, ...unknown], speeds, slots);
}
