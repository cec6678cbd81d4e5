/** What ranks trials, and what several objectives trade: of metrics that trials have, and each with a direction. */
import { quantityOf } from '../../metrics/index.ts';
import type { Goal } from '../../metrics/metric.ts';
import { metricsCalled } from '../../metrics/short-names.ts';
import type { Finding } from '../issue.ts';
import { OBJECTIVE_PARAMETERS } from '../../model/objective-parameters.ts';
import type { Parameter } from '../../model/parameter.ts';
import { beta } from '../../model/parameters.ts';
import { betterEndBeside, defaultDomain } from '../resolve.ts';
import type { UserSpec } from '../schema.ts';
import { possibleValues } from '../expansion/space.ts';
import { repeated } from './check-axes.ts';
import { type ValidPart, type Path, found } from '../spec-places.ts';

export function checkObjective(spec: ValidPart): Finding[] {
  const { objective } = spec;
  if (objective === undefined) return [];
  const hint = 'add `goal: minimize` or `goal: maximize`';
  return [
    ...checkGoal(objective, quantityOf(objective.metric).goal, ['objective'], hint),
    ...(objective.metric === 'val/objective' ? checkTrainingObjective(spec, ['objective', 'metric']) : []),
  ];
}

/** Several objectives: of different metrics, each with a direction, and none that a trial of the plan can't have. */
export function checkObjectives(spec: ValidPart): Finding[] {
  const { objectives = [], prune, seeds } = spec;
  const [first] = objectives;
  if (first === undefined) return [];
  const metrics = objectives.map(({ metric }) => metric);
  if (objectives.length === 1) {
    const goal = quantityOf(first.metric).goal === null ? `, goal: ${first.goal ?? 'minimize'}` : '';
    const hint = `write \`objective: { metric: ${first.metric}${goal} }\`, or name another`;
    return [found('conflict', ['objectives'], 'one objective alone is nothing to trade', hint)];
  }
  return [
    ...repeated(metrics).map(({ text, at }) => found('duplicate', ['objectives', at], `${text} is named twice`)),
    ...objectives.flatMap((one, i) => [
      ...checkGoal(
        one,
        betterEndBeside(one.metric),
        ['objectives', i],
        `write { metric: ${one.metric}, goal: minimize }, or maximize`,
      ),
      ...(one.metric === 'val/objective' ? checkTrainingObjective(spec, ['objectives', i]) : []),
    ]),
    ...(prune === undefined || prune === null
      ? []
      : [
          found(
            'conflict',
            ['prune'],
            `a pruned configuration never has ${metrics.join(' and ')} of a whole training, though it may belong to the Pareto set: pruning looks at one metric`,
            'leave `prune` out, or `objectives`',
            'key',
          ),
        ]),
    ...(typeof seeds !== 'object' || !('confirm' in seeds)
      ? []
      : [
          found(
            'conflict',
            ['seeds', 'confirm'],
            `what isn't among the best by one metric is never confirmed, though it may belong to the Pareto set: its few seeds can't be held against the means of the others`,
            `write seeds: ${seeds.confirm}, or leave \`objectives\` out`,
          ),
        ]),
  ];
}

/** Most metrics are better at one end, `known`; where one isn't, the spec has to say which end it means. */
function checkGoal({ metric, goal }: UserSpec['objective'], known: Goal | null, path: Path, hint: string): Finding[] {
  // Of a module that was not read nobody knows which end is better.
  if (metricsCalled(metric).length === 0) return [];
  if (known === null && goal === undefined) {
    const message = `${metric} has no better end of its own, so \`goal\` must say which one you want`;
    const at = path.length === 1 ? [...path, 'metric'] : path;
    return [found('missing_key', at, message, hint)];
  }
  if (known === null || goal === undefined || goal === known) return [];
  const better = known === 'maximize' ? 'larger' : 'smaller';
  const message = `\`${metric}\` is better when it is ${better}: ${goal} would rank the worst first`;
  return [found('conflict', [...path, 'goal'], message, `write \`goal: ${known}\`, or leave it out`)];
}

/** What decides what a trial minimises. */
const OBJECTIVE_OF: readonly Parameter[] = [
  beta,
  ...OBJECTIVE_PARAMETERS.filter(({ name }) => name !== 'log_variance_bound'),
];

function checkTrainingObjective({ parameters = {}, when = [], ...spec }: ValidPart, path: Path): Finding[] {
  const swept = OBJECTIVE_OF.filter((one) => {
    const axis = { parameter: one.name, domain: parameters[one.name] ?? defaultDomain(one) };
    const possible = possibleValues({ axes: [], when }, axis);
    const tried = spec.try?.flatMap((other) => other[one.name] ?? []) ?? [];
    return possible === undefined || new Set([...possible, ...tried]).size > 1;
  });
  if (swept.length === 0) return [];
  const names = swept.map(({ name }) => name).join(' and ');
  const message =
    `val/objective is what a trial minimises, and ${names} ${swept.length === 1 ? 'is' : 'are'} swept: ` +
    'trials of different objectives can not be ranked by it';
  return [found('conflict', path, message, 'use val/elbo, which takes β = 1 for every trial')];
}
