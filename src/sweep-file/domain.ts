/** How the values of one parameter are written: one value, a list of choices, or a range. */
import { z } from 'zod';
import { byShape } from './by-shape.ts';
import { translate } from './other-spellings.ts';
import type { ValueKind } from './other-spellings.ts';
import type { Parameter, ParameterValue } from '../model/parameter.ts';
import { DRAWING_SEARCH } from './expansion/samplers.ts';
import { valueSchema } from './value-schema.ts';
import type { Choices, Domain, Range } from './spec.ts';

/** More values than this on a stepped range are drawn from the range itself. */
const MAX_STEPS = 1_000_000;

/** What a parameter takes in `parameters` and `then`. */
export function domainSchema(parameter: Parameter): z.ZodType<Domain> {
  const { description } = parameter;
  const value = valueSchema(parameter);
  const { single, list } = choiceSchemas(parameter);
  if (!(value instanceof z.ZodNumber)) {
    return byShape<Domain>([single, list], (input) => {
      if (translate(input, kindOf(parameter)) !== null) return otherSpelling(parameter);
      return isChoiceList(parameter, input) ? list : single;
    }).describe(description);
  }
  const range = rangeSchema(value);
  return byShape<Domain>([single, list, range], (input) => {
    if (translate(input, kindOf(parameter)) !== null) return otherSpelling(parameter);
    if (isChoiceList(parameter, input)) return list;
    return typeof input === 'object' && input !== null ? range : single;
  }).describe(`${description} One value, a list of choices, or { min, max, scale } with ${DRAWING_SEARCH}.`);
}

/** What a parameter takes in `if` and `exclude`: one value, or a list of which any matches. */
export function conditionSchema(parameter: Parameter): z.ZodType<readonly ParameterValue[]> {
  const { single, list } = choiceSchemas(parameter);
  return byShape<Choices>([single, list], (input) => (isChoiceList(parameter, input) ? list : single))
    .transform((choices) => choices.values)
    .describe(`Matches configurations whose ${parameter.name} is this value, or one of these.`);
}

function choiceSchemas(parameter: Parameter): Record<'single' | 'list', z.ZodType<Choices>> {
  const value = valueSchema(parameter);
  return {
    single: value.transform((only) => ({ kind: 'choices', values: [only] })),
    list: z
      .array(value)
      .min(1)
      .transform((values) => ({ kind: 'choices', values })),
  };
}

function kindOf({ values }: Parameter): ValueKind {
  return values.kind === 'widths' ? 'list' : values.kind === 'names' ? 'word' : 'number';
}

/** For `hidden` and `channels` a plain list is one value. */
function isChoiceList(parameter: Parameter, input: unknown): boolean {
  if (!Array.isArray(input)) return false;
  return kindOf(parameter) === 'list' ? input.some(Array.isArray) : true;
}

/** Refuses what other tools write, and says how it is written here. */
function otherSpelling(parameter: Parameter): z.ZodType<Domain> {
  return z.unknown().transform((input, context): Domain => {
    const message = `\`${parameter.name}\`: values are written another way here`;
    const params = { code: 'wrong_type', hint: `write ${translate(input, kindOf(parameter))!}` };
    context.addIssue({ code: 'custom', message, params });
    return z.NEVER;
  });
}

function rangeSchema(value: z.ZodNumber): z.ZodType<Range> {
  const integer = value.format === 'safeint';
  return z
    .strictObject({
      min: z.number().describe('Smallest value, included. Must be above 0 on a log scale.'),
      max: z.number().describe('Largest value, included.'),
      scale: z.enum(['linear', 'log']).default('linear').describe('log: every factor of ten is equally likely.'),
      step: z.number().positive().nullable().default(null).describe('Draw only min, min + step, …; linear scale only.'),
    })
    .superRefine(({ min, max, scale, step }, context) => {
      const report = (key: string, message: string, hint?: string): void =>
        context.addIssue({ code: 'custom', path: [key], message, params: { code: 'bad_range', hint } });
      if (scale === 'log' && min <= 0) report('min', 'a log range must start above 0', 'e.g. 1e-5');
      else checkEnd(value, 'min', min, context);
      checkEnd(value, 'max', max, context);
      if (max <= min) report('max', `max must be above min, which is ${min}`, 'a single value is written alone');
      // What is not above 0 is refused already.
      if (step === null || step <= 0) return;
      if (scale === 'log') report('step', 'a log range has no step', 'leave step out, or list the values');
      if (integer && !Number.isInteger(step)) report('step', `the step must be a whole number, and is ${step}`);
      if (step > max - min && max > min) report('step', 'the step is larger than the whole range');
      if ((max - min) / step > MAX_STEPS) report('step', 'the step is too small for this range', 'leave it out');
    })
    .transform((range) => ({ kind: 'range', ...range, integer }));
}

/** Both ends must be values the parameter itself may take. */
function checkEnd(value: z.ZodNumber, key: 'min' | 'max', end: number, context: z.RefinementCtx): void {
  for (const issue of value.safeParse(end).error?.issues ?? []) {
    context.issues.push({ ...issue, input: end, path: [key] } as (typeof context.issues)[number]);
  }
}
