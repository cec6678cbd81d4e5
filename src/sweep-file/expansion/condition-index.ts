import type { Chosen } from './space.ts';
import type { ParameterValue } from '../../model/parameter.ts';
import type { Condition } from '../spec.ts';

/** A condition that lists more combinations of values than this is asked, not looked up. */
const MAX_COMBINATIONS = 256;

/** Conditions on the same parameters: which of them holds for these values, the last if several do. */
interface Table {
  readonly names: readonly string[];
  readonly last: Map<string, number>;
}

/**
 * Finds which of many conditions hold without asking each: a spec may have a thousand of them, and a hundred thousand
 * configurations.
 */
export class ConditionIndex {
  readonly #tables = new Map<string, Table>();
  readonly #long: { readonly condition: Condition; readonly position: number }[] = [];

  constructor(conditions: readonly Condition[]) {
    for (const [position, condition] of conditions.entries()) {
      const names = Object.keys(condition).sort();
      const lists = names.map((name) => condition[name]!);
      if (lists.reduce((count, values) => count * values.length, 1) > MAX_COMBINATIONS) {
        this.#long.push({ condition, position });
        continue;
      }
      const signature = names.join();
      let table = this.#tables.get(signature);
      if (table === undefined) this.#tables.set(signature, (table = { names, last: new Map() }));
      for (const key of combinations(lists)) table.last.set(key, position);
    }
  }

  /** Position of the last condition that holds; -1 if none does. */
  last(chosen: Chosen): number {
    let last = -1;
    for (const { names, last: positions } of this.#tables.values()) {
      last = Math.max(last, positions.get(names.map((name) => keyOf(chosen[name])).join()) ?? -1);
    }
    const long = this.#long.findLast(({ condition }) => matches(condition, chosen));
    return Math.max(last, long?.position ?? -1);
  }
}

export function matches(condition: Condition, chosen: Chosen): boolean {
  return Object.entries(condition).every(([parameter, values]) => {
    const key = keyOf(chosen[parameter]);
    return values.some((value) => keyOf(value) === key);
  });
}

function combinations(lists: readonly (readonly ParameterValue[])[]): string[] {
  return lists
    .reduce<string[][]>((keys, values) => keys.flatMap((key) => values.map((value) => [...key, keyOf(value)])), [[]])
    .map((key) => key.join());
}

/** Equal for equal values, lists included. */
function keyOf(value: ParameterValue | undefined): string {
  return typeof value === 'number' ? String(value) : value === undefined ? '' : JSON.stringify(value);
}
