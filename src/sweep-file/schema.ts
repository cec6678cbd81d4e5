/** The shape of a spec as the user writes it. Rules that span several fields are in checks.ts. */
import { z } from 'zod';
import { metricName, METRICS, quantityOf } from '../metrics/index.ts';
import { byShape } from './by-shape.ts';
import { DATASET_KEYS, datasetSchema } from './dataset.ts';
import { deviceClassSchema } from './device-class.ts';
import { conditionSchema, domainSchema } from './domain.ts';
import { float32 } from './float32.ts';
import type { Parameter } from '../model/parameter.ts';
import type { Domain } from './spec.ts';
import { likelihood, PARAMETER_NAMES, PARAMETERS } from '../model/parameters.ts';
import { PRUNING, PRUNING_METHODS } from '../search/pruning.ts';
import {
  DRAWING_SEARCH,
  LEARNER_NAMES,
  LEARNERS,
  LEARNING_SEARCH,
  SAMPLER_NAMES,
  SAMPLERS,
} from './expansion/samplers.ts';
import { seedsSchema, STAGES } from './seeds.ts';
import { valueSchema } from './value-schema.ts';
import { whereSchema } from './where.ts';

const OBJECTIVE_METRICS: readonly string[] = METRICS.filter(({ ranks }) => ranks).map((metric) =>
  metricName('val', metric),
);
const GOALLESS = OBJECTIVE_METRICS.filter((metric) => quantityOf(metric).goal === null);

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

/** More configurations than this are no search that anybody waits for. */
export const MAX_TRIALS = 100_000;

/** What modules of the user's define; `any`: they are not known here, and any name may be one of theirs. */
export type OwnNames = { readonly likelihoods: readonly string[]; readonly metrics: readonly string[] } | 'any';

