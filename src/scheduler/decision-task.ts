import type { Decision } from './sources/source.ts';
import type { Task } from './task.ts';

/** Records a decision in its turn; no device has a part in it. */
export function decisionTask({ record }: Decision): Task {
  const isOver = (): never => {
    throw new Error('a decision is over once it is recorded');
  };
  return {
    isSuspect: false,
    begin: () => ({ kind: 'over', tell: record() }),
    event: isOver,
    end: isOver,
  };
}
