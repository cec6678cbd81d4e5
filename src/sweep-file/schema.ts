/** The shape of a spec as the user writes it. Rules that span several fields are in checks.ts. */
import { z } from 'zod';
import { datasetSchema } from './dataset.ts';
import { deviceClassSchema } from './device-class.ts';
import { conditionSchema, domainSchema } from './domain.ts';
import { budgetSchema, MAX_TRIALS, pruneSchema, untilSchema } from './ending-schema.ts';
import { float32 } from './float32.ts';
import type { Parameter } from '../model/parameter.ts';
import type { Domain } from './spec.ts';
import { likelihood, PARAMETER_NAMES, PARAMETERS } from '../model/parameters.ts';
import {
  DRAWING_SEARCH,
  LEARNER_NAMES,
  LEARNERS,
  LEARNING_SEARCH,
  SAMPLER_NAMES,
  SAMPLERS,
} from './expansion/samplers.ts';
import { metricSchema, objectiveSchema, tradedObjectivesSchema } from './objective-schema.ts';
import { seedsSchema } from './seeds.ts';
import { valueSchema } from './value-schema.ts';
import { whereSchema } from './where.ts';

type Optional<Output> = z.ZodOptional<z.ZodType<Output>>;

function withoutGaps<Output>(given: Readonly<Record<string, Output | undefined>>): Record<string, Output> {
  const entries = Object.entries(given).filter(([, output]) => output !== undefined);
  return Object.fromEntries(entries) as Record<string, Output>;
}

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    error: 'a name has at most 64 letters, digits, `.`, `_` or `-`, and starts with a letter or digit',
  })
  .refine((text) => !text.toLowerCase().startsWith('sweeps.db'), { error: 'sweeps.db is the name of the database' })
  .refine((text) => text.toLowerCase() !== 'readme.md', { error: 'README.md is a file in the results folder' })
  .refine((text) => !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(text) && !text.endsWith('.'), {
    error: 'this is no name of a folder on Windows, where results may be read, too',
  })
  .describe('Name of the sweep: its folder under results/, and how other commands call it.');

/** What modules of the user's define; `any`: they are not known here, and any name may be one of theirs. */
export type OwnNames = { readonly likelihoods: readonly string[]; readonly metrics: readonly string[] } | 'any';

