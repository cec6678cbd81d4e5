/** What pruning comes to, before anything is trained. */
import { expectedBrackets, expectedEpochs, PRUNING, type ExpectedBracket, type Pruning } from '../../search/pruning.ts';
import type { SweepSpec } from '../../sweep-file/spec.ts';
import { count, formatCount } from '../../text/format-number.ts';

/**
 * `halving: of 64 configurations 21 go on after epoch 1, 7 after 3 and 2 after 9: 150 of 640 epochs a seed (23 %)`; of
 * hyperband each bracket.
 */
export function describePruning({ prune: given, train: { epochs } }: SweepSpec, configurations: number): string {
  const prune = given!;
  const { method, cohortSize } = prune;
  const isInTurn = PRUNING[method].comparedWith !== 'the cohort';
  const size = method === 'halving' ? Math.min(cohortSize ?? Infinity, configurations) : configurations;
  const brackets = expectedBrackets(prune, size, epochs).filter((bracket) => bracket.size > 0);
  const steps = brackets.map((bracket) => describeBracket(bracket, prune, configurations));
  const rounds = isInTurn ? `, in cohorts of ${formatCount(cohortSize!)} with all before` : '';
  const trained = expectedEpochs(prune, size, epochs).reduce((sum, one) => sum + one, 0);
  const all = size * epochs;
  const about = isInTurn ? 'about ' : '';
  const share = `${about}${formatCount(trained)} of ${formatCount(all)} epochs a seed (${Math.round((100 * trained) / all)} %)`;
  return `${method}: ${steps.join('; ')}${rounds}: ${share}`;
}

function describeBracket({ rungs, size, survivors }: ExpectedBracket, { method, cohortSize }: Pruning, all: number) {
  const who = `of ${count(size, 'configuration')}`;
  if (rungs.length === 0) return `${formatCount(size)} to the end`;
  const cohort = method === 'halving' && cohortSize !== null && cohortSize < all ? ' of a cohort' : '';
  const steps = rungs.map((epoch, i) => {
    const goOn = survivors[i] === 1 ? 'goes on' : 'go on';
    return `${formatCount(survivors[i]!)} ${i === 0 ? `${goOn} after epoch` : 'after'} ${epoch}`;
  });
  const listed = steps.length < 2 ? steps.join('') : `${steps.slice(0, -1).join(', ')} and ${steps.at(-1)!}`;
  return `${who}${cohort} ${listed}`;
}
