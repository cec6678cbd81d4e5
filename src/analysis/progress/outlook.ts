/** What a run of a plan would do, told from what is recorded. */
import type { PlannedSweep } from '../../plan-sweep.ts';
import type { Parameters } from '../../model/parameter.ts';
import type { Confirmation } from '../../sweep-file/expansion/confirmation.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { BudgetLeft } from '../../text/describe-budget.ts';
import { distinctDigits } from '../../trial/identity.ts';
import { nextStep, type NextStep } from '../../trial/next-step.ts';
import { isFinished, type TrialState } from '../../trial/state.ts';
import type { TrialConfig, TrialId, TrialPlan } from '../../trial/trial.ts';
import { budgetLeft, budgetUse } from './budget-use.ts';
import { changedDataNote } from '../changed-data.ts';
import { anewNotes, goOnFrom } from './go-on.ts';
import { estimateBytes, estimateTime, type TimeEstimate } from './cost.ts';
import { finalEpochs, type Trained } from './final-epochs.ts';
import { trialsToTest } from '../ranking.ts';
import { countOutdated } from '../whole-sweep.ts';

/** What becomes of a planned trial. */
export interface Prospect {
  readonly plan: TrialPlan;
  readonly step: NextStep;
  /** As its own sweep has it; undefined for a new one. */
  readonly own: TrialRecord | undefined;
  /** The sweep it is taken over from, else its own. */
  readonly source: string;
  /** Training starts at its last checkpoint. */
  readonly resumes: boolean;
  /** How many epochs it has from a trial of fewer epochs, whose checkpoint it begins from; 0 for none. */
  readonly goesOnAfter: number;
}

export interface Outlook {
  /** In the plan's order. */
  readonly prospects: readonly Prospect[];
  readonly kept: readonly Prospect[];
  readonly takenOver: readonly Prospect[];
  readonly toRun: readonly Prospect[];
  /** Of those to run, which go on from a checkpoint, and which failed before. */
  readonly resumed: number;
  readonly retried: number;
  /** Why trials that there are shorter ones of begin anew, in words; empty where all go on, or there are none. */
  readonly anew: readonly string[];
  /** Trials that a search has yet to propose, by results, or that are to confirm what is yet to be chosen; not among the prospects. */
  readonly unknown: number;
  /** Of these, the latter. */
  readonly toConfirm: number;
  /** Of these, how many have a result already whichever are chosen, of an earlier plan or another sweep. */
  readonly confirmedBefore: number;
  readonly configurations: number;
  /** Trials to evaluate on the test images; null where that is known only after training. */
  readonly toTest: number | null;
  /** Trials of this sweep that the plan doesn't name. */
  readonly outside: number;
  /** What is to be said where the images of the plan's own data were others before; null where nothing is. */
  readonly changedData: string | null;
  /** Those of them that an earlier version's arithmetic computed. */
  readonly outdated: number;
  /** Of those to run, what other sweeps train at this moment, by sweep: a run waits for these and takes them over. */
  readonly trainedElsewhere: ReadonlyMap<string, number>;
  /** What is left of the sweep's budget, and how many of those to run may begin under it, as far as trials and epochs go. */
  readonly budgetLeft: BudgetLeft;
  readonly affordable: number;
  /**
   * Of the epochs that trials are expected to train, how many a budget of epochs has room for: where it ends amid the rungs of
   * pruning, how many begin is known only roughly. Null elsewhere.
   */
  readonly withinRungs: { readonly epochs: number; readonly of: number } | null;
  /** Why `until` has ended the sweep, but for what confirms the best. */
  readonly untilMet: string | undefined;
  /** The sweep has a coordinator at present. */
  readonly isRunning: boolean;
  readonly idLength: number;
  readonly devices: readonly { readonly label: string; readonly slots: number }[];
  readonly time: TimeEstimate;
  readonly bytes: number;
}

