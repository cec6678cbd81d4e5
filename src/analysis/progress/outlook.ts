/** What a run of a plan would do, told from what is recorded. */
import type { PlannedSweep } from '../../plan-sweep.ts';
import type { Parameters } from '../../model/parameter.ts';
import type { Confirmation } from '../../sweep-file/expansion/confirmation.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { BudgetLeft } from '../../text/describe-budget.ts';
import { distinctDigits } from '../../trial/identity.ts';
import type { NextStep } from '../../trial/next-step.ts';
import type { TrialConfig, TrialId, TrialPlan } from '../../trial/trial.ts';
import { affordableOf, type Affordable } from './affordable.ts';
import { budgetLeft, budgetUse } from './budget-use.ts';
import { changedDataNote } from '../changed-data.ts';
import { anewNotes, goOnFrom } from './go-on.ts';
import { estimateBytes, estimateTime, type TimeEstimate } from './cost.ts';
import { finalEpochs } from './final-epochs.ts';
import { countTrainedElsewhere, prospectOf, resultsOf, trainedBy, type Prospect } from './prospects.ts';
import { trialsToTest } from '../ranking.ts';
import { countOutdated } from '../whole-sweep.ts';

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
  readonly withinRungs: Affordable['withinRungs'];
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
  const { past, elsewhere, isRunning, devices, hasCheckpoint, proposals = [] } = circumstances;
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
  const prospects = trials.map((plan) => prospectOf(plan, { sweep: spec.name, own, circumstances, goOn }));
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
  const begun = untilMet === undefined ? toScreen : [];
  const { affordable, mayBegin, withinRungs } = affordableOf(begun, rest, screened.begun, spec.prune);
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

/** Of two parts of a run, the second of which waits for the whole first. */
function inTurn(first: TimeEstimate, second: TimeEstimate): TimeEstimate {
  if (first.highSeconds === 0 || second.highSeconds === 0) return second.highSeconds === 0 ? first : second;
  return {
    lowSeconds: first.lowSeconds + second.lowSeconds,
    highSeconds: first.highSeconds + second.highSeconds,
    measuredTrials: Math.min(first.measuredTrials, second.measuredTrials),
  };
}
