/** How a spec says what must hold of a configuration: one comparison, or a list of them. */
import { z } from 'zod';
import { byShape } from './by-shape.ts';
import type { Constraint } from './constraint.ts';
import { OF_WIDTHS } from './constraint.ts';
import { ConstraintError, readConstraint } from './read-constraint.ts';

/** Longer than any comparison that means something. */
const MAX_LENGTH = 1000;

const comparison = z
  .string()
  .max(MAX_LENGTH)
  .transform((text, context): Constraint => {
    try {
      return readConstraint(text);
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error;
      const { code, message, hint } = error;
      context.addIssue({ code: 'custom', message, params: { code, hint } });
      return z.NEVER;
    }
  })
  .describe('A comparison of two parameters, or of one and a number: latent_dim <= last(hidden).');
const single = comparison.transform((only) => [only]);
const list = z.array(comparison).max(100);

const ways = Object.keys(OF_WIDTHS)
  .join(', ')
  .replace(/, (\w+)$/, ' or $1');

export const whereSchema = byShape<readonly Constraint[]>([single, list], (input) =>
  Array.isArray(input) ? list : single,
)
  .default([])
  .describe(
    `What must hold of a configuration: a comparison like latent_dim <= last(hidden), or a list of them. Each side is numbers, parameters, and ${ways} of a list of widths, with * between. A configuration that lacks the parameter is asked nothing.`,
  );
