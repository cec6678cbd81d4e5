/** How a spec says which seeds to train: how many, or which; or few for all, and more for the best. */
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

const stages = z
  .strictObject({
    screen: z
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .describe('Every configuration is trained with seeds 0, 1, … of this many.'),
    confirm: z
      .int()
      .min(1)
      .max(10_000)
      .describe('The best ones have this many at the end, those of the screening among them: more than `screen`.'),
    top: z
      .int()
      .min(1)
      .max(10_000)
      .default(3)
      .describe('How many of the best configurations are confirmed, of each kind of likelihood.'),
  })
  .superRefine(({ screen, confirm }, context) => {
    if (confirm > screen) return;
    const message = `\`confirm: ${confirm}\` leaves no seed to confirm with: all configurations have ${screen} from the screening`;
    const hint = `write confirm: ${screen + 3} or more`;
    context.addIssue({ code: 'custom', path: ['confirm'], message, params: { code: 'conflict', hint } });
  })
  .describe('Few seeds for all configurations, and more for the best ones: { screen: 1, confirm: 5, top: 3 }.');

/** Few seeds for all configurations, and more for the best ones, before one of them is called the winner. */
export type StagedSeeds = z.output<typeof stages>;
export const STAGES = Object.keys(stages.shape);

function isMapping(input: unknown): boolean {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

export const seedsSchema = byShape<readonly number[] | StagedSeeds>([seedCount, seedList, stages], (input) =>
  isMapping(input) ? stages : Array.isArray(input) ? seedList : seedCount,
)
  .default([0])
  .meta({ default: 1 })
  .describe(
    'How many times each configuration is trained (seeds 0, 1, …), or the list of seeds; or { screen: 1, confirm: 5, top: 3 }: all once, and then the best 3 with seeds 1 to 4, by which they are ranked.',
  );
