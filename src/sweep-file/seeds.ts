/** How a spec says which seeds to train: how many, or which. */
import { z } from 'zod';
import { byShape } from './by-shape.ts';

const seedCount = z
  .int()
  .min(1)
  .max(10_000)
  .transform((count) => Array.from({ length: count }, (_, i) => i));
const seedList = z
  .array(z.int().min(0))
  .min(1)
  .max(10_000)
  .superRefine((seeds, context) => {
    const seen = new Set<number>();
    for (const [i, seed] of seeds.entries()) {
      if (seen.has(seed)) {
        const message = `seed ${seed} is listed twice`;
        context.addIssue({ code: 'custom', path: [i], message, params: { code: 'duplicate' } });
      }
      seen.add(seed);
    }
  });

export const seedsSchema = byShape<readonly number[]>([seedCount, seedList], (input) =>
  Array.isArray(input) ? seedList : seedCount,
)
  .default([0])
  .meta({ default: 1 })
  .describe('How many times each configuration is trained (seeds 0, 1, …), or the list of seeds.');
