/** Budgets that no sweep could end well with, or that end none. */
import { quantityOf } from '../../metrics/index.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { mostConfirming } from '../expansion/confirmation.ts';
import { countTrials } from '../expansion/expand.ts';
import type { Finding } from '../issue.ts';
import type { SweepSpec } from '../spec.ts';

export function checkBudget(spec: SweepSpec): Finding[] {
  const { budget, until, objective, train, prune, dataset } = spec;
  const conflict = (path: Finding['path'], message: string, hint: string): Finding => {
    return { code: 'conflict', path, at: 'value', message, hint };
  };
  const findings: Finding[] = [];
  const trials = countTrials(spec);
  const { epochs } = budget;
  const confirming = mostConfirming(spec);
  const fewest = confirming + spec.seeds.length;
  for (const [what, most, needed] of [
    ['trials', budget.trials, fewest],
    ['epochs', epochs, fewest * train.epochs],
  ] as const) {
    if (confirming === 0 || most === null || most >= needed) continue;
    const kept = what === 'trials' ? confirming : confirming * train.epochs;
    const message = `a budget of ${formatCount(most)} ${what} leaves nothing to choose from: ${formatCount(kept)} are kept to confirm the best`;
    findings.push(conflict(['budget', what], message, `write ${what}: ${needed} or more, or confirm fewer`));
  }
  if (findings.length > 0) return findings;
  // Elsewhere a cohort is a part of what there is.
  const isOneCohort = prune !== null && prune.cohortSize === null;
  if (isOneCohort && budget.trials !== null && budget.trials < trials + confirming) {
    const kept = confirming === 0 ? '' : `, of which ${formatCount(confirming)} are kept to confirm the best,`;
    const message = `${prune.method} compares all ${formatCount(trials)} trials, and a budget of ${formatCount(budget.trials)}${kept} never lets it`;
    findings.push(
      conflict(['budget', 'trials'], message, `write trials: ${trials + confirming}, or leave \`prune\` out`),
    );
  }
  if (epochs !== null && epochs < train.epochs) {
    const message = `a budget of ${count(epochs, 'epoch')} ends before the first trial, which has ${train.epochs}`;
    findings.push(conflict(['budget', 'epochs'], message, `write epochs: ${train.epochs} or more, or train fewer`));
  } else if (epochs !== null && isOneCohort && prune.method === 'halving') {
    const toRung = trials * prune.minEpochs;
    const toEnd = spec.seeds.length * (train.epochs - prune.minEpochs);
    const least = toRung + toEnd + confirming * train.epochs;
    const message = `a budget of ${count(epochs, 'epoch')} ends before the best is trained to the end: ${formatCount(trials)} trials need ${formatCount(toRung)} to the first rung, and the best ${formatCount(toEnd)} more`;
    if (epochs < least) findings.push(conflict(['budget', 'epochs'], message, `write epochs: ${least} or more`));
  } else if (epochs !== null && prune !== null) {
    // A run keeps room to bring one configuration to its end, and begins nothing without it.
    const toEnd = spec.seeds.length * train.epochs;
    const least = toEnd + confirming * train.epochs;
    const message = `a budget of ${count(epochs, 'epoch')} ends before one configuration is trained to the end, which takes ${formatCount(toEnd)}`;
    if (epochs < least) findings.push(conflict(['budget', 'epochs'], message, `write epochs: ${least} or more`));
  }
  if (until !== null && until.metric !== objective.metric && quantityOf(until.metric).goal === null) {
    const message = `${until.metric} has no better end of its own, so nothing is reached by it`;
    findings.push(conflict(['until', 'metric'], message, `use ${objective.metric}, or make it the objective`));
  }
  if (until !== null && dataset.validation === 0) {
    const message = '`validation: 0` leaves nothing that could reach what `until` asks for';
    findings.push(conflict(['dataset', 'validation'], message, 'hold some out, or leave `until` out'));
  }
  if (until?.patience != null && isOneCohort) {
    const message = `${prune.method} compares all ${formatCount(trials)} trials, and \`patience\` would end the sweep before it can`;
    findings.push(
      conflict(['until', 'patience'], message, 'leave one of the two out, or search by what is learnt: `search: auto`'),
    );
  }
  return findings;
}

/** Patience that ends nothing, or by the order in which a file names values: a warning each. */
export function idlePatience(spec: SweepSpec): Finding[] {
  const { until, search, seeds } = spec;
  const patience = until?.patience ?? null;
  if (patience === null) return [];
  const warning = (message: string, hint: string): Finding[] => [
    { code: 'no_effect', isWarning: true, path: ['until', 'patience'], at: 'value', message, hint },
  ];
  const configurations = countTrials(spec) / seeds.length;
  if (patience >= configurations) {
    return warning(
      `\`patience: ${patience}\` ends nothing: there are ${count(configurations, 'configuration')}`,
      'leave it out, or lower it',
    );
  }
  if (search.kind !== 'grid') return [];
  return warning(
    'a grid goes through its values in their order, so `patience` may end it before it comes to better ones',
    'write `search: random`, or one that learns, with `trials: N`',
  );
}

/** Budgets that the whole plan doesn't use up: a warning each. */
export function idleBudget(spec: SweepSpec): Finding[] {
  const { budget, train } = spec;
  const trials = countTrials(spec);
  const all = trials + mostConfirming(spec);
  const most = { trials: all, epochs: all * train.epochs };
  return (['trials', 'epochs'] as const).flatMap((what): Finding[] => {
    const given = budget[what];
    if (given === null || given < most[what]) return [];
    const message = `\`budget\` of ${formatCount(given)} ${what} ends nothing: all there are come to ${formatCount(most[what])}`;
    const path = ['budget', what];
    return [{ code: 'no_effect', isWarning: true, path, at: 'value', message, hint: 'leave it out, or lower it' }];
  });
}
