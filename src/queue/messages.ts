/**
 * All that travels through Redis. What is read there is hostile until it passed its schema: anybody may have written it,
 * and an agent or a coordinator of another version, too.
 */
import { z } from 'zod';
import { MOST_SIDE } from '../data/own/image-stream.ts';
import { MOST_CLASSES } from '../data/own/labels.ts';
import { MOST_COLUMNS } from '../data/own/tables/vector-stream.ts';
import { RESIZES } from '../data/own/pictures/resample.ts';
import { PARAMETERS } from '../model/parameters.ts';
import { DEVICE_CLASS } from '../sweep-file/device-class.ts';
import { valueSchema } from '../sweep-file/value-schema.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialOutcome } from '../trial/outcome.ts';
import { BINARIZATIONS, type DatasetLabels, type TrialConfig } from '../trial/trial.ts';

/** Raise when an older agent or coordinator would take a message wrongly. */
export const PROTOCOL = 6;

/** Longer messages are refused unread: the history of 10,000 epochs fits. */
const MOST_CHARACTERS = 8 * 2 ** 20;

/** Also the name of a folder or a file, but never of one above. */
const id = z.string().regex(/^[A-Za-z0-9][\w.-]{0,79}$/);
const line = z.string().max(2_000);
/** Without any folder. */
const fileName = z.string().regex(/^(?!\.{1,2}$)[^/\\\0]{1,255}$/);
const text = z.string().max(200_000);
const count = z.int().min(0);

/** What both sides must have in common. */
const versions = { protocol: z.int(), version: line };

const device = z.strictObject({
  /** Unique in its agent. */
  label: z.string().regex(/^[\w.:-]{1,80}$/),
  slots: z.int().min(1).max(1024),
  healthy: z.boolean(),
  engine: line.optional(),
  trouble: text.optional(),
  /** For trials that ask for it, or for a part of it. */
  deviceClass: z.string().max(64).regex(DEVICE_CLASS).optional(),
  /** What computes there, once a trial has told. */
  bitClass: line.optional(),
});

const agentEntry = z.object({
  ...versions,
  host: line,
  pid: count,
  startedAt: line,
  /** By its clock. */
  endsAt: line.optional(),
  devices: z.array(device).max(64),
  /** Executions that it has, until it has told how they ended. */
  executions: z.array(id).max(4_096),
  /** It takes nothing new. */
  draining: z.boolean(),
});
export type AgentEntry = z.infer<typeof agentEntry>;

const runEntry = z.object({
  ...versions,
  sweep: line,
  host: line,
  pid: count,
  /** Where its files are, and what to show there. */
  files: z.strictObject({ url: line, token: line }),
});
export type RunEntry = z.infer<typeof runEntry>;

const side = z.int().min(1).max(MOST_SIDE);
const ownReading = z.strictObject({
  size: z.tuple([side, side]).optional(),
  resize: z.enum(Object.keys(RESIZES)).optional(),
  channels: z.enum(['grey', 'colour']).optional(),
  key: line.optional(),
  label: line.optional(),
  values: z.literal('counts').optional(),
  header: z.boolean().optional(),
  drop: z.array(line).min(1).max(MOST_COLUMNS).optional(),
});

/** Of a data set, as models are told them. */
const labels = z.strictObject({
  names: z.array(line).min(1).max(MOST_CLASSES),
  fingerprint: id.optional(),
}) as unknown as z.ZodType<DatasetLabels>;

/** Structure only: whether values make sense together is said by the trial's id, and by its end. */
const config = z.strictObject({
  parameters: z.strictObject(
    Object.fromEntries(PARAMETERS.map((parameter) => [parameter.name, valueSchema(parameter).optional()])),
  ),
  train: z.strictObject({
    epochs: z.int().min(1),
    batchSize: z.int().min(1),
    clipNorm: z.number().positive().nullable(),
  }),
  dataset: z.strictObject({
    name: line,
    train: z.int().min(1).nullable(),
    validation: z.int().min(1).nullable(),
    binarization: z.enum(BINARIZATIONS),
    own: z
      .strictObject({
        path: line,
        fingerprint: id,
        ...{ images: count, height: count, width: count, channels: count },
        splits: z.strictObject({ train: count, validation: count, test: count }),
        isBinary: z.boolean(),
        hasTestSet: z.literal(true).optional(),
        isReal: z.literal(true).optional(),
        isCounts: z.literal(true).optional(),
        reading: ownReading.optional(),
      })
      .optional(),
    labels: labels.optional(),
  }),
}) as unknown as z.ZodType<TrialConfig>;

const stopReason = z.enum(['interrupted', 'paused']);

