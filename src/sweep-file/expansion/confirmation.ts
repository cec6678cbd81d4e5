import { createHash } from 'node:crypto';
import { condition } from '../../model/condition.ts';
import { likelihoodFamily } from '../../model/likelihoods/index.ts';
import type { Parameter } from '../../model/parameter.ts';
import { likelihood } from '../../model/parameters.ts';
import { NUMERICS_VERSION, trialId } from '../../trial/identity.ts';
import type { ConfigId, TrialPlan } from '../../trial/trial.ts';
import { countTrials } from './expand.ts';
import { allLikelihoods } from '../own-definitions.ts';
import { possibleValues } from './space.ts';
import type { SweepSpec } from '../spec.ts';

/** Raise when the same results would lead to another choice. */
const CHOICE_VERSION = 1;

/** How a sweep confirms its best configurations with more seeds. */
export interface Confirmation {
  /** So many of each family. */
  readonly top: number;
  /** Those that the screening didn't have. */
  readonly seeds: readonly number[];
  /** Trials that are added to the plan at most. */
  readonly most: number;
  /** A hash of all that the places of a choice depend on but results. @param screened what is chosen from, in the plan's order */
  keyOf(screened: readonly ConfigId[]): string;
  /** All chosen configurations with the first of the seeds, then with the second. @param chosen a trial of each */
  trialsOf(chosen: readonly TrialPlan[]): TrialPlan[];
}

/** Of a spec as `effectiveSettings` leaves it; undefined where nothing is confirmed. */
export function confirmationOf(spec: SweepSpec, fingerprint: string): Confirmation | undefined {
  const { confirm, seeds: screening, objective, prune, budget, until } = spec;
  if (confirm === null) return undefined;
  const { top, seeds } = confirm;
  return {
    ...{ top, seeds },
    most: mostConfirming(spec),
    keyOf(screened) {
      const facts = [CHOICE_VERSION, NUMERICS_VERSION, screening, objective, prune, budget, until, screened];
      return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
    },
    trialsOf(chosen) {
      return seeds.flatMap((seed) =>
        chosen.map((plan): TrialPlan => {
          return { ...plan, id: trialId(plan.config, fingerprint, seed), seed, phase: 'confirm' };
        }),
      );
    },
  };
}

/** How many trials a spec's confirmation comes to at most; fewer where fewer configurations complete. */
export function mostConfirming(spec: SweepSpec): number {
  if (spec.confirm === null) return 0;
  const configurations = countTrials(spec) / spec.seeds.length;
  return Math.min(configurations, spec.confirm.top * scalesOf(spec)) * spec.confirm.seeds.length;
}

/** Scales of values that the sweep may have: of one family of likelihoods, and told labels or not. */
function scalesOf(spec: SweepSpec): number {
  const valuesOf = ({ name }: Parameter): string[] => {
    const axis = spec.axes.find(({ parameter }) => parameter === name);
    const values = [...((axis && possibleValues(spec, axis)) ?? []), ...spec.tried.flatMap((one) => one[name] ?? [])];
    return [...new Set(values.map(String))];
  };
  const families = new Set(valuesOf(likelihood).map((name) => likelihoodFamily(name, allLikelihoods(spec.own))));
  return Math.max(1, families.size) * Math.max(1, valuesOf(condition).length);
}
