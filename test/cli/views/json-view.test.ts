import { expect, it } from 'vitest';
import { jsonView } from '../../../src/cli/views/json-view.ts';
import { eventsOf } from '../support.ts';

it('never respells a metric: val/MIG stays val/MIG in every event (issue 9, line 4)', () => {
  const lines: string[] = [];
  const view = jsonView((line) => lines.push(line));
  const metrics = { 'val/MIG': 0.25, 'val/FID-2k': 3 };
  const summary = { bestEpoch: 1, epochs: 1, metrics, klPerDimension: [1], trainableWeights: 7 };
  for (const event of eventsOf(
    { type: 'epoch', trial: 'a', record: { epoch: 1, step: 8, metrics, seconds: 1 } },
    { type: 'finished', trial: 'a', attempt: 1, state: 'completed', cause: null, summary },
    { type: 'tested', trial: 'a', metrics },
  )) {
    view.observe(event);
  }
  const [epoch, finished, tested] = lines.map((line) => JSON.parse(line) as object);
  expect(epoch).toMatchObject({ record: { metrics } });
  expect(finished).toMatchObject({ summary: { metrics, best_epoch: 1, kl_per_dimension: [1], trainable_weights: 7 } });
  expect(tested).toMatchObject({ metrics });
});