/** The schema of specs that may name these beside ours. Keys are listed in the order in which a spec is best written. */
function schemaOf(own: OwnNames) {
  const parameters = PARAMETERS.map((parameter) => withOwnNames(parameter, own));
  const objectiveMetric = metricSchema(own);
  const fieldsOf = <Output>(field: (parameter: Parameter) => z.ZodType<Output>): Record<string, Optional<Output>> =>
    Object.fromEntries(parameters.map((parameter) => [parameter.name, field(parameter).optional()]));
  /** A mapping with one optional field per parameter. */
  const perParameter = <Output>(
    field: (parameter: Parameter) => z.ZodType<Output>,
  ): z.ZodType<Record<string, Output>> => z.strictObject(fieldsOf(field)).transform(withoutGaps);
  const condition = perParameter(conditionSchema).refine((fields) => Object.keys(fields).length > 0, {
    error: 'expected at least one parameter to match',
  });

  return z
    .strictObject({
      name,
      dataset: datasetSchema,
      use: z
        .array(z.string().min(1))
        .max(100)
        .default([])
        .describe(
          'Modules of your own that define likelihoods and metrics, by their paths: [./student-t.ts]. Likelihoods are then named like ours, and metrics recorded beside ours.',
        ),
      parameters: perParameter((parameter) => domainSchema(parameter).meta({ default: parameter.default }))
        .prefault({})
        .describe('What to vary: a value is fixed, a list gives choices, { min, max, scale } is a range.'),
      zip: z
        .array(
          z
            .array(z.enum(PARAMETER_NAMES))
            .min(2)
            .max(PARAMETER_NAMES.length)
            .describe('Parameters with equally many choices.'),
        )
        .max(Math.floor(PARAMETER_NAMES.length / 2))
        .default([])
        .describe('Groups of parameters that advance together, instead of in all combinations: [[beta, latent_dim]].'),
      when: z
        .array(
          z
            .strictObject({
              if: condition.describe(
                'Holds for configurations in which every parameter named has (one of) these values.',
              ),
              then: z
                .strictObject({ ...fieldsOf(domainSchema), class: deviceClassSchema.optional() })
                .describe('Where it holds, these values take the place of those in `parameters`, and of `class`.'),
            })
            .transform(({ if: condition, then: { class: deviceClass, ...domains } }) => ({
              if: condition,
              then: withoutGaps(domains as Record<string, Domain | undefined>),
              ...(deviceClass !== undefined && { deviceClass }),
            }))
            .describe('One rule. Of several rules that set the same parameter, the last one that holds wins.'),
        )
        .max(1000)
        .default([])
        .describe(
          'Values for some configurations only: { if: { architecture: conv }, then: { learning_rate: [3e-4, 1e-3] } }.',
        ),
      exclude: z
        .array(
          condition.describe('Leaves out configurations in which every parameter named has (one of) these values.'),
        )
        .max(1000)
        .default([])
        .describe('Configurations to leave out: [{ beta: 8, architecture: mlp }].'),
      where: whereSchema,
      try: z
        .array(
          perParameter((parameter) => valueSchema(parameter).describe(parameter.description)).describe(
            'One configuration. What it does not name has its only value, or its default.',
          ),
        )
        .max(1000)
        .default([])
        .describe('Configurations to run first, whatever the search comes to: [{ beta: 4, latent_dim: 10 }].'),
      seeds: seedsSchema,
      train: z
        .strictObject({
          epochs: z.int().min(1).max(100_000).default(10).describe('Passes over the training images.'),
          batch_size: z.int().min(1).max(65_536).default(128).describe('Images per optimiser step.'),
          clip_norm: float32(z.number().positive(), { tooLarge: 'leave clip_norm out, or write null, for no clipping' })
            .nullable()
            .default(null)
            .describe('Largest global L2 norm of the gradient; null leaves gradients as they are.'),
        })
        .prefault({})
        .describe('How each trial is trained.'),
      objective: objectiveSchema(objectiveMetric),
      objectives: tradedObjectivesSchema(objectiveMetric),
      evaluate_test: z
        .enum(['selected', 'all'])
        .default('selected')
        .describe('Which configurations are evaluated on the test split: the winner alone, or all.'),
      search: z
        .enum(['grid', ...SAMPLER_NAMES, ...LEARNER_NAMES])
        .default('grid')
        .describe(
          [
            'grid: all combinations.',
            ...[...SAMPLERS, ...LEARNERS].map(({ name, description }) => `${name}: ${description}.`),
          ].join(' '),
        ),
      trials: z
        .int()
        .min(1)
        .max(MAX_TRIALS)
        .nullable()
        .default(null)
        .describe(`How many configurations ${DRAWING_SEARCH} draws; each is trained with every seed.`),
      search_seed: z.int().min(0).default(0).describe(`Another one draws other configurations in ${DRAWING_SEARCH}.`),
      class: deviceClassSchema.optional(),
      prune: pruneSchema,
      budget: budgetSchema,
      until: untilSchema(objectiveMetric),
      lookahead: z
        .int()
        .min(1)
        .max(1000)
        .default(8)
        .describe(
          `How many configurations may be in training at a time in ${LEARNING_SEARCH}: each is proposed by the results of all but the last so many before it, however many slots there are. With 1 it knows all, and one trains at a time. Also how many make a cohort of \`prune\` there, and with asha and median, and how many begin before \`patience\` knows of the first.`,
        ),
      learn_from: z
        .array(name.describe('A sweep in the same results folder.'))
        .max(20)
        .default([])
        .describe(
          `Other sweeps in the same results folder: ${LEARNING_SEARCH} starts from those of their finished configurations that lie in this space and were trained as these are to be (same data, epochs and batch size): [beta]. What they had come to is kept with this sweep when it first runs.`,
        ),
    })
    .describe('A sweep over variational autoencoders.');
}

function withOwnNames(parameter: Parameter, own: OwnNames): Parameter {
  const { values } = parameter;
  if (parameter.name !== likelihood.name || values.kind !== 'names') return parameter;
  if (own === 'any') return { ...parameter, values: { ...values, isOpen: true } };
  return { ...parameter, values: { ...values, names: [...values.names, ...own.likelihoods] } };
}

/** Of specs that name nothing of the user's own. */
export const specSchema = schemaOf({ likelihoods: [], metrics: [] });

export function specSchemaFor(own: OwnNames): typeof specSchema {
  return own !== 'any' && own.likelihoods.length + own.metrics.length === 0 ? specSchema : schemaOf(own);
}

/** What the schema makes of a spec: all defaults but those of `parameters` and `objective.goal`. */
export type UserSpec = z.output<typeof specSchema>;
