/**
 * What programs may rely on in each JSON answer. `npm run schema` writes it as JSON Schema beside this file; a test holds
 * real answers to it. New members may come; those here stay. No command loads this.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { compare, compareSeveral, effects } from './comparisons.ts';
import { SWEEP_STATES, id, whole, time, config, goal, next, estimate, marks, trainedOn, stateCounts } from './parts.ts';
import { report } from './report.ts';
import { decode, encode, generate, score } from './trained.ts';
import { exportedMetric, exportedTrial, gallery, reproduce, show, trials } from './trials.ts';

const status = z.object({
  schema: z.literal('vae-sweep.status/1'),
  sweeps: z.array(
    z.object({
      sweep: z.string(),
      state: z.enum(SWEEP_STATES),
      done: whole,
      total: whole,
      trials: stateCounts,
      paused: whole,
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
      ...marks,
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
  confirmation: z
    .object({ top: whole, seeds: z.array(z.int()), trials: whole })
    .nullable()
    .describe('How the best are confirmed with more seeds; null where they are not.'),
  trials: z.object({
    ...{ total: whole, finished: whole, to_run: whole, reused: whole, resumed: whole, retried: whole },
    to_propose: whole,
  }),
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
        goes_on_after: whole.describe('Epochs that it has from a trial of fewer epochs.'),
      }),
    )
    .optional()
    .describe('With --list.'),
  to_test: whole.nullable(),
  outside_plan: whole,
  trained_elsewhere: whole,
  budget_left: z
    .object({ trials: whole.nullable(), epochs: z.number().nullable(), hours: z.number().nullable() })
    .describe('Of `budget`, over all runs of the sweep; null of what has no limit.'),
  affordable: whole.describe('How many of those to run may begin within what is left of trials and epochs.'),
  learns_from: z
    .object({
      configurations: whole,
      recorded: z.boolean().describe('As they were when the sweep was first run.'),
      sweeps: z.array(
        z.object({
          sweep: z.string(),
          configurations: whole,
          usable: whole,
          left_out: z.array(z.object({ reason: z.string(), configurations: whole })),
        }),
      ),
    })
    .describe('What a search begins from by `learn_from`.'),
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

const images = z.object({
  schema: z.literal('vae-sweep.images/1'),
  path: z.string(),
  format: z.string(),
  ...{ images: whole, height: whole, width: whole, channels: whole },
  least: z.number(),
  largest: z.number(),
  is_binary: z.boolean().describe('All values are 0 or 255.'),
  is_real: z.boolean().optional().describe('Rows of numbers, of 1×P; left out of images.'),
  is_counts: z.boolean().optional().describe('Rows of counts, which are left as they are.'),
  splits: z.object({ train: whole, validation: whole, test: whole }),
  different: whole.describe('Images that differ from all before them.'),
  passed_over: z.string().nullable(),
  labels: z
    .object({ from: z.string(), different: whole, counts: z.array(z.tuple([z.string(), whole])) })
    .nullable()
    .describe('What the images are: at most 100 labels, and how often each comes. Null where nothing says.'),
  fingerprint: z.string(),
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

const stop = z.object({
  schema: z.literal('vae-sweep.stop/1'),
  sweep: z.string(),
  state: z.enum(SWEEP_STATES),
  ...{ completed: whole, trials: whole },
});

const agentStatus = z.object({
  ...{ name: z.string(), version: z.string(), host: z.string(), pid: whole },
  started_at: time,
  ends_at: time.nullable().describe('When its time is over, by its own clock, if that is known.'),
  draining: z.boolean().describe('It takes nothing new.'),
  devices: z.array(
    z.object({
      ...{ label: z.string(), class: z.string().nullable(), slots: whole, healthy: z.boolean() },
      ...{ engine: z.string().nullable(), trouble: z.string().nullable() },
      bit_class: z.string().nullable().describe('Null until a trial has begun there.'),
    }),
  ),
  busy: whole.describe('Trials that it has: those that wait for a slot, too.'),
});
const agents = z.object({
  schema: z.literal('vae-sweep.agents/1'),
  version: z.string().describe("This program's: agents of another one are not used."),
  agents: z.array(agentStatus),
});

const init = z.object({
  schema: z.literal('vae-sweep.init/1'),
  spec: z.string(),
  gitignore: z.string().nullable().describe('The file that got a line, if any.'),
  next,
});

const serve = z.object({ schema: z.literal('vae-sweep.serve/1'), url: z.url() });

const rm = z.object({
  schema: z.literal('vae-sweep.rm/1'),
  removed: z.array(z.object({ sweep: z.string(), trials: z.union([z.literal('all'), z.array(id)]) })),
  ...{ trials: whole, bytes: whole },
  kept: z.array(z.string()).describe('Folders with something else in them.'),
});

const subject = { kind: z.enum(['sweep', 'trial']), name: z.string().describe("The sweep's name or the trial's id.") };
const tag = z.object({ schema: z.literal('vae-sweep.tag/1'), ...subject, tags: marks.tags });
const note = z.object({ schema: z.literal('vae-sweep.note/1'), ...subject, note: marks.note });

const gc = z.object({
  schema: z.literal('vae-sweep.gc/1'),
  dry_run: z.boolean(),
  kinds: z.array(
    z.object({
      kind: z.enum(['checkpoint', 'pruned', 'temporary', 'taken_over', 'stray', 'outside_plan']),
      ...{ files: whole, bytes: whole },
    }),
  ),
  paths: z.array(z.string()).describe('What went; of a dry run, what would.'),
  bytes: whole,
  running: z.array(z.string()).describe('Sweeps that run and were left alone.'),
});

const RUN_EVENTS = [
  'preparing',
  ...['downloading', 'planned', 'devices', 'dispatched', 'started', 'epoch', 'progress', 'finished', 'waiting'],
  ...['proposed', 'paused', 'judged', 'budget'],
  ...['storage', 'requeued', 'test_phase', 'test_dispatched', 'tested', 'test_failed', 'stopping', 'log', 'result'],
] as const;
/** A line of `run --json`; what else it has depends on its type. `result`, the last one, has no time. */
const runEvent = z.looseObject({ type: z.enum(RUN_EVENTS), at: time.optional() });

/** By the name of their files: of `sweep report --json`, and so on. */
export const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  ...{ init, agents, serve, stop, rm, gc, tag, note },
  ...{ encode, decode, generate, score },
  ...{ plan, report, compare, effects, show, trials, gallery, reproduce, status, data, images, doctor, error },
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
