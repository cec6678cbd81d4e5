import { formatCount } from '../../../text/format-number.ts';
import { plain } from '../../../text/printable.ts';
import { dropping } from '../column-advice.ts';
import { unusable } from '../unusable.ts';

/** Where values stand. */
export interface Origin {
  readonly place: string;
  /** Of a value, by its index among these: both counted from 0. */
  readonly cellOf: (index: number) => { readonly row: number; readonly column: number };
  /** Of the columns, where something names them. */
  readonly names?: readonly string[] | undefined;
  /** As AdvisedColumn. */
  readonly isGiven?: boolean | undefined;
}

/** Of whole rows, from row `first` on. */
export function cellsFrom(first: number, columns: number): Origin['cellOf'] {
  return (index) => ({ row: first + Math.floor(index / columns), column: index % columns });
}

/**
 * As doubles. `isPassedOver`: by its index, whether a value that can't be one matters to nobody, and becomes 0.
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

function noDouble(value: number | bigint, index: number, { place, cellOf, names, isGiven }: Origin): Error {
  const { row, column } = cellOf(index);
  const name = names?.[column];
  const where =
    name === undefined
      ? `row ${formatCount(row)}, column ${column} (counted from 0)`
      : `row ${formatCount(row)} (counted from 0), column ${plain(name)}`;
  if (typeof value === 'bigint') {
    return unusable(place, `${where} is ${value}, more digits than a number of 64 bits holds`, 'Save them as float64');
  }
  const orColumn = name === undefined || isGiven === true ? '' : `; ${dropping([name])} leaves the column out`;
  return unusable(place, `${where} is ${value}`, `Leave such rows out, or give the value a number${orColumn}`);
}