/** What there is. */
export interface Circumstances {
  /** All trials in the results folder. */
  readonly past: readonly TrialRecord[];
  /** Whose results of a trial this sweep takes over. */
  readonly elsewhere: ReadonlyMap<TrialId, string>;
  readonly isRunning: boolean;
  readonly devices: Outlook['devices'];
  /** What the plan's search has proposed so far. */
  readonly proposals?: readonly Parameters[] | undefined;
  /** The trials that confirm the best; undefined where these aren't chosen yet. */
  readonly confirming?: readonly TrialPlan[] | undefined;
  /** Trials of the sweep that a run leaves pruned, as its spec prunes now. */
  readonly leftPruned: ReadonlySet<TrialId>;
  /** That the sweep has run. */
  readonly hours: number;
  /** Why `until` lets a run begin nothing more of what is to be chosen from; undefined where it does. */
  readonly untilMet?: string | undefined;
  /** `reusedFrom`: the sweep whose trial it is, where that is another one. */
  readonly hasCheckpoint: (trial: TrialId, reusedFrom: string | null) => boolean;
}

export function lookAhead(
  { spec, trials: first, search, confirmation, source }: PlannedSweep,
  circumstances: Circumstances,
): Outlook {
  const { past, elsewhere, isRunning, devices, leftPruned, hasCheckpoint, proposals = [] } = circumstances;
  // What is on record holds; before that, what is proposed without any result.
  const recorded = proposals.slice(0, search?.proposals).flatMap((parameters) => search?.trialsOf(parameters) ?? []);
  const screening = [...recorded, ...first.slice(recorded.length)];
  const trials = [...screening, ...(circumstances.confirming ?? [])];
  const toPropose = search === undefined ? 0 : search.proposals * spec.seeds.length - screening.length;
  const toConfirm = circumstances.confirming === undefined ? (confirmation?.most ?? 0) : 0;
  const unknown = toPropose + toConfirm;
  const own = new Map(past.flatMap((trial) => (trial.sweep === spec.name ? [[trial.id, trial] as const] : [])));
  // Of what is yet to be proposed nothing is there.
  const confirmedBefore =
    confirmation === undefined || toConfirm === 0 || toPropose > 0
      ? 0
      : fewestThere(confirmation, screening, ({ id }) => elsewhere.has(id) || own.get(id)?.state === 'completed');
  const planIds = new Set(trials.map(({ id }) => id));
  const outside = [...own.values()].filter(({ id }) => !planIds.has(id));
  const goOn = goOnFrom(outside, source.fingerprint, ({ id, reusedFrom }) => hasCheckpoint(id, reusedFrom));
  const prospects = trials.map((plan): Prospect => {
    const known = own.get(plan.id);
    const taken = elsewhere.get(plan.id);
    const isLeft = leftPruned.has(plan.id);
    const next = nextStep(stateInRun(known?.state, isLeft), taken !== undefined);
    const step = isLeft && next !== 'take_over' ? 'keep' : next;
    const resumes = (step === 'train' || step === 'retry') && hasCheckpoint(plan.id, null);
    const isNew = step === 'train' && !resumes && (known?.epochs ?? 0) === 0;
    const goesOnAfter = isNew ? (goOn.from(plan)?.epochs ?? 0) : 0;
    const origin = step === 'take_over' ? taken : undefined;
    return { plan, step, own: known, source: origin ?? spec.name, resumes, goesOnAfter };
  });
  const withStep = (...steps: readonly NextStep[]) => prospects.filter(({ step }) => steps.includes(step));
  const [kept, takenOver, toRun] = [withStep('keep'), withStep('take_over'), withStep('train', 'retry')];
  const slots = devices.reduce((sum, device) => sum + device.slots, 0);
  // What is yet to be proposed is taken to be as what is known.
  const [later, confirmedLater] = [toPropose, toConfirm - confirmedBefore].map((length) =>
    Array.from({ length }, (_, i) => screening[i % screening.length]!.config),
  );
  const configurations = new Set(screening.map(({ configId }) => configId)).size + toPropose / spec.seeds.length;
  const finals = finalEpochs(prospects.map(trainedBy), spec.prune, configurations);
  const cut = (config: TrialConfig, epochs: number): TrialConfig => {
    return { ...config, train: { ...config.train, epochs: Math.max(0, epochs) } };
  };
  const costOf = (prospect: Prospect) => {
    const trained = trainedBy(prospect);
    return { id: prospect.plan.id, config: cut(prospect.plan.config, finals.of(trained) - trained.epochs) };
  };
  const confirms = ({ plan }: Prospect): boolean => plan.phase === 'confirm';
  const toScreen = [
    ...toRun.filter((prospect) => !confirms(prospect)).map(costOf),
    ...later!.map((config, i) => ({
      id: null,
      config: cut(config, finals.others[Math.floor(i / spec.seeds.length)] ?? config.train.epochs),
    })),
  ];
  // The budget keeps room for these, and its hours end only the screening.
  const affordableLast = [...toRun.filter(confirms).map((prospect) => costOf(prospect).config), ...confirmedLater!];
  const all = [...own.values()];
  const screened = budgetUse(all.filter(({ phase }) => phase !== 'confirm'));
  const reserved = confirmation?.most ?? 0;
  const reserve = { trials: reserved, epochs: reserved * spec.train.epochs };
  const { untilMet } = circumstances;
  const rest = budgetLeft(spec.budget, screened, circumstances.hours, reserve);
  const trainedWithin = (limits: BudgetLeft): TrialConfig[] =>
    untilMet === undefined ? within(limits, screened.begun, toScreen) : [];
  const affordable = trainedWithin(rest);
  const ofAnyLength = trainedWithin({ ...rest, epochs: null });
  const withinRungs = spec.prune === null ? null : roomFor(ofAnyLength, rest.epochs);
  // Of a plan that is one cohort all begin, before any goes on from the first rung; who does then isn't known before.
  const isOneCohort = spec.prune?.method === 'halving' && spec.prune.cohortSize === null;
  const mayBegin = isOneCohort && (withinRungs?.epochs ?? 0) > 0 ? ofAnyLength : affordable;
  const left = budgetLeft(spec.budget, budgetUse(all), circumstances.hours);
  const time = inTurn(
    estimateTime(affordable, { past, slots, mostHours: left.hours }),
    estimateTime(affordableLast, { past, slots }),
  );
  const planned = trials.flatMap(({ id }) => own.get(id) ?? []);
  const fresh = trials
    .filter(({ id }) => !own.has(id))
    .map((plan) => ({ id: plan.id, state: 'queued', epochs: 0 }) as TrialRecord);
  return {
    ...{ prospects, kept, takenOver, toRun, devices, isRunning },
    resumed: withStep('train').filter(({ resumes }) => resumes).length,
    retried: withStep('retry').length,
    ...{ unknown, toConfirm, confirmedBefore, configurations },
    anew: anewNotes(
      toRun.map(({ plan }) => plan),
      { trials: [...planned, ...fresh] },
      goOn,
    ),
    ...{ untilMet, budgetLeft: left, withinRungs },
    affordable: mayBegin.length + affordableLast.length,
    toTest:
      toRun.length + unknown - confirmedBefore > 0 || toConfirm > 0
        ? null
        : trialsToTest({ sweep: spec, trials: resultsOf(prospects, past) }).length,
    outside: outside.length,
    changedData: changedDataNote(spec.dataset, outside),
    outdated: countOutdated(outside),
    trainedElsewhere: countTrainedElsewhere(toRun, past, spec.name),
    idLength: distinctDigits([...planIds, ...past.map(({ id }) => id)]),
    time,
    bytes: estimateBytes([...mayBegin, ...affordableLast], slots),
  };
}

