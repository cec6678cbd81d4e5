import { describe, expect, it } from 'vitest';
import { canMove, isFinished, TRIAL_STATES } from '../../src/trial/state.ts';
import type { TrialState } from '../../src/trial/state.ts';

const movesFrom = (from: TrialState): TrialState[] => TRIAL_STATES.filter((to) => canMove(from, to));

describe('a trial', () => {
  it.each<[TrialState, TrialState[]]>([
    ['queued', ['running', 'completed', 'pruned', 'cancelled']],
    ['running', ['queued', 'completed', 'pruned', 'diverged', 'failed', 'cancelled']],
    ['completed', []],
    ['pruned', []],
    ['diverged', []],
    ['failed', ['queued']],
    ['cancelled', ['queued']],
  ])('that is %s can move to %j and nowhere else', (from, expected) => {
    expect(movesFrom(from)).toEqual(expected);
  });

  it('never moves to the state it is in', () => {
    for (const state of TRIAL_STATES) expect(canMove(state, state)).toBe(false);
  });

  it('can end in every finished state from running, and no finished trial runs without being queued again', () => {
    for (const state of TRIAL_STATES.filter(isFinished)) {
      expect(canMove('running', state)).toBe(true);
      expect(canMove(state, 'running')).toBe(false);
    }
  });

  it('is unfinished while queued or running', () => {
    expect(TRIAL_STATES.filter((state) => !isFinished(state))).toEqual(['queued', 'running']);
  });
});
