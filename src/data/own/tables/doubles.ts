import { formatCount } from '../../../text/format-number.ts';
import { unusable } from '../unusable.ts';

interface Origin {
  readonly place: string;
  /** Index of the first row of these values. */
  readonly first: number;
  readonly columns: number;
}

/**
 * Of whole rows of numbers: as doubles. `isPassedOver`: by its index, whether a value that can't be one matters to nobody, and becomes 0.
 * @throws SweepError DATA_CORRUPT for what isn't finite, or too large a whole number for a double
 */
export function doublesOf(
  values: ArrayLike<number> | ArrayLike<bigint>,
  origin: Origin,
  isPassedOver: (index: number) => boolean = () => false,
): Float64Array<ArrayBuffer> {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) {
    // No −0, which is another number to a hash.
    const value = 0 + Number(values[i]);
    const isExact = typeof values[i] !== 'bigint' || Number.isSafeInteger(value);
    const isHeld = Number.isFinite(value) && isExact;
    if (isHeld) numbers[i] = value;
    else if (!isPassedOver(i)) throw noDouble(values[i]!, i, origin);
  }
  return numbers;
}

function noDouble(value: number | bigint, index: number, { place, first, columns }: Origin): Error {
  const where = `row ${formatCount(first + Math.floor(index / columns))}, column ${index % columns} (counted from 0)`;
  return typeof value === 'bigint'
    ? unusable(place, `${where} is ${value}, more digits than a number of 64 bits holds`, 'Save them as float64')
    : unusable(place, `${where} is ${value}`, 'Leave such rows out, or give the value a number');
}
