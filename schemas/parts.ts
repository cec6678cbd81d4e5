/** What several answers have in common. */
import { z } from 'zod';
import { TRIAL_STATES as STATES } from '../src/trial/state.ts';

export const SWEEP_STATES = ['running', 'interrupted', 'finished', 'failed'] as const;

export const id = z.string().regex(/^[0-9a-f]+$/);
export const whole = z.int().min(0);
export const time = z.iso.datetime();
export const numbers = z.record(z.string(), z.number());
export const config = z.record(z.string(), z.unknown()).describe('Parameters, as a spec has them.');
export const goal = z.enum(['maximize', 'minimize']);
export const units = z.record(z.string(), z.string()).describe('Unit of each metric that is named here.');
export const next = z.array(z.string()).describe('Commands that lead on.');
export const ends = { low: z.number().nullable(), high: z.number().nullable() };
export const estimate = z
  .object({ mean: z.number(), ...ends, values: z.array(z.number()) })
  .describe('Mean over seeds, its 95 % interval (null with one seed), and the values by seed.');
export const trainedOn = z.object({
  dataset: z.string(),
  binarization: z.string(),
  train_images: whole.nullable(),
  validation_images: whole.nullable(),
  batch_size: whole.nullable(),
  clip_norm: z.number().nullable(),
  planned_epochs: whole.nullable(),
  numerics_version: whole.nullable(),
});
export const marks = { tags: z.array(z.string()), note: z.string().nullable().describe('Of the user.') };
export const stateCounts = z.object(Object.fromEntries(STATES.map((state) => [state, whole])));
export const lost = z.object({ diverged: whole, failed: whole });
export const warning = z.object({
  kind: z.string(),
  message: z.string().describe('A sentence, as the screen has it.'),
  trials: z.array(id).describe('Those it is about.'),
});
