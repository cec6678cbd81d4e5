/** Budgets that no sweep could end well with, or that end none. */
import { quantityOf } from '../metrics/index.ts';
import { count, formatCount } from '../text/format-number.ts';
import { countTrials } from './expand.ts';
import type { Finding } from './issue.ts';
import { isLearning, type SweepSpec } from './spec.ts';

export function checkBudget(spec: SweepSpec): Finding[] {
  const { budget, until, objective, train, prune, search, dataset } = spec;
  const conflict = (path: Finding['path'], message: string, hint: string): Finding => {
    return { code: 'conflict', path, at: 'value', message, hint };
  };
  const findings: Finding[] = [];
  const trials = countTrials(spec);
  const { epochs } = budget;
  // In a search that learns, a cohort is a part of what there is.
  const isOneCohort = prune !== null && !isLearning(search);
  if (isOneCohort && budget.trials !== null && budget.trials < trials) {
    const message = `halving compares all ${formatCount(trials)} trials, and a budget of ${formatCount(budget.trials)} never lets it`;
    findings.push(conflict(['budget', 'trials'], message, `write trials: ${trials}, or leave \`prune\` out`));
  }
  if (epochs !== null && epochs < train.epochs) {
    const message = `a budget of ${count(epochs, 'epoch')} ends before the first trial, which has ${train.epochs}`;
    findings.push(conflict(['budget', 'epochs'], message, `write epochs: ${train.epochs} or more, or train fewer`));
  } else if (epochs !== null && isOneCohort && epochs < trials * prune.minEpochs) {
    const least = trials * prune.minEpochs;
    const message = `a budget of ${count(epochs, 'epoch')} ends before the first rung, for which ${formatCount(trials)} trials need ${formatCount(least)}`;
    findings.push(conflict(['budget', 'epochs'], message, `write epochs: ${least} or more`));
  }
  if (until !== null && until.metric !== objective.metric && quantityOf(until.metric).goal === null) {
    const message = `${until.metric} has no better end of its own, so nothing is reached by it`;
    findings.push(conflict(['until', 'metric'], message, `use ${objective.metric}, or make it the objective`));
  }
  if (until !== null && dataset.validation === 0) {
    const message = '`validation: 0` leaves nothing that could reach what `until` asks for';
    findings.push(conflict(['dataset', 'validation'], message, 'hold some out, or leave `until` out'));
  }
  return findings;
}

/** Budgets that the whole plan doesn't use up: a warning each. */
export function idleBudget(spec: SweepSpec): Finding[] {
  const { budget, train } = spec;
  const trials = countTrials(spec);
  const most = { trials, epochs: trials * train.epochs };
  return (['trials', 'epochs'] as const).flatMap((what): Finding[] => {
    const given = budget[what];
    if (given === null || given < most[what]) return [];
    const message = `\`budget\` of ${formatCount(given)} ${what} ends nothing: all there are come to ${formatCount(most[what])}`;
    const path = ['budget', what];
    return [{ code: 'no_effect', isWarning: true, path, at: 'value', message, hint: 'leave it out, or lower it' }];
  });
}
