import { z } from 'zod';

/**
 * Validates with the one branch that fits the shape of the input, whose messages then say what is wrong with it; a
 * union would only say "Invalid input". Editors are told of all branches.
 */
export function byShape<Output>(
  branches: readonly z.ZodType<Output>[],
  pick: (input: unknown) => z.ZodType<Output>,
): z.ZodType<Output> {
  const anyOf = branches.map((branch) => {
    const schema = z.toJSONSchema(branch, { target: 'draft-7', io: 'input' });
    delete schema.$schema;
    return schema;
  });
  return z
    .unknown()
    .transform((input, context): Output => {
      const result = pick(input).safeParse(input);
      if (result.success) return result.data;
      for (const issue of result.error.issues)
        context.issues.push({ ...issue, input } as (typeof context.issues)[number]);
      return z.NEVER;
    })
    .meta({ anyOf });
}
