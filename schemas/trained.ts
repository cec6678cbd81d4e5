/** Answers of the commands that use a trained model. */
import { z } from 'zod';
import { id, whole } from './parts.ts';

function madeFile(kind: string) {
  return z.object({
    schema: z.literal(`vae-sweep.${kind}/1`),
    ...{ trial: id, sweep: z.string(), file: z.string(), samples: whole, latent_dim: whole },
    of: z.string().describe('What the samples are.'),
  });
}

export const encode = madeFile('encode');
export const decode = madeFile('decode');
export const generate = madeFile('generate').extend({
  draws: z.boolean().describe('Whether each is a draw from p(x|z), as with --draw; otherwise it is the mean.'),
});

const nats = z.number().nullable().describe('Null where it is no finite number.');

export const score = z.object({
  schema: z.literal('vae-sweep.score/1'),
  ...{ trial: id, sweep: z.string(), of: z.string(), samples: whole },
  ...{ elbo: nats, reconstruction: nats, kl: nats },
  anomalies: z
    .object({ normal: z.array(z.string()), others: whole, unlabelled: whole, auroc: z.number() })
    .nullable()
    .describe('With --normal.'),
  files: z.array(z.string()),
  worst: z.array(
    z.object({
      ...{ index: whole, path: z.string().nullable(), label: z.string().nullable() },
      ...{ elbo: nats, reconstruction: nats, kl: nats },
    }),
  ),
});