const jobMessage = z.strictObject({
  type: z.literal('job'),
  /** Of the sweep, the run, and this attempt at a trial: no other is ever called like it. */
  uid: id,
  run: id,
  execution: id,
  /** One of the agent's devices. */
  device: device.shape.label,
  kind: z.enum(['train', 'test']),
  trial: id,
  attempt: z.int().min(1),
  seed: count,
  /** Nothing else may be on its device meanwhile, of whatever run. */
  alone: z.boolean(),
  /** Of training: after how many epochs it pauses. */
  pauseAt: z.int().min(1).optional(),
  config,
  /** What `config.dataset` was found to be; names of its files by role, for who has to fetch them. */
  dataset: z.strictObject({ fingerprint: id, files: z.record(id, fileName), labels: labels.optional() }),
});
export type JobMessage = z.infer<typeof jobMessage>;

const toAgent = z.discriminatedUnion('type', [
  jobMessage,
  z.strictObject({ type: z.literal('stop'), execution: id, reason: stopReason }),
  z.strictObject({ type: z.literal('drain') }),
]);
export type ToAgent = z.infer<typeof toAgent>;

const metrics = z.record(z.string().max(200), z.number());
const epochRecord = z.strictObject({
  epoch: z.int().min(1),
  step: count,
  metrics,
  seconds: z.number().min(0),
  cpuSeconds: z.number().min(0).nullable().optional(),
});
const engine = z.strictObject({ engine: z.enum(['compiled', 'eager']), provider: id });

const event = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('placed'), device: line }),
  z.strictObject({
    type: z.literal('started'),
    engine: engine,
    bitClass: line,
    history: z.array(epochRecord).max(1_000_000),
    rejectedCheckpoint: text.optional(),
    wentOnFrom: id.optional(),
  }),
  z.strictObject({ type: z.literal('epoch'), record: epochRecord }),
  z.strictObject({
    type: z.literal('progress'),
    epoch: count,
    fraction: z.number(),
    imagesPerSecond: z.number(),
  }),
  z.strictObject({ type: z.literal('log'), level: z.enum(['debug', 'info', 'warn', 'error']), message: text }),
]);

const trialOutcome = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('completed'),
    summary: z.strictObject({
      bestEpoch: z.int().min(1),
      epochs: count,
      metrics,
      klPerDimension: z.array(z.number()).max(1_000_000),
      trainableWeights: count,
    }),
  }),
  z.strictObject({ kind: z.literal('tested'), metrics }),
  z.strictObject({ kind: z.literal('diverged'), message: text }),
  z.strictObject({ kind: z.literal('stopped'), reason: stopReason }),
  z.strictObject({
    kind: z.literal('failed'),
    failure: z.strictObject({
      kind: z.enum(['bug', 'data', 'memory', 'storage', 'weights']),
      message: text,
      code: line.optional(),
      stack: text.optional(),
    }),
  }),
  z.strictObject({ kind: z.literal('lost'), cause: text, culprit: z.enum(['trial', 'other', 'unknown']) }),
  z.strictObject({ kind: z.literal('declined') }),
]);
const outcome = z.union([
  trialOutcome,
  z.strictObject({ kind: z.literal('unprepared'), cause: text }),
  z.strictObject({ kind: z.literal('superseded'), outcome: trialOutcome }),
]);

/**
 * How an execution ends. Unprepared: its agent lacks what the job needs, and began nothing. Superseded: its agent had to
 * leave it to others, and how it ended there; of its files nothing was brought.
 */
export type ExecutionEnd =
  | TrialOutcome
  | { readonly kind: 'unprepared'; readonly cause: string }
  | { readonly kind: 'superseded'; readonly outcome: TrialOutcome };

/** What an agent tells of an execution: its events, and last of all how it ended. */
export type Telling = { readonly event: TrialEvent } | { readonly outcome: ExecutionEnd };

const telling = z.union([z.strictObject({ event }), z.strictObject({ outcome })]);

const report = z.strictObject({
  execution: id,
  /** How many reports of this execution came before: one that is missing was lost, and with it what it told. */
  number: count,
  news: z.array(telling).max(10_000),
});
export interface Report extends Omit<z.infer<typeof report>, 'news'> {
  readonly news: readonly Telling[];
}
/** Of several executions of a run, in one message. */
const reports = z.array(report).max(10_000) as unknown as z.ZodType<readonly Report[]>;

/** What an agent says of itself to the runs whose jobs it has. */
const agentLine = z.strictObject({ agent: line, message: text });
const toRun = z.union([reports, agentLine]);
export type ToRun = readonly Report[] | z.infer<typeof agentLine>;

function reader<Message>(schema: z.ZodType<Message>): (text: string) => Message | undefined {
  return (text) => {
    if (text.length > MOST_CHARACTERS) return undefined;
    try {
      return schema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  };
}

export const readAgentEntry = reader(agentEntry);
export const readRunEntry = reader(runEntry);
export const readToAgent = reader(toAgent);
export const readToRun = reader<ToRun>(toRun);
