/**
 * What programs may rely on in each JSON answer. `npm run schema` writes it as JSON Schema beside this file; a test holds
 * real answers to it. New members may come; those here stay. No command loads this.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { TRIAL_STATES as STATES } from '../src/trial/state.ts';

const SWEEP_STATES = ['running', 'interrupted', 'finished', 'failed'] as const;

const id = z.string().regex(/^[0-9a-f]+$/);
const whole = z.int().min(0);
const time = z.iso.datetime();
const numbers = z.record(z.string(), z.number());
const config = z.record(z.string(), z.unknown()).describe('Parameters, as a spec has them.');
const goal = z.enum(['maximize', 'minimize']);
const units = z.record(z.string(), z.string()).describe('Unit of each metric that is named here.');
const next = z.array(z.string()).describe('Commands that lead on.');
const ends = { low: z.number().nullable(), high: z.number().nullable() };
const estimate = z
  .object({ mean: z.number(), ...ends, values: z.array(z.number()) })
  .describe('Mean over seeds, its 95 % interval (null with one seed), and the values by seed.');
const trainedOn = z.object({
  dataset: z.string(),
  binarization: z.string(),
  train_images: whole.nullable(),
  validation_images: whole.nullable(),
  batch_size: whole.nullable(),
  clip_norm: z.number().nullable(),
  planned_epochs: whole.nullable(),
  numerics_version: whole.nullable(),
});
const stateCounts = z.object(Object.fromEntries(STATES.map((state) => [state, whole])));
const lost = z.object({ diverged: whole, failed: whole });
const warning = z.object({
  kind: z.string(),
  message: z.string().describe('A sentence, as the screen has it.'),
  trials: z.array(id).describe('Those it is about.'),
});

const report = z.object({
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
      standing: z.enum(['best', 'tied', 'unclear', 'worse', 'lost']).nullable(),
      vs_best: z.object({ mean: z.number(), ...ends, method: z.string() }).nullable(),
      lost,
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
  tested: z.object({ rank: whole.nullable(), config }).nullable(),
  collapsed: z.array(id).describe('Trials whose latent code is not used.'),
  outdated: whole,
  next,
  pareto: z
    .object({
      ...{ rate: z.string(), distortion: z.string() },
      configurations: z.array(z.object({ config_id: id, rank: whole })),
      of: whole.describe('Configurations of which every seed has a result.'),
      left_out: whole.describe('Those that lost seeds or wait for some.'),
    })
    .nullable()
    .describe('Pareto-optimal in rate and distortion, by means over seeds.'),
  seed_advice: z
    .object({
      ...{ message: z.string(), gap: z.number(), power: z.number(), seeds: whole },
      needed: whole.nullable().describe('Seeds each, in all, to tell the first two; null where it is not worth it.'),
      ...{ list: z.array(whole).nullable(), trials: whole.nullable(), seconds: z.number().nullable() },
      command: z.string().nullable().describe('Runs them; null where the spec is not found here.'),
    })
    .nullable(),
});

const side = z.object({
  label: z.string(),
  sweep: z.string().optional().describe('Where the sides are of several sweeps.'),
  where: z.record(z.string(), z.unknown()),
  unmatched: z.array(id),
  lost: lost.extend({ of: whole }),
});
const compare = z.object({
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
const compareSeveral = z.object({
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
const effects = z.object({
  schema: z.literal('vae-sweep.effects/1'),
  sweep: z.string(),
  where: z.record(z.string(), z.unknown()).nullable(),
  all: z.boolean(),
  metric: z.string(),
  goal: goal.nullable(),
  trained_on: trainedOn.nullable(),
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

const point = z.object({ epoch: whole, value: z.number() });
const verdict = z.object({
  kind: z.string(),
  text: z.string(),
  latents_in_use: z.object({ used: whole, of: whole }).nullable(),
  evidence: z.record(z.string(), z.unknown()).describe('The numbers that it rests on.'),
});
const run = z
  .object({
    ...{ started_at: time, ended_at: time.nullable() },
    outcome: z.enum(['finished', 'interrupted', 'failed']).nullable(),
    spec: z.string(),
    overrides: z.array(z.string()),
    versions: z.record(z.string(), z.unknown()),
    ...{ host: z.string(), platform: z.string(), processor: z.string(), cores: whole, git: z.unknown() },
  })
  .describe('The run that trained it.');

const trials = z.object({
  schema: z.literal('vae-sweep.trials/1'),
  sweep: z.string(),
  state: z.enum(SWEEP_STATES),
  metric: z.string(),
  best: id.nullable(),
  verdicts: z.record(z.string(), whole).describe('How many trials have each.'),
  trials: z.array(
    z.object({
      ...{ trial: id, config_id: id, seed: z.int(), state: z.enum(STATES), config },
      ...{ value: z.number().nullable(), verdict, curve: z.array(point) },
    }),
  ),
});

const gallery = z.object({
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

const reproduce = z.object({
  schema: z.literal('vae-sweep.reproduce/1'),
  trial: id,
  same: z.boolean(),
  compared: z.looseObject({ compared: whole, epochs: whole, differing: whole }),
  weights_same: z.boolean().nullable(),
  bit_class: z.object({ before: z.string().nullable(), now: z.string().nullable() }),
  interrupted: z.boolean(),
  cause: z.string().nullable(),
});

const show = z.object({
  schema: z.literal('vae-sweep.show/1'),
  sweep: z.string(),
  trial: id,
  config_id: id,
  seed: z.int(),
  state: z.enum(STATES),
  cause: z.string().nullable(),
  config,
  train: z.object({ epochs: whole, batch_size: whole, clip_norm: z.number().nullable() }),
  dataset: z.record(z.string(), z.unknown()),
  best: z.object({ epoch: whole, metrics: numbers }).nullable(),
  last: z.object({ epoch: whole, metrics: numbers }).nullable(),
  curve: z.object({ metric: z.string(), points: z.array(z.object({ epoch: whole, value: z.number() })) }),
  curves: z.record(z.string(), z.array(point)).describe('Every metric by epoch.'),
  verdict,
  run: run.nullable(),
  kl_per_dimension: z.array(z.number()).nullable(),
  trainable_weights: whole.nullable(),
  epochs: whole,
  seconds: z.number(),
  device: z.string().nullable(),
  reused_from: z.string().nullable(),
  attempts: z.array(
    z.object({
      attempt: whole,
      device: z.string().nullable(),
      engine: z.string().nullable(),
      started_at: time,
      ended_at: time.nullable(),
      outcome: z.string().nullable(),
      cause: z.string().nullable(),
    }),
  ),
  files: z.array(z.string()),
  warnings: z.array(z.string()),
  in_plan: z.boolean(),
  trained_on: trainedOn,
  bit_class: z.string().nullable(),
});

const status = z.object({
  schema: z.literal('vae-sweep.status/1'),
  sweeps: z.array(
    z.object({
      sweep: z.string(),
      state: z.enum(SWEEP_STATES),
      done: whole,
      total: whole,
      trials: stateCounts,
      metric: z.string(),
      goal: goal.nullable(),
      unit: z.string(),
      best: estimate.extend({ config }).nullable(),
      started_at: time,
      ended_at: time.nullable(),
      eta_seconds: z.number().nullable(),
      eta_low_seconds: z.number().nullable(),
      eta_high_seconds: z.number().nullable(),
      outside_plan: whole,
      trained_on: trainedOn.nullable(),
    }),
  ),
});

const plan = z.object({
  schema: z.literal('vae-sweep.plan/1'),
  sweep: z.string(),
  dataset: z.string(),
  metric: z.string(),
  goal,
  configurations: whole,
  seeds: z.array(z.int()),
  trials: z.object({ total: whole, finished: whole, to_run: whole, reused: whole, resumed: whole, retried: whole }),
  devices: z.array(z.object({ label: z.string(), slots: whole })),
  seconds: z.object({ low: z.number(), high: z.number(), measured_trials: whole }),
  disk_bytes: z.number(),
  list: z
    .array(
      z.object({
        trial: id,
        config_id: id,
        seed: z.int(),
        params: config,
        finished_in: z.string().nullable(),
        step: z.enum(['keep', 'take_over', 'retry', 'train']),
        resumes: z.boolean(),
      }),
    )
    .optional()
    .describe('With --list.'),
  to_test: whole.nullable(),
  outside_plan: whole,
  trained_elsewhere: whole,
  warnings: z.array(z.string()),
  missing_data: z.string().nullable(),
});

const data = z.object({
  schema: z.literal('vae-sweep.data/1'),
  datasets: z.array(
    z.object({
      ...{ name: z.string(), images: whole, height: whole, width: whole, channels: whole },
      splits: z.object({ train: whole, validation: whole, test: whole }),
      availability: z.enum(['built_in', 'present', 'missing', 'unusable']),
      folder: z.string().nullable(),
      mirrors: z.array(z.string()),
      download_bytes: whole,
      problem: z.string().nullable(),
    }),
  ),
});

const doctor = z.object({
  schema: z.literal('vae-sweep.doctor/1'),
  findings: z.array(
    z.object({
      topic: z.string(),
      status: z.enum(['ok', 'warning', 'problem']),
      text: z.string(),
      fix: z.string().nullable(),
    }),
  ),
});

const error = z.object({
  schema: z.literal('vae-sweep.error/1'),
  error: z.object({
    code: z.string(),
    message: z.string(),
    exit_code: whole,
    stack: z.string().optional(),
    issues: z
      .array(
        z.object({
          ...{ code: z.string(), message: z.string(), file: z.string() },
          ...{ line: whole.nullable(), column: whole.nullable(), hint: z.string().nullable() },
        }),
      )
      .optional()
      .describe('Mistakes in a spec.'),
  }),
});

const exportedTrial = z.object({
  ...{
    sweep: z.string(),
    trial: id,
    config_id: id,
    seed: z.int(),
    state: z.enum(STATES),
    cause: z.string().nullable(),
  },
  ...{ params: config, metrics: numbers, best_epoch: whole.nullable(), epochs: whole, seconds: z.number() },
  ...{ trainable_weights: whole.nullable(), device: z.string().nullable(), attempts: whole },
  ...{ reused_from: z.string().nullable(), in_plan: z.boolean() },
  ...trainedOn.shape,
});
const exportedMetric = z.object({
  ...{ sweep: z.string(), trial: id, attempt: whole, epoch: whole, step: whole, name: z.string(), value: z.number() },
});

const stop = z.object({
  schema: z.literal('vae-sweep.stop/1'),
  sweep: z.string(),
  state: z.enum(SWEEP_STATES),
  ...{ completed: whole, trials: whole },
});

const init = z.object({
  schema: z.literal('vae-sweep.init/1'),
  spec: z.string(),
  gitignore: z.string().nullable().describe('The file that got a line, if any.'),
  next,
});

const rm = z.object({
  schema: z.literal('vae-sweep.rm/1'),
  removed: z.array(z.object({ sweep: z.string(), trials: z.union([z.literal('all'), z.array(id)]) })),
  ...{ trials: whole, bytes: whole },
  kept: z.array(z.string()).describe('Folders with something else in them.'),
});

const RUN_EVENTS = [
  'preparing',
  ...['downloading', 'planned', 'devices', 'dispatched', 'started', 'epoch', 'progress', 'finished', 'waiting'],
  ...['storage', 'requeued', 'test_phase', 'test_dispatched', 'tested', 'test_failed', 'stopping', 'log', 'result'],
] as const;
/** A line of `run --json`; what else it has depends on its type. `result`, the last one, has no time. */
const runEvent = z.looseObject({ type: z.enum(RUN_EVENTS), at: time.optional() });

/** By the name of their files: of `sweep report --json`, and so on. */
export const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  ...{ init, stop, rm },
  ...{ plan, report, compare, effects, show, trials, gallery, reproduce, status, data, doctor, error },
  'compare-several': compareSeveral,
  'export-trials': z.array(exportedTrial),
  'export-metrics': z.array(exportedMetric),
  'run-event': runEvent,
};

export function answerJsonSchema(name: string): Record<string, unknown> {
  const title = `vae-sweep ${name}`;
  return { title, ...z.toJSONSchema(ANSWERS[name]!, { target: 'draft-7', io: 'input' }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(ANSWERS)) {
    const file = new URL(`${name}.schema.json`, import.meta.url);
    writeFileSync(file, `${JSON.stringify(answerJsonSchema(name), null, 2)}\n`);
  }
}
