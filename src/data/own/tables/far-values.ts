import { formatCount } from '../../../text/format-number.ts';
import { plain } from '../../../text/printable.ts';
import { standardOf, type Columns } from './standardize.ts';
import { unusable } from '../unusable.ts';

/** Standard deviations: an ELBO is made of their squares, in float32, of which few and larger ones leave nothing of all others. */
const MOST = 1e12;
/** From here on one number outweighs all others in an ELBO. Of N training rows none is further than √N. */
const FAR = 1e4;

/**
 * What to say of a number far from the mean of its column's training rows, as only a held-out row has, if any is: a sentence without its full stop.
 * `first`: index of the first of these rows.
 * @throws SweepError DATA_CORRUPT where it is so far that no ELBO comes of it
 */
export function farValue(place: string, values: Float64Array, columns: Columns, first = 0): string | undefined {
  const { means, stds, names } = columns;
  let [at, farthest] = [-1, FAR];
  for (let i = 0; i < values.length; i++) {
    const column = i % means.length;
    const distance = Math.abs(standardOf(values[i]!, means[column]!, stds[column]!));
    if (distance > farthest) [at, farthest] = [i, distance];
  }
  if (at < 0) return undefined;
  const column = at % means.length;
  const row = formatCount(first + Math.floor(at / means.length));
  const [mean, std] = [means[column]!, stds[column]!];
  const where = `row ${row}, column ${names === undefined ? column : plain(names[column]!)} (counted from 0) is ${values[at]}`;
  const what =
    std === 0
      ? `${where}, and ${mean} in all training rows`
      : `${where}, ${farthest.toPrecision(2)} standard deviations (${std.toPrecision(3)}) from the mean of the training rows (${mean.toPrecision(3)})`;
  if (farthest <= MOST) return `${what}: it outweighs all other numbers in an ELBO`;
  throw unusable(place, what, 'Leave such rows out, bring the column to logarithms, or the value to its range');
}
