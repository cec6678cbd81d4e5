import { formatCount } from '../../../text/format-number.ts';
import type { NpyHeader } from './npy-header.ts';
import { describeShape } from '../shape.ts';
import { unusable } from '../unusable.ts';

/** @param bytes of values that there are; undefined for more than there should be */
export function checkLength(place: string, { type, dimensions }: NpyHeader, bytes: number | undefined): void {
  const expected = dimensions.reduce((product, size) => product * size, type.bytes);
  if (bytes === expected) return;
  const there = bytes === undefined ? 'more' : `${formatCount(bytes)} bytes`;
  const what = bytes === undefined || bytes > expected ? 'goes on after its array' : 'is cut off';
  throw unusable(
    place,
    `it ${what}: its header says ${describeShape(dimensions)} of ${type.name}, ${formatCount(expected)} bytes, and ${there} follow`,
    'Save or copy it again',
  );
}
