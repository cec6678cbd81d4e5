import type { Decision } from './source.ts';
import type { Task } from './task.ts';

/** Records a decision in its turn; no device has a part in it. `onRecorded`: its source may have more to give. */
export function decisionTask({ record }: Decision, onRecorded: () => void): Task {
  const isOver = (): never => {
    throw new Error('a decision is over once it is recorded');
  };
  return {
    isSuspect: false,
    begin: () => {
      const act = record();
      return {
        kind: 'over',
        tell: () => {
          act();
          onRecorded();
        },
      };
    },
    event: isOver,
    end: isOver,
  };
}
