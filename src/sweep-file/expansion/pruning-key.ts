import { createHash } from 'node:crypto';
import { NUMERICS_VERSION } from '../../trial/identity.ts';
import type { LearnedSearch } from './learned-search.ts';
import type { SweepSpec } from '../spec.ts';

/** Raise when the same results would be judged otherwise. */
const PRUNING_VERSION = 2;

/**
 * A hash of all that verdicts depend on but results and who takes part: under another one, cohorts are judged anew.
 * Undefined where nothing is pruned.
 */
export function pruningKey(
  { prune, objective, seeds, own }: SweepSpec,
  search: LearnedSearch | undefined,
): string | undefined {
  if (prune === null) return undefined;
  const facts: unknown[] = [PRUNING_VERSION, NUMERICS_VERSION, prune, objective, seeds, search?.key ?? null];
  const used = [...own.likelihoods, ...own.metrics].map(({ hash }) => hash);
  if (used.length > 0) facts.push(used);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}
