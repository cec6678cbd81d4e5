import { z } from 'zod';
import { VERDICTS } from '../src/search/halving.ts';
import { TRIAL_STATES as STATES } from '../src/trial/state.ts';
import { SWEEP_STATES, id, whole, time, numbers, config, marks, trainedOn } from './parts.ts';

const point = z.object({ epoch: whole, value: z.number() });
const verdict = z.object({
  kind: z.string(),
  text: z.string(),
  latents_in_use: z.object({ used: whole, of: whole }).nullable(),
  evidence: z.record(z.string(), z.unknown()).describe('The numbers that it rests on.'),
});
/** Which trial, and what became of it. */
const head = {
  ...{ sweep: z.string(), trial: id, config_id: id, seed: z.int() },
  ...{ state: z.enum(STATES), cause: z.string().nullable() },
};
const run = z
  .object({
    ...{ started_at: time, ended_at: time.nullable() },
    seen_at: time.describe('Its end; of a run that was killed its last sign of life.'),
    cpu_seconds: z.number().nullable().describe('Of its processes; null where it is not known.'),
    outcome: z.enum(['finished', 'interrupted', 'failed']).nullable(),
    spec: z.string(),
    overrides: z.array(z.string()),
    versions: z.record(z.string(), z.unknown()),
    ...{ host: z.string(), platform: z.string(), processor: z.string(), cores: whole, git: z.unknown() },
  })
  .describe('The run that trained it.');

export const trials = z.object({
  schema: z.literal('vae-sweep.trials/1'),
  sweep: z.string(),
  state: z.enum(SWEEP_STATES),
  metric: z.string(),
  best: id.nullable(),
  verdicts: z.record(z.string(), whole).describe('How many trials have each.'),
  ...marks,
  trials: z.array(
    z.object({
      ...{ trial: id, config_id: id, seed: z.int(), state: z.enum(STATES), config },
      ...{ value: z.number().nullable(), verdict, curve: z.array(point) },
      bit_class: z.string().nullable().describe('What computed it; null where that is not on record.'),
      ...marks,
    }),
  ),
});

export const gallery = z.object({
  schema: z.literal('vae-sweep.gallery/1'),
  ...{ sweep: z.string(), panel: z.string(), title: z.string(), texts: z.array(z.string()) },
  ...{ file: z.string(), width: whole, height: whole, configurations: whole, omitted: whole },
  cells: z.array(
    z.object({
      ...{ trial: id, seed: z.int(), config, rank: whole.nullable(), elbo: z.number().nullable() },
      ...{ x: whole, y: whole, width: whole, height: whole, missing: z.string().nullable() },
    }),
  ),
});

export const reproduce = z.object({
  schema: z.literal('vae-sweep.reproduce/1'),
  trial: id,
  same: z.boolean(),
  compared: z.looseObject({ compared: whole, epochs: whole, differing: whole }),
  weights_same: z.boolean().nullable(),
  bit_class: z.object({ before: z.string().nullable(), now: z.string().nullable() }),
  interrupted: z.boolean(),
  cause: z.string().nullable(),
});

export const show = z.object({
  schema: z.literal('vae-sweep.show/1'),
  ...head,
  config,
  train: z.object({ epochs: whole, batch_size: whole, clip_norm: z.number().nullable() }),
  dataset: z.record(z.string(), z.unknown()),
  best: z.object({ epoch: whole, metrics: numbers }).nullable(),
  last: z.object({ epoch: whole, metrics: numbers }).nullable(),
  curve: z.object({ metric: z.string(), points: z.array(point) }),
  curves: z.record(z.string(), z.array(point)).describe('Every metric by epoch.'),
  verdict,
  run: run.nullable(),
  kl_per_dimension: z.array(z.number()).nullable(),
  trainable_weights: whole.nullable(),
  epochs: whole,
  seconds: z.number(),
  cpu_seconds: z.number().nullable().describe('Of the thread that trained it; null where it is not known.'),
  device: z.string().nullable(),
  reused_from: z.string().nullable(),
  attempts: z.array(
    z.object({
      attempt: whole,
      device: z.string().nullable(),
      engine: z.string().nullable(),
      bit_class: z.string().nullable(),
      started_at: time,
      ended_at: time.nullable(),
      outcome: z.string().nullable(),
      cause: z.string().nullable(),
    }),
  ),
  superseded: z.array(
    z.object({
      ...{ attempt: whole, device: z.string(), told_at: time, outcome: z.string(), cause: z.string().nullable() },
      ...{ epoch: whole, metrics: numbers },
    }),
  ),
  files: z.array(z.string()),
  bracket: z
    .object({
      bracket: whole,
      of: whole,
      first_rung: whole.describe(
        'After which epoch it is judged for the first time; the last epoch in the last bracket.',
      ),
    })
    .nullable()
    .describe('Where its configuration was dealt to, with `method: hyperband`.'),
  rungs: z
    .array(
      z.object({
        cohort: whole,
        epoch: whole,
        metric: z.string(),
        value: z.number().nullable(),
        place: whole.nullable(),
        among: whole.nullable(),
        verdict: z.enum(VERDICTS),
      }),
    )
    .describe('What became of its configuration at each rung that it was judged at.'),
  warnings: z.array(z.string()),
  in_plan: z.boolean(),
  trained_on: trainedOn,
  bit_class: z.string().nullable(),
  proposal: z
    .object({
      position: whole.describe('From 0, of its search.'),
      sampler: z.string().describe('`try`, `even`, or the search that had learnt.'),
      seen: whole.describe('Results that it follows from.'),
      lessons: whole.describe('Configurations of other sweeps that it knew.'),
      lessons_of: z.string().nullable().describe('Of which sweeps; null for none.'),
      best: z.object({ metric: z.string(), value: z.number() }).nullable().describe('The best of the results.'),
    })
    .nullable()
    .describe('How a search that learns came to it.'),
  ...marks,
});

export const exportedTrial = z.object({
  ...head,
  ...{ params: config, metrics: numbers, best_epoch: whole.nullable(), epochs: whole, seconds: z.number() },
  ...{ trainable_weights: whole.nullable(), device: z.string().nullable(), attempts: whole },
  ...{ reused_from: z.string().nullable(), in_plan: z.boolean() },
  ...trainedOn.shape,
  cpu_seconds: z.number().nullable(),
  bit_class: z.string().nullable(),
  ...marks,
});
export const exportedMetric = z.object({
  ...{ sweep: z.string(), trial: id, attempt: whole, epoch: whole, step: whole, name: z.string(), value: z.number() },
});
