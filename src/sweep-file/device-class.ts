/** Which agents may train which trials. Where a trial is trained is no part of what it is: its id does not change. */
import { z } from 'zod';
import type { Parameters } from '../model/parameter.ts';
import { ConditionIndex } from './expansion/condition-index.ts';
import type { SweepSpec } from './spec.ts';

/** Also an agent's. */
export const DEVICE_CLASS = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export const deviceClassSchema = z
  .string()
  .max(64)
  .regex(DEVICE_CLASS, { error: 'expected lower-case words with `-` between them, such as gpu or gpu-a100' })
  .describe(
    'With --redis: only agents of this class train (`sweep agent --class`), or of one that goes into more detail: gpu also means gpu-a100.',
  );

/** Of each configuration: the last rule that holds and names one decides. */
export function deviceClasses({ when, deviceClass }: SweepSpec): (parameters: Parameters) => string | undefined {
  const rules = when.filter((rule) => rule.deviceClass !== undefined);
  const index = new ConditionIndex(rules.map((rule) => rule.if));
  return (parameters) => rules[index.last(parameters)]?.deviceClass ?? deviceClass;
}
