import { z } from 'zod';
import type { Parameter, ParameterValue } from '../model/parameter.ts';
import { float32 } from './float32.ts';

/** What a user's own definition is called. */
const OWN_NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** The schema of one value of a parameter. */
export function valueSchema({ values }: Parameter): z.ZodType<ParameterValue> {
  switch (values.kind) {
    case 'names':
      return values.isOpen ? z.union([z.enum(values.names), z.string().regex(OWN_NAME)]) : z.enum(values.names);
    case 'integer':
      return z.int().min(values.min).max(values.max);
    case 'number': {
      const above = values.min === 'above 0' ? z.number().positive() : z.number().min(values.min);
      const number = values.max === undefined ? above : above.max(values.max);
      return float32(number, values.tooSmall === undefined ? {} : { tooSmall: values.tooSmall });
    }
    case 'widths':
      return z.array(z.int().min(1).max(values.max)).min(1).max(values.layers);
  }
}
