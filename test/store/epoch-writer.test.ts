import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EpochRecord } from '../../src/trial/trial.ts';
import { epochRecord, hexId, sweepPlan } from './plans.ts';
import { AT, openTestReadModel, openTestStore, summaryOf, temporaryLayout } from './support.ts';

function recording() {
  const layout = temporaryLayout();
  const store = openTestStore(layout);
  store.savePlan(sweepPlan(1), AT);
  const attempt = store.beginAttempt(hexId(0), AT);
  const model = openTestReadModel(layout);
  return {
    store,
    attempt,
    record: (...epochs: EpochRecord[]) => store.recordEpochs(hexId(0), attempt, epochs),
    trial: () => model.snapshot('beta')!.trials[0]!,
    rows: () => [...model.metrics('beta')],
  };
}

const withoutValidation = (epoch: number): EpochRecord => ({
  ...epochRecord(epoch, -90),
  metrics: { 'train/elbo': -90 + epoch },
});

describe('recordEpochs', () => {
  test('keeps every metric with its epoch, step and attempt, bit for bit', () => {
    const { record, rows, attempt } = recording();
    const value = 0.1 + 0.2;
    record({ epoch: 1, step: 45, seconds: 1, metrics: { 'val/elbo': -value, 'train/objective': 1e-310 } });
    expect(rows()).toEqual([
      { trial: hexId(0), attempt, epoch: 1, step: 45, name: 'train/objective', value: 1e-310 },
      { trial: hexId(0), attempt, epoch: 1, step: 45, name: 'val/elbo', value: -value },
    ]);
  });

  test('leaves a recorded epoch as it is', () => {
    const { record, rows, trial } = recording();
    record(epochRecord(1, -90));
    const before = rows();
    record(epochRecord(1, -10), epochRecord(2, -95));
    expect(rows().filter(({ epoch }) => epoch === 1)).toEqual(before);
    expect(trial()).toMatchObject({ epochs: 2, seconds: 1, bestEpoch: 1 });
  });

  test('sums the CPU time of the epochs, and knows none where one of them is not known', () => {
    const { store, attempt, record, trial } = recording();
    expect(trial().cpuSeconds).toBe(0);
    record({ ...epochRecord(1, -90), cpuSeconds: 1.5 }, { ...epochRecord(2, -80), cpuSeconds: 2 });
    record({ ...epochRecord(2, -80), cpuSeconds: 9 });
    expect(trial().cpuSeconds).toBe(3.5);
    record(epochRecord(3, -70));
    record({ ...epochRecord(4, -60), cpuSeconds: 1 });
    expect(trial().cpuSeconds).toBeNull();
    store.supersedeEpochs(hexId(0), attempt, [epochRecord(1, -90), epochRecord(2, -80)]);
    expect(trial().cpuSeconds).toBe(3.5);
  });

  test('holds the best epoch and its metrics, whatever the order and grouping of the records', () => {
    const elbos = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 8 });
    const groups = elbos.chain((values) =>
      fc.tuple(
        fc.shuffledSubarray(
          values.map((elbo, index) => epochRecord(index + 1, elbo)),
          { minLength: values.length },
        ),
        fc.integer({ min: 1, max: 4 }),
      ),
    );
    fc.assert(
      fc.property(groups, ([epochs, size]) => {
        const { record, trial } = recording();
        for (let i = 0; i < epochs.length; i += size) record(...epochs.slice(i, i + size));
        const best = summaryOf(epochs.toSorted((a, b) => a.epoch - b.epoch));
        expect(trial()).toMatchObject({ bestEpoch: best.bestEpoch, metrics: best.metrics, epochs: epochs.length });
      }),
      { numRuns: 25 },
    );
  });

  test('takes the last epoch for the best without a validation split', () => {
    const { record, trial } = recording();
    record(withoutValidation(1), withoutValidation(3));
    record(withoutValidation(2));
    expect(trial()).toMatchObject({ bestEpoch: 3, metrics: { 'train/elbo': -87 } });
  });

  test.each([NaN, Infinity])('refuses %d, with all that came along', (value) => {
    const { record, rows, trial } = recording();
    const poisoned = { ...epochRecord(2, -80), metrics: { 'val/kl': 1, 'val/elbo': value } };
    expect(() => record(epochRecord(1, -90), poisoned)).toThrow('val/elbo');
    expect(rows()).toEqual([]);
    expect(trial()).toMatchObject({ epochs: 0, bestEpoch: null, metrics: {} });
  });
});

describe('a completed trial', () => {
  test('has the best epoch of its summary, and metrics that only the summary knows', () => {
    const { store, attempt, record, trial } = recording();
    const first = epochRecord(1, -80);
    record(first, epochRecord(2, -90));
    const summary = { ...summaryOf([epochRecord(2, -90)]), epochs: 2 };
    const metrics = { ...summary.metrics, 'val/active_units': 7 };
    store.endAttempt(hexId(0), attempt, {
      endedAt: AT,
      state: 'completed',
      cause: null,
      summary: { ...summary, metrics },
    });
    expect(trial()).toMatchObject({
      state: 'completed',
      bestEpoch: 2,
      metrics,
      klPerDimension: [1.5, 0.5],
      trainableWeights: 1234,
    });
  });
});
