import { beta } from '../../model/parameters.ts';
import type { SweepSnapshot, TrialRecord } from '../../store/read-model.ts';

/** What differs from a trial in β alone, itself among them: completed, of its seed, one a β, by ascending β. */
export function sameButBeta({ trials, outside }: SweepSnapshot, trial: TrialRecord): TrialRecord[] {
  const key = keyOf(trial);
  const found = new Map<number, TrialRecord>([[betaOf(trial), trial]]);
  for (const other of trial.inPlan ? trials : [...trials, ...outside]) {
    const isFirst = !found.has(betaOf(other));
    if (isFirst && other.state === 'completed' && keyOf(other) === key) found.set(betaOf(other), other);
  }
  return [...found.values()].sort((a, b) => betaOf(a) - betaOf(b));
}

export function betaOf({ config }: TrialRecord): number {
  return config.parameters[beta.name] as number;
}

function keyOf({ config, seed, numericsVersion }: TrialRecord): string {
  return JSON.stringify([
    seed,
    numericsVersion,
    { ...config, parameters: { ...config.parameters, [beta.name]: null } },
  ]);
}
