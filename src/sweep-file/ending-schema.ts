/** What ends trials, and the sweep, before all is trained. */
import { z } from 'zod';
import { PRUNING, PRUNING_METHODS } from '../search/pruning.ts';
import { LEARNING_SEARCH } from './expansion/samplers.ts';

/** More configurations than this are no search that anybody waits for. */
export const MAX_TRIALS = 100_000;

export const pruneSchema = z
  .strictObject({
    method: z.enum(PRUNING_METHODS).describe(`${PRUNING_METHODS.map((name) => PRUNING[name].description).join('. ')}.`),
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
  );

export const budgetSchema = z
  .strictObject({
    trials: z.int().min(1).nullable().default(null).describe('At most so many trials are begun.'),
    epochs: z.int().min(1).nullable().default(null).describe('At most so many epochs are trained, over all trials.'),
    hours: z.number().positive().nullable().default(null).describe('No trial begins after so many hours of running.'),
  })
  .prefault({})
  .describe(
    'Ends the sweep before its plan does, over all of its runs: { trials: 100, hours: 8 }. What trains then is trained to its end, but of those that go on from a rung of `prune` `epochs` lets the best go on first, as many as it has room for, and keeps room to bring one to its end.',
  );

export function untilSchema(objectiveMetric: z.ZodType<string, string>) {
  return z
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
    );
}