/** How many trials of a confirmation there are already, should those be chosen of which there are fewest. */
function fewestThere(
  confirmation: Confirmation,
  screening: readonly TrialPlan[],
  isThere: (trial: TrialPlan) => boolean,
): number {
  const firsts = [...new Map(screening.map((trial) => [trial.configId, trial])).values()];
  const counts = firsts.map((first) => confirmation.trialsOf([first]).filter(isThere).length);
  const chosen = confirmation.most / confirmation.seeds.length;
  return counts
    .toSorted((a, b) => a - b)
    .slice(0, chosen)
    .reduce((sum, one) => sum + one, 0);
}

function countTrainedElsewhere(
  toRun: readonly Prospect[],
  past: readonly TrialRecord[],
  sweep: string,
): ReadonlyMap<string, number> {
  const wanted = new Set(toRun.map(({ plan }) => plan.id));
  const theirs = past.filter(({ id, state, sweep: other }) => other !== sweep && state === 'running' && wanted.has(id));
  return new Map([...Map.groupBy(theirs, (trial) => trial.sweep)].map(([name, trials]) => [name, trials.length]));
}

/** As a run finds it: what a coordinator that is gone left running waits, and what another way to prune pruned does, too. */
function stateInRun(state: TrialState | undefined, isLeftPruned: boolean): TrialState | undefined {
  return state === 'running' || (state === 'pruned' && !isLeftPruned) ? 'queued' : state;
}

