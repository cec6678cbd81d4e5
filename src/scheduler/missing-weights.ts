import { existsSync } from 'node:fs';
import path from 'node:path';
import { TRIAL_FILES, type ResultsLayout } from '../paths.ts';
import type { SweepSnapshot } from '../store/read-model.ts';
import { weightsRemedy } from './test-task.ts';

/** So many are named. */
const NAMED = 3;

/** Says which completed trials of a sweep have no file of weights any more, and what to do. Whether a file is whole, a test finds. */
export function missingWeights({ sweep, trials }: SweepSnapshot, layout: ResultsLayout): string[] {
  const missing = trials.flatMap(({ id, state, inPlan, reusedFrom }) => {
    const file = path.join(layout.trial(reusedFrom ?? sweep.name, id), TRIAL_FILES.weights);
    return state === 'completed' && inPlan && !existsSync(file) ? [{ id, file, reusedFrom }] : [];
  });
  const lines = missing
    .slice(0, NAMED)
    .map(
      ({ id, file, reusedFrom }) => `trial ${id} is completed, but ${file} is missing${weightsRemedy(id, reusedFrom)}`,
    );
  const others = missing.length - lines.length;
  return others === 0 ? lines : [...lines, `${others} more completed trials have no weights`];
}
