import { z } from 'zod';
import { id, whole, config, goal, units, ends, estimate, trainedOn, lost } from './parts.ts';

const side = z.object({
  label: z.string(),
  sweep: z.string().optional().describe('Where the sides are of several sweeps.'),
  where: z.record(z.string(), z.unknown()),
  unmatched: z.array(id),
  lost: lost.extend({ of: whole }),
});
export const compare = z.object({
  schema: z.literal('vae-sweep.compare/1'),
  sweep: z.string(),
  where: z.string().nullable(),
  metric: z.string(),
  goal,
  sentence: z.string(),
  left: side,
  right: side,
  pairs: z.array(z.object({ left: id, right: id })),
  planned_pairs: whole,
  differs: z.array(z.string()),
  varies: z.array(z.string()),
  metrics: z.record(
    z.string(),
    z.object({
      left: z.number(),
      right: z.number(),
      difference: estimate.extend({ p: z.number().nullable() }).describe('Right minus left.'),
      pairs: whole,
      verdict: z.enum(['better', 'worse', 'unclear']).nullable().describe('Of the right side.'),
    }),
  ),
  ratio: z.object({ trainable_weights: z.number().nullable(), seconds: z.number().nullable() }),
  notes: z.array(z.string()),
  units,
  divergence_p: z.number().nullable(),
  outside_plan: whole,
  trained_on: trainedOn,
});

const interval = z.object({ mean: z.number(), low: z.number().nullable(), high: z.number().nullable() });
export const compareSeveral = z.object({
  schema: z.literal('vae-sweep.compare-several/1'),
  ...{ sweep: z.string(), where: z.string().nullable(), metric: z.string(), goal, sentence: z.string() },
  reference: z.string(),
  is_best: z.boolean().describe('The reference is the best by these figures.'),
  settings: z.array(
    side.extend({
      metrics: z.record(
        z.string(),
        z
          .object({
            mean: z.number(),
            difference: interval.nullable().describe('From the reference; the intervals hold together at 95 %.'),
            verdict: z.enum(['better', 'worse', 'unclear']).nullable(),
          })
          .nullable(),
      ),
    }),
  ),
  blocks: z.array(z.array(id)).describe('Trials of one seed and equal other parameters, in order of the settings.'),
  planned_blocks: whole,
  ...{ differs: z.array(z.string()), varies: z.array(z.string()), notes: z.array(z.string()), units },
  outside_plan: whole,
  trained_on: trainedOn,
});

const number = z.number().nullable();
const share = z.object({ share: z.number(), ...ends }).describe('Of the variance, with its 95 % interval.');
export const effects = z.object({
  schema: z.literal('vae-sweep.effects/1'),
  sweep: z.string(),
  where: z.record(z.string(), z.unknown()).nullable(),
  all: z.boolean(),
  metric: z.string(),
  goal: goal.nullable(),
  trained_on: trainedOn.nullable(),
  epoch: whole
    .nullable()
    .describe('After how many epochs all trials are looked at, where some were pruned; else null.'),
  method: z.enum(['grid', 'polynomials', 'forest', 'none']),
  trials: z.object({ total: whole, completed: whole, lost: whole }),
  configurations: whole,
  parameters: z.array(
    z.object({
      parameters: z.array(z.string()),
      within: config.nullable(),
      share: share.nullable(),
      levels: z.array(
        z.object({
          value: z.unknown(),
          bin: z.object({ from: z.number(), to: z.number() }).nullable(),
          ...{ trials: whole, completed: whole, lost: lost.extend({ pruned: whole }), configurations: whole },
          ...{ mean: number, best: number, spread: number, reconstruction: number, kl: number },
        }),
      ),
      extremes: z.object({ best: whole, worst: whole }).nullable(),
      tied: z.array(whole).describe('Positions of levels that can not be told from the best.'),
    }),
  ),
  untold: whole.describe('Parameters that differ, and were not asked for.'),
  interaction: z
    .object({
      parameters: z.array(z.string()),
      share,
      turn: z.object({ of: z.string(), values: z.array(z.unknown()), best: z.array(z.unknown()) }).nullable(),
    })
    .nullable(),
  ...{ seeds: number, rest: number, seed_deviation: number, foretold: number },
  sentences: z.array(z.string()),
});