/** The schema of specs that may name these beside ours. Keys are listed in the order in which a spec is best written. */
function schemaOf(own: OwnNames) {
  const parameters = PARAMETERS.map((parameter) => withOwnNames(parameter, own));
  const objectiveMetric = metricSchema(own);
  const tradedObjective = z.strictObject({
    metric: objectiveMetric.describe('A metric at the best epoch of each trial.'),
    goal: z.enum(['maximize', 'minimize']).optional().describe('Default: the better end; of val/kl, less.'),
    reference: z
      .number()
      .nullable()
      .default(null)
      .describe(
        'A value of the metric, up to which the hypervolume of the Pareto set is measured: what is no better adds nothing. It steers no search, and changes no member. Default: the worst mean among the configurations of which every seed has a result, which moves as these come.',
      ),
  });
  const namedObjective = objectiveMetric.transform((metric): UserObjective => ({ metric, reference: null }));
  const eitherObjective = byShape<UserObjective>([namedObjective, tradedObjective], (input) =>
    typeof input === 'string' ? namedObjective : tradedObjective,
  );
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
      objective: z
        .strictObject({
          metric: objectiveMetric.default('val/elbo').describe('A metric at the best epoch of each trial.'),
          goal: z
            .enum(['maximize', 'minimize'])
            .optional()
            .describe(`Default: the better end of the metric. ${GOALLESS.join(' and ')} have none, and need a goal.`),
        })
        .prefault({})
        .describe('What ranks the configurations. val/elbo is the held-out ELBO at β = 1, whatever β trained.'),
      objectives: z
        .array(eitherObjective)
        .max(3)
        .default([])
        .describe(
          'Two or three to be traded: [val/kl, val/reconstruction]. The report has the Pareto set, and a search that learns goes towards it; `objective` ranks the table all the same.',
        ),
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
      prune: z
        .strictObject({
          method: z
            .enum(PRUNING_METHODS)
            .describe(`${PRUNING_METHODS.map((name) => PRUNING[name].description).join('. ')}.`),
          min_epochs: z
            .int()
            .min(1)
            .max(100_000)
            .default(1)
            .describe(
              'The first rung is after so many epochs; each further one after `eta` times as many, with `median` after twice as many.',
            ),
          eta: z
            .int()
            .min(2)
            .max(1000)
            .default(3)
            .describe('One configuration in so many goes on from a rung; not for `median`.'),
        })
        .nullable()
        .default(null)
        .describe(
          `Trains only the best to the last epoch: { method: halving, min_epochs: 1, eta: 3 }. A pruned trial keeps its checkpoint. With halving and hyperband a cohort is the whole plan; in ${LEARNING_SEARCH}, and with asha and median, it is \`lookahead\` configurations.`,
        ),
      budget: z
        .strictObject({
          trials: z.int().min(1).nullable().default(null).describe('At most so many trials are begun.'),
          epochs: z
            .int()
            .min(1)
            .nullable()
            .default(null)
            .describe('At most so many epochs are trained, over all trials.'),
          hours: z
            .number()
            .positive()
            .nullable()
            .default(null)
            .describe('No trial begins after so many hours of running.'),
        })
        .prefault({})
        .describe(
          'Ends the sweep before its plan does, over all of its runs: { trials: 100, hours: 8 }. What trains then is trained to its end, but of those that go on from a rung of `prune` `epochs` lets the best go on first, as many as it has room for, and keeps room to bring one to its end.',
        ),
      until: z
        .strictObject({
          metric: objectiveMetric.optional().describe('Default: the metric of the objective.'),
          reached: z
            .number()
            .optional()
            .describe('The sweep ends when the mean of a configuration, all its seeds complete, is as good.'),
          patience: z
            .int()
            .min(1)
            .max(MAX_TRIALS)
            .optional()
            .describe(
              "The sweep ends when so many configurations in a row, in the order of the plan, bettered nothing. What is trained then doesn't depend on slots: no configuration begins before the results of all but the last `lookahead` before it.",
            ),
        })
        .refine(({ reached, patience }) => reached !== undefined || patience !== undefined, {
          error: 'says neither what is to be reached nor how much patience there is; e.g. { patience: 20 }',
        })
        .nullable()
        .default(null)
        .describe(
          'Ends the sweep when a configuration is good enough, or none gets better: { metric: val/elbo, reached: -45 }, { patience: 20 }.',
        ),
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

/** One of two or three objectives that are traded. */
export interface UserObjective {
  readonly metric: string;
  readonly goal?: 'maximize' | 'minimize' | undefined;
  readonly reference: number | null;
}

function withOwnNames(parameter: Parameter, own: OwnNames): Parameter {
  const { values } = parameter;
  if (parameter.name !== likelihood.name || values.kind !== 'names') return parameter;
  if (own === 'any') return { ...parameter, values: { ...values, isOpen: true } };
  return { ...parameter, values: { ...values, names: [...values.names, ...own.likelihoods] } };
}

function metricSchema(own: OwnNames): z.ZodType<string, string> {
  if (own === 'any') return z.union([z.enum(OBJECTIVE_METRICS), z.string().regex(/^val\/[a-z][a-z0-9_]*$/)]);
  return z.enum([...OBJECTIVE_METRICS, ...own.metrics.map((metric) => `val/${metric}`)]);
}

/** Of specs that name nothing of the user's own. */
export const specSchema = schemaOf({ likelihoods: [], metrics: [] });

export function specSchemaFor(own: OwnNames): typeof specSchema {
  return own !== 'any' && own.likelihoods.length + own.metrics.length === 0 ? specSchema : schemaOf(own);
}

/** What the schema makes of a spec: all defaults but those of `parameters` and `objective.goal`. */
export type UserSpec = z.output<typeof specSchema>;

const { train, objective, prune, budget, until } = specSchema.shape;
export const TRAIN_KEYS = Object.keys(train.unwrap().shape);
const RANGE_KEYS = ['min', 'max', 'scale', 'step'];
export const SECTION_KEYS: Readonly<Record<string, readonly string[]>> = {
  dataset: DATASET_KEYS,
  parameters: PARAMETER_NAMES,
  train: TRAIN_KEYS,
  seeds: STAGES,
  objective: Object.keys(objective.unwrap().shape),
  budget: Object.keys(budget.unwrap().shape),
  until: Object.keys(until.unwrap().unwrap().shape),
  prune: Object.keys(prune.unwrap().unwrap().shape),
};
export const TOP_KEYS = Object.keys(specSchema.shape);

/** The keys that may stand in the mapping at `path`: what an unknown one is compared with. */
export function allowedKeys(path: readonly PropertyKey[]): readonly string[] {
  const [section, ...rest] = path.filter((step) => typeof step === 'string');
  if (section === undefined) return TOP_KEYS;
  if (section === 'when') {
    if (rest.length === 0) return ['if', 'then'];
    if (rest.length > 1) return RANGE_KEYS;
    return rest[0] === 'then' ? [...PARAMETER_NAMES, 'class'] : PARAMETER_NAMES;
  }
  if (section === 'objectives') return ['metric', 'goal', 'reference'];
  if (section === 'exclude' || section === 'try') return PARAMETER_NAMES;
  return rest.length === 0 ? (SECTION_KEYS[section] ?? []) : RANGE_KEYS;
}
