import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConditionIndex, matches } from '../../../src/sweep-file/expansion/condition-index.ts';
import type { Condition } from '../../../src/sweep-file/spec.ts';

const number = fc.integer({ min: 1, max: 4 });
const values = {
  architecture: fc.constantFrom('mlp' as const, 'conv' as const),
  hidden: fc.array(number, { minLength: 1, maxLength: 2 }),
  beta: number,
  latentDim: number,
};
const chosen = fc.record(values, { requiredKeys: [] });
const listOf = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(value, { minLength: 1, maxLength: 30 });
const condition = fc
  .record(
    {
      architecture: listOf(values.architecture),
      hidden: listOf(values.hidden),
      beta: listOf(values.beta),
      latentDim: listOf(values.latentDim),
    },
    { requiredKeys: [] },
  )
  .filter((fields) => Object.keys(fields).length > 0) as fc.Arbitrary<Condition>;

it('finds the last condition that holds, as asking each of them would (issue 10, line 18)', () => {
  fc.assert(
    fc.property(fc.array(condition, { maxLength: 20 }), chosen, (conditions, values) => {
      const asked = conditions.findLastIndex((one) => matches(one, values));
      expect(new ConditionIndex(conditions).last(values)).toBe(asked);
    }),
    { numRuns: 1000 },
  );
});
