/** What ranks the configurations of a spec, and what is traded. */
import { z } from 'zod';
import { metricName, METRICS, quantityOf } from '../metrics/index.ts';
import { byShape } from './by-shape.ts';
import type { OwnNames } from './schema.ts';

const OBJECTIVE_METRICS: readonly string[] = METRICS.filter(({ ranks }) => ranks).map((metric) =>
  metricName('val', metric),
);
const GOALLESS = OBJECTIVE_METRICS.filter((metric) => quantityOf(metric).goal === null);

/** A metric that may rank: one of ours, or of the user's own. */
export function metricSchema(own: OwnNames): z.ZodType<string, string> {
  if (own === 'any') return z.union([z.enum(OBJECTIVE_METRICS), z.string().regex(/^val\/[a-z][a-z0-9_]*$/)]);
  return z.enum([...OBJECTIVE_METRICS, ...own.metrics.map((metric) => `val/${metric}`)]);
}

export function objectiveSchema(objectiveMetric: z.ZodType<string, string>) {
  return z
    .strictObject({
      metric: objectiveMetric.default('val/elbo').describe('A metric at the best epoch of each trial.'),
      goal: z
        .enum(['maximize', 'minimize'])
        .optional()
        .describe(`Default: the better end of the metric. ${GOALLESS.join(' and ')} have none, and need a goal.`),
    })
    .prefault({})
    .describe('What ranks the configurations. val/elbo is the held-out ELBO at β = 1, whatever β trained.');
}

/** One of two or three objectives that are traded. */
export interface UserObjective {
  readonly metric: string;
  readonly goal?: 'maximize' | 'minimize' | undefined;
  readonly reference: number | null;
}

export function tradedObjectivesSchema(objectiveMetric: z.ZodType<string, string>) {
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
  return z
    .array(eitherObjective)
    .max(3)
    .default([])
    .describe(
      'Two or three to be traded: [val/kl, val/reconstruction]. The report has the Pareto set, and a search that learns goes towards it; `objective` ranks the table all the same.',
    );
}
