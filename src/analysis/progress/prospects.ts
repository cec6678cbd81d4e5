/** What a run would make of each trial of a plan. */
import type { TrialRecord } from '../../store/read-model.ts';
import { nextStep, type NextStep } from '../../trial/next-step.ts';
import { isFinished, type TrialState } from '../../trial/state.ts';
import type { TrialId, TrialPlan } from '../../trial/trial.ts';
import type { Trained } from './final-epochs.ts';
import type { GoOn } from './go-on.ts';
import type { Circumstances } from './outlook.ts';

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

export interface ProspectContext {
  readonly sweep: string;
  /** The trials that the sweep has. */
  readonly own: ReadonlyMap<TrialId, TrialRecord>;
  readonly circumstances: Pick<Circumstances, 'elsewhere' | 'leftPruned' | 'hasCheckpoint'>;
  readonly goOn: GoOn;
}

export function prospectOf(plan: TrialPlan, { sweep, own, circumstances, goOn }: ProspectContext): Prospect {
  const { elsewhere, leftPruned, hasCheckpoint } = circumstances;
  const known = own.get(plan.id);
  const taken = elsewhere.get(plan.id);
  const isLeft = leftPruned.has(plan.id);
  const next = nextStep(stateInRun(known?.state, isLeft), taken !== undefined);
  const step = isLeft && next !== 'take_over' ? 'keep' : next;
  const resumes = (step === 'train' || step === 'retry') && hasCheckpoint(plan.id, null);
  const isNew = step === 'train' && !resumes && (known?.epochs ?? 0) === 0;
  const goesOnAfter = isNew ? (goOn.from(plan)?.epochs ?? 0) : 0;
  const origin = step === 'take_over' ? taken : undefined;
  return { plan, step, own: known, source: origin ?? sweep, resumes, goesOnAfter };
}

/** As a run finds it: what a coordinator that is gone left running waits, and what another way to prune pruned does, too. */
function stateInRun(state: TrialState | undefined, isLeftPruned: boolean): TrialState | undefined {
  return state === 'running' || (state === 'pruned' && !isLeftPruned) ? 'queued' : state;
}

export function trainedBy({ plan, step, own, resumes, goesOnAfter }: Prospect): Trained {
  const { configId, config, phase = null } = plan;
  const known = { configId, config, phase, isRevived: own?.isRevived ?? false };
  if (step === 'take_over') return { ...known, state: 'completed', epochs: config.train.epochs };
  if (step !== 'keep') return { ...known, state: 'queued', epochs: resumes ? (own?.epochs ?? 0) : goesOnAfter };
  return { ...known, state: isFinished(own!.state) ? own!.state : 'pruned', epochs: own!.epochs };
}

/** Of those to run, how many other sweeps train at this moment, by sweep. */
export function countTrainedElsewhere(
  toRun: readonly Prospect[],
  past: readonly TrialRecord[],
  sweep: string,
): ReadonlyMap<string, number> {
  const wanted = new Set(toRun.map(({ plan }) => plan.id));
  const theirs = past.filter(({ id, state, sweep: other }) => other !== sweep && state === 'running' && wanted.has(id));
  return new Map([...Map.groupBy(theirs, (trial) => trial.sweep)].map(([name, trials]) => [name, trials.length]));
}

/** The plan's trials as they are, or will be once taken over. */
export function resultsOf(prospects: readonly Prospect[], past: readonly TrialRecord[]): TrialRecord[] {
  const records = new Map(past.map((trial) => [`${trial.sweep}/${trial.id}`, trial]));
  return prospects.flatMap(({ plan, step, own, source }) => {
    const record = step === 'take_over' ? records.get(`${source}/${plan.id}`) : own;
    // What is recorded is its part in an earlier plan, or in the other sweep.
    return record === undefined ? [] : { ...record, phase: plan.phase ?? null };
  });
}