function trainedBy({ plan, step, own, resumes, goesOnAfter }: Prospect): Trained {
  const { configId, config, phase = null } = plan;
  const known = { configId, config, phase, isRevived: own?.isRevived ?? false };
  if (step === 'take_over') return { ...known, state: 'completed', epochs: config.train.epochs };
  if (step !== 'keep') return { ...known, state: 'queued', epochs: resumes ? (own?.epochs ?? 0) : goesOnAfter };
  return { ...known, state: isFinished(own!.state) ? own!.state : 'pruned', epochs: own!.epochs };
}

/** Of two parts of a run, the second of which waits for the whole first. */
function inTurn(first: TimeEstimate, second: TimeEstimate): TimeEstimate {
  if (first.highSeconds === 0 || second.highSeconds === 0) return second.highSeconds === 0 ? first : second;
  return {
    lowSeconds: first.lowSeconds + second.lowSeconds,
    highSeconds: first.highSeconds + second.highSeconds,
    measuredTrials: Math.min(first.measuredTrials, second.measuredTrials),
  };
}

/** Of what is to be trained, in turn, what a budget allows; its hours aside. */
function within(
  { trials, epochs }: BudgetLeft,
  begun: ReadonlySet<TrialId>,
  toTrain: readonly { readonly id: TrialId | null; readonly config: TrialConfig }[],
): TrialConfig[] {
  let [trialsLeft, epochsLeft] = [trials ?? Infinity, epochs ?? Infinity];
  return toTrain.flatMap(({ id, config }) => {
    const isNew = id === null || !begun.has(id);
    if ((isNew && trialsLeft < 1) || epochsLeft < config.train.epochs) return [];
    if (isNew) trialsLeft--;
    epochsLeft -= config.train.epochs;
    return [config];
  });
}

/** Null where there is room for all. */
function roomFor(configs: readonly TrialConfig[], epochs: number | null): Outlook['withinRungs'] {
  const of = configs.reduce((sum, { train }) => sum + train.epochs, 0);
  return epochs === null || epochs >= of ? null : { epochs, of };
}

/** The plan's trials as they are, or will be once taken over. */
function resultsOf(prospects: readonly Prospect[], past: readonly TrialRecord[]): TrialRecord[] {
  const records = new Map(past.map((trial) => [`${trial.sweep}/${trial.id}`, trial]));
  return prospects.flatMap(({ plan, step, own, source }) => {
    const record = step === 'take_over' ? records.get(`${source}/${plan.id}`) : own;
    // What is recorded is its part in an earlier plan, or in the other sweep.
    return record === undefined ? [] : { ...record, phase: plan.phase ?? null };
  });
}
