import { expect, test } from 'vitest';
import { isAnnealing } from '../../src/model/annealing.ts';
import { endDependence, mayGoOn } from '../../src/model/longer-training.ts';
import { betaSchedule } from '../../src/model/objective-parameters.ts';
import { lrSchedule } from '../../src/model/optimizer-parameters.ts';
import { betaShare, capacityShare, rateShare } from '../../src/training/schedules.ts';

const BATCHES = 3;
const [SHORT, LONG] = [6, 15];

/** All that changes from step to step of the first epochs. */
function course(parameters: Record<string, string | number>, epochs: number): unknown[] {
  const training = { parameters, epochs, batches: BATCHES };
  const steps = Array.from({ length: SHORT * BATCHES }, (_, step) =>
    [betaShare, capacityShare, rateShare].map((share) => share(training, step)),
  );
  return [steps, Array.from({ length: SHORT }, (_, i) => isAnnealing(training, i + 1))];
}

const namesOf = (values: (typeof betaSchedule)['values']): readonly string[] =>
  values.kind === 'names' ? values.names : [];

test('a training may go on just where its first epochs are those of a longer one', () => {
  const cases = namesOf(betaSchedule.values).flatMap((beta_schedule) =>
    namesOf(lrSchedule.values).map((lr_schedule) => ({
      ...{ beta_schedule, lr_schedule, beta_warmup: 4, beta_cycles: 2, lr_warmup: 2, lr_step: 2, lr_decay: 0.5 },
      capacity_warmup: 3,
    })),
  );
  expect(cases).toHaveLength(12);
  for (const parameters of cases) {
    const isSame = JSON.stringify(course(parameters, SHORT)) === JSON.stringify(course(parameters, LONG));
    expect([parameters, mayGoOn(parameters)]).toEqual([parameters, isSame]);
  }
  expect(endDependence({ patience: 2 })).toContain('patience');
});
