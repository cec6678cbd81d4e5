import { z } from 'zod';
import {
  SWEEP_STATES,
  id,
  whole,
  config,
  goal,
  units,
  next,
  ends,
  estimate,
  trainedOn,
  stateCounts,
  lost,
  marks,
  warning,
} from './parts.ts';

export const report = z.object({
  schema: z.literal('vae-sweep.report/1'),
  sweep: z.string(),
  metric: z.string(),
  goal: goal.nullable().describe('Null where the metric has no better end.'),
  trials: stateCounts.extend({ total: whole }),
  best: z.array(
    z.object({
      rank: whole,
      config,
      n: whole.describe('Completed seeds that have the metric.'),
      tied: z.boolean(),
      metrics: z.record(z.string(), estimate),
      trials: z.array(id),
      standing: z.enum(['best', 'tied', 'unclear', 'worse', 'lost', 'pruned', 'screened']).nullable(),
      vs_best: z.object({ mean: z.number(), ...ends, method: z.string() }).nullable(),
      lost,
      tags: z.array(z.string()).describe('That any of its trials has.'),
    }),
  ),
  warnings: z.array(warning),
  untested: z.array(id),
  outside_plan: whole,
  trained_on: trainedOn.nullable(),
  state: z.enum(SWEEP_STATES),
  where: z.string().nullable(),
  epoch: z.enum(['best', 'last']),
  swept: z.array(z.string()).describe('Parameters that differ.'),
  same_everywhere: z.array(z.object({ name: z.string(), value: z.unknown(), where_used: z.boolean() })),
  units,
  unranked: z.array(z.object({ config, planned: whole, lost })).describe('Configurations without a result.'),
  omitted: whole.describe('Ranked configurations that --best left out.'),
  edges: z
    .array(z.object({ parameter: z.string(), value: z.number(), end: z.enum(['smallest', 'largest']) }))
    .describe('Values of the best that are at an end of what was tried.'),
  confirmation: z
    .object({
      screened: whole.describe('Configurations that were chosen from.'),
      confirmed: whole.describe('Those of them that are ranked by further seeds.'),
      chosen_by: z.array(whole).describe('The seeds of the choice.'),
      judged_by: z.array(whole).describe('Those of the ranking.'),
    })
    .nullable()
    .describe('Null where the spec asks for none (`seeds.confirm`).'),
  tested: z.object({ rank: whole.nullable(), config }).nullable(),
  collapsed: z.array(id).describe('Trials whose latent code is not used.'),
  outdated: whole,
  next,
  ...marks,
  pareto: z
    .object({
      ...{ rate: z.string(), distortion: z.string() },
      configurations: z.array(z.object({ config_id: id, rank: whole })),
      of: whole.describe('Configurations of which every seed has a result.'),
      left_out: whole.describe('Those that lost seeds or wait for some.'),
    })
    .nullable()
    .describe('Pareto-optimal in rate and distortion, by means over seeds.'),
  objectives: z
    .object({
      traded: z.array(
        z.object({
          ...{ metric: z.string(), goal, reference: z.number().nullable() },
          reference_given: z.boolean().describe('By the spec; otherwise it is the worst mean.'),
        }),
      ),
      hypervolume: z.number().describe('Of the means of the set, up to the references.'),
      configurations: z
        .array(
          z.object({
            ...{ config_id: id, rank: whole.nullable(), config, metrics: z.record(z.string(), estimate) },
            certain: z
              .boolean()
              .nullable()
              .describe('Whether the seeds tell that it belongs to the set; null where no noise is known.'),
          }),
        )
        .describe('The Pareto set, best in the first objective first.'),
      of: whole.describe('Configurations of which every seed has a result.'),
      left_out: whole.describe('Those that lost seeds or wait for some.'),
    })
    .nullable()
    .describe('Where the spec names several objectives.'),
  answers: z
    .object({
      found: z.object({ message: z.string() }),
      cost: z.object({
        ...{ message: z.string(), trials: whole, epochs: whole, seconds: z.number() },
        epochs_saved: whole.describe('That pruned trials were spared.'),
        taken_over: whole.describe('Results that other sweeps had; none of the trials.'),
      }),
      mattered: z.object({
        message: z.string(),
        after_epoch: whole.nullable().describe('Where some were pruned, and all are looked at after so many epochs.'),
        parameters: z.array(
          z.object({
            parameters: z.array(z.string()).describe('Several that always change together.'),
            ...{ share: z.number(), low: z.number().nullable(), high: z.number().nullable() },
            hardly: z.boolean().describe('Whether the share is small, and surely so.'),
          }),
        ),
      }),
      next: z.object({
        message: z.string(),
        kind: z.string().describe('`refined` where there is a next spec, else why there is none.'),
        command: z.string().nullable().describe('What writes it.'),
        parameters: z.array(
          z.object({ parameter: z.string(), kind: z.enum(['extended', 'narrowed', 'chosen', 'kept', 'fixed']) }),
        ),
      }),
      course: z
        .array(
          z.object({
            ...{ config_id: id, end: z.enum(['completed', 'pruned', 'lost', 'open']) },
            sampler: z
              .string()
              .nullable()
              .describe('`try`, `even` (before anything was learnt) or the search that had learnt; null for a plan.'),
            value: z
              .number()
              .nullable()
              .describe('Mean over the seeds that it was first trained with; of a pruned one up to its last rung.'),
            epochs: whole,
            best_so_far: z.number().nullable().describe('Of those that completed.'),
          }),
        )
        .describe('Configurations in the order of the plan.'),
    })
    .nullable()
    .describe('What a search, or pruning, came to; null for a grid of which nothing was pruned.'),
  seed_advice: z
    .object({
      ...{ message: z.string(), gap: z.number(), power: z.number(), seeds: whole },
      needed: whole.nullable().describe('Seeds each, in all, to tell the first two; null where it is not worth it.'),
      ...{ list: z.array(whole).nullable(), trials: whole.nullable(), seconds: z.number().nullable() },
      command: z.string().nullable().describe('Runs them; null where the spec is not found here.'),
    })
    .nullable(),
});
