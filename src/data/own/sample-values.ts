/** What a program yields as a sample, and how it is stored. */
import { count, formatCount } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { unusable } from './unusable.ts';

export interface SamplePlace {
  readonly place: string;
  /** Which sample, a noun. */
  readonly where: string;
}

/** A program may yield anything. @throws SweepError DATA_CORRUPT for what is no sample */
export function partsOf(
  sample: unknown,
  { place, where }: SamplePlace,
): { readonly values: ArrayLike<unknown>; readonly label?: string | number | undefined } {
  const { values, label } = isList(sample)
    ? { values: sample }
    : ((sample ?? {}) as { values?: unknown; label?: unknown });
  if (!isList(values)) {
    const fix = 'Yield the flat array of its values, or { values, label }';
    throw unusable(place, `${where} is no array of numbers`, fix);
  }
  if (label === undefined || typeof label === 'string' || typeof label === 'number') return { values, label };
  throw unusable(place, `the label of ${where} is no text and no number`, 'Give it one, or leave out all labels');
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return typeof value === 'object' && value !== null && 'length' in value;
}

/** A sample as it is stored. @throws SweepError DATA_CORRUPT for another number of values, or others than there may be */
export function bytesOf(
  values: ArrayLike<unknown>,
  type: '|u1' | '<f8',
  size: number,
  { place, where }: SamplePlace,
): Uint8Array {
  if (values.length !== size) {
    const what = `${where} has ${count(values.length, 'value')}, and its shape says ${formatCount(size)}`;
    throw unusable(place, what, 'Yield all values of a sample as one flat array');
  }
  if (values instanceof Uint8Array && type === '|u1') return values;
  const isByte = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
  const isValue = type === '|u1' ? isByte : Number.isFinite;
  const wrong = Array.from(values).findIndex((value) => !isValue(value));
  if (wrong < 0) {
    const numbers = values as ArrayLike<number>;
    return type === '|u1' ? Uint8Array.from(numbers) : new Uint8Array(Float64Array.from(numbers).buffer);
  }
  const [wanted, fix] =
    type === '|u1'
      ? ['pixels are whole numbers from 0 to 255', 'From 0 to 1, a value becomes one by Math.round(255 * value)']
      : ['rows are of finite numbers', 'Leave such samples out, or give the value a number'];
  throw unusable(place, `value ${wrong} of ${where} is ${shown(values[wrong])}, and ${wanted}`, fix);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : plain(String(value));
}
