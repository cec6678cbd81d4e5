import { matches } from '../expansion/condition-index.ts';
import type { Chosen } from '../expansion/space.ts';
import type { Domain, SweepSpec } from '../spec.ts';

/** What a rule does about one parameter. */
export interface Effect {
  /** Indices of the cases in which the rule holds and that have the parameter. */
  readonly applies: Set<number>;
  wins: number;
  /** Whether it ever gives other values than there would be without it. */
  changes: boolean;
  /** Later rules that set the same in some of these cases. */
  readonly losesTo: Set<number>;
}
/** Of the rule at an index about a parameter that it sets. */
export type EffectOf = (rule: number, parameter: string) => Effect;

export function ruleEffects({ when, axes }: SweepSpec, cases: readonly Chosen[]): EffectOf {
  const effects = new Map<string, Effect>();
  const effectOf: EffectOf = (rule, parameter) => effects.get(`${rule} ${parameter}`)!;
  for (const [i, rule] of when.entries()) {
    for (const parameter of Object.keys(rule.then))
      effects.set(`${i} ${parameter}`, { applies: new Set(), wins: 0, changes: false, losesTo: new Set() });
  }
  for (const [index, chosen] of cases.entries()) {
    const holding = [...when.keys()].filter((i) => matches(when[i]!.if, chosen));
    for (const { parameter, domain } of axes) {
      if (!(parameter in chosen)) continue;
      const setters = holding.filter((i) => when[i]!.then[parameter]);
      const winner = setters.at(-1);
      if (winner === undefined) continue;
      for (const i of setters) {
        const effect = effectOf(i, parameter);
        effect.applies.add(index);
        if (i !== winner) effect.losesTo.add(winner);
      }
      const effect = effectOf(winner, parameter);
      const runnerUp = setters.at(-2);
      const otherwise = runnerUp === undefined ? domain : when[runnerUp]!.then[parameter]!;
      effect.wins++;
      effect.changes ||= !isSameDomain(when[winner]!.then[parameter]!, otherwise);
    }
  }
  return effectOf;
}

function isSameDomain(a: Domain, b: Domain): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
