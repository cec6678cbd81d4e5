import { describe, expect, test } from 'vitest';
import { MAX_LOSSES_IN_A_ROW } from '../../src/scheduler/losses.ts';
import { judge } from '../../src/scheduler/retry.ts';
import { toyEpoch, toySummary, toyTrial } from '../support/toy-sweep.ts';

const lost = (cause: string) => ({ kind: 'lost', cause, culprit: 'trial' }) as const;

describe('judge', () => {
  test('completes with the summary and without a cause', () => {
    const summary = toySummary([toyEpoch(toyTrial(1, 0, 1), 1)]);
    expect(judge({ kind: 'completed', summary }, [])).toEqual({ state: 'completed', cause: null, summary });
  });

  test('never retries what the trial itself brought about', () => {
    const diverged = judge({ kind: 'diverged', message: 'the loss is not finite' }, []);
    expect(diverged).toMatchObject({ state: 'diverged', cause: 'the loss is not finite' });
    for (const kind of ['bug', 'data', 'memory'] as const) {
      const failed = judge({ kind: 'failed', failure: { kind, message: 'it broke' } }, []);
      expect(failed).toEqual({ state: 'failed', cause: `${kind}: it broke` });
    }
  });

  test('queues a trial that was interrupted or paused', () => {
    expect(judge({ kind: 'stopped', reason: 'interrupted' }, []).state).toBe('queued');
    expect(judge({ kind: 'stopped', reason: 'paused' }, []).state).toBe('queued');
  });

  test('retries lost attempts after growing pauses, and takes three in a row for the trial’s own doing', () => {
    const first = judge(lost('signal 9'), []);
    const second = judge(lost('signal 11'), ['signal 9']);
    expect(first).toEqual({ state: 'queued', cause: 'lost (1 of 3): signal 9', retryInMs: 1_000 });
    expect(second).toEqual({ state: 'queued', cause: 'lost (2 of 3): signal 11', retryInMs: 10_000 });
    const poison = judge(lost('signal 6'), ['signal 9', 'signal 11']);
    expect(poison).toEqual({
      state: 'failed',
      cause: `lost ${MAX_LOSSES_IN_A_ROW} attempts in a row: signal 9; signal 11; signal 6`,
    });
  });
});
