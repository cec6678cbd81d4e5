import { expect, test } from 'vitest';
import { idleSlots } from '../src/run/idle-slots.ts';
import { ASHA, GRID, HYPERBAND, TPE } from './scheduler/pruned-toys.ts';
import { specOf } from './scheduler/spec-run.ts';

const BEYOND = '4 of 8 slots stay idle: the search has at most 4 trials in training at a time';
const BETWEEN = 'slots may stay idle once the budget is partly used';
const EPOCHS = '\nbudget: { epochs: 60 }\n';

test.each([
  ['more than the search has', TPE, 8, [BEYOND]],
  ['as many as the search has', TPE, 4, []],
  ['a search, pruned, under a budget of epochs', TPE + EPOCHS, 4, [BETWEEN]],
  ['the same with more than the search has', TPE + EPOCHS, 8, [BEYOND, BETWEEN]],
  ['a list in cohorts under a budget of epochs', ASHA + EPOCHS, 2, [BETWEEN]],
  ['a plan in brackets under a budget of epochs', HYPERBAND + EPOCHS, 2, [BETWEEN]],
  ['a plan that is one cohort', GRID + EPOCHS, 8, []],
  ['a budget of trials', `${ASHA}\nbudget: { trials: 10 }\n`, 8, []],
  ['one slot', ASHA + EPOCHS, 1, []],
])('slots that stay idle are told with the reason: %s', (_, text, slots, reasons) => {
  const told = idleSlots(specOf(text), slots);
  expect(told.map((why) => reasons.find((reason) => why.startsWith(reason)))).toEqual(reasons);
});
