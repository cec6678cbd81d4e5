/** From which trials of earlier plans those of this one go on, instead of training their first epochs again. */
import { endDependence, mayGoOn } from '../../model/longer-training.ts';
import type { SweepSnapshot, TrialRecord } from '../../store/read-model.ts';
import { count } from '../../text/format-number.ts';
import { isSettled } from '../../trial/state.ts';
import { trialOfEpochs } from '../../trial/shorter-trial.ts';
import type { TrialId, TrialPlan } from '../../trial/trial.ts';

export interface GoOn {
  /** A trial of the same configuration and seed with fewer epochs, whose checkpoint is there; the one that got furthest. */
  from(plan: TrialPlan): TrialRecord | undefined;
  /** Why none goes on although there is a shorter trial of it that ended; undefined where one does, or there is none. */
  obstacle(plan: TrialPlan): string | undefined;
}

/** @param outside trials of the same sweep that its plan doesn't name */
export function goOnFrom(
  outside: readonly TrialRecord[],
  fingerprint: string,
  hasCheckpoint: (trial: TrialRecord) => boolean,
): GoOn {
  const known = new Map<TrialId, TrialRecord>(outside.map((trial) => [trial.id, trial]));
  const lengths = [...new Set(outside.map(({ config }) => config.train.epochs))];
  const shorter = ({ config, seed }: TrialPlan): TrialRecord[] =>
    lengths
      .filter((epochs) => epochs < config.train.epochs)
      .flatMap((epochs) => known.get(trialOfEpochs(config, fingerprint, seed, epochs)) ?? [])
      .filter(({ epochs, state }) => epochs > 0 && state !== 'diverged')
      .sort((a, b) => b.epochs - a.epochs);
  const from = (plan: TrialPlan): TrialRecord | undefined =>
    mayGoOn(plan.config.parameters) ? shorter(plan).find(hasCheckpoint) : undefined;
  return {
    from,
    obstacle(plan) {
      if (!shorter(plan).some(({ state }) => state === 'completed') || from(plan) !== undefined) return undefined;
      return endDependence(plan.config.parameters) ?? whyNoCheckpoint(shorter(plan));
    },
  };
}

/** Devices of agents are called AGENT/cpu. */
function whyNoCheckpoint(trained: readonly TrialRecord[]): string {
  return trained.some(({ device }) => device?.includes('/') === true)
    ? 'no checkpoint of theirs is here: agents bring none of what takes them less than ten seconds, and `sweep gc` frees those there are'
    : 'their checkpoints are gone';
}

/** Why trials of a plan train all their epochs although there are shorter ones, a line a reason. */
export function anewNotes(
  trials: readonly TrialPlan[],
  { trials: records }: Pick<SweepSnapshot, 'trials'>,
  goOn: GoOn,
): string[] {
  const open = new Set(records.flatMap(({ id, state, epochs }) => (isSettled(state) || epochs > 0 ? [] : [id])));
  const reasons = trials.flatMap((plan) => (open.has(plan.id) ? (goOn.obstacle(plan) ?? []) : []));
  return [...Map.groupBy(reasons, (reason) => reason)].map(
    ([reason, { length }]) => `${count(length, 'trial')} can't go on from fewer epochs, and begin anew: ${reason}`,
  );
}
