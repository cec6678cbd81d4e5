/** Pruning that could never prune, or by what a pruned trial can't have. */
import { isAnnealing } from '../../model/annealing.ts';
import { allRungs, PRUNING } from '../../search/pruning.ts';
import { count } from '../../text/format-number.ts';
import { configurationsOf } from '../expansion/expand.ts';
import type { Finding } from '../issue.ts';
import { isLearning, type SweepSpec } from '../spec.ts';

/** What a configuration has at every epoch, and is better at the end for having more of at a rung. */
const PRUNABLE_METRICS: readonly string[] = ['val/elbo', 'val/reconstruction', 'val/bits_per_dim'];

/** So many configurations are looked at. */
const LOOKED_AT = 5_000;

export function checkPruning(spec: SweepSpec): Finding[] {
  const { prune, train, dataset, objective, search } = spec;
  if (prune === null) return [];
  const { epochs } = train;
  const conflict = (path: Finding['path'], message: string, hint: string): Finding[] => [
    { code: 'conflict', path, at: 'value', message, hint },
  ];
  const { method, minEpochs, eta } = prune;
  const { comparedWith } = PRUNING[method];
  const rungs = allRungs(prune, epochs);
  if (rungs.length === 0) {
    const trained = `the training has ${count(epochs, 'epoch')}, and the first rung is after ${minEpochs}`;
    const hint = epochs === 1 ? 'train more epochs' : `train more, or write min_epochs: ${epochs - 1} or less`;
    const path = minEpochs === 1 ? ['train', 'epochs'] : ['prune', 'min_epochs'];
    return conflict(path, `${method} has no rung to prune at: ${trained}`, hint);
  }
  if (dataset.validation === 0) {
    return conflict(
      ['dataset', 'validation'],
      '`validation: 0` leaves nothing to prune by',
      'hold some out, or leave `prune` out',
    );
  }
  if (!PRUNABLE_METRICS.includes(objective.metric)) {
    return conflict(
      ['objective', 'metric'],
      `${objective.metric} of a trial that is cut short says nothing of what it would come to, so it can't be pruned by it`,
      `prune by ${PRUNABLE_METRICS.join(', ')}, or leave \`prune\` out`,
    );
  }
  if (isLearning(search) && search.lookahead === 1 && comparedWith === 'the cohort') {
    return conflict(
      ['lookahead'],
      `a search that learns prunes in cohorts of \`lookahead\` configurations, and one alone has nobody to be compared with`,
      `write lookahead: ${eta ** 2}`,
    );
  }
  let configurations = 0;
  for (const parameters of configurationsOf(spec)) {
    if (++configurations > LOOKED_AT) break;
    if (!rungs.every((epoch) => isAnnealing({ parameters, epochs }, epoch))) continue;
    const first = Array.from({ length: epochs - 1 }, (_, i) => i + 1).find(
      (epoch) => !isAnnealing({ parameters, epochs }, epoch),
    );
    const places =
      rungs.length === 1 ? `the rung after epoch ${rungs[0]} is` : `all rungs (after epoch ${rungs.join(', ')}) are`;
    return conflict(
      ['prune'],
      `${places} inside an annealing of beta or capacity, and nothing is pruned there`,
      first === undefined ? 'train more epochs, or leave `prune` out' : `write min_epochs: ${first}`,
    );
  }
  if (configurations < 2) {
    return conflict(['prune'], 'there is one configuration, and nobody to compare it with', 'leave `prune` out');
  }
  return [];
}
