import { nonDominated, type LossVector } from './non-dominated.ts';

/**
 * Volume of all that is as good as one of the points and better than the reference in every objective (Zitzler & Thiele
 * 1999): the larger, the nearer the set comes to the best trade and the more of it it covers. A point that isn't better than
 * the reference in all adds nothing.
 */
export function hypervolume(points: readonly LossVector[], reference: LossVector): number {
  const inside = points.filter((point) => point.every((x, i) => x < reference[i]!));
  return sliced(
    nonDominated(inside, (point) => point),
    reference,
    reference.length,
  );
}

/** By slices along the last of so many objectives, each as thick as from one point to the next. */
function sliced(points: readonly LossVector[], reference: LossVector, objectives: number): number {
  if (points.length === 0) return 0;
  const last = objectives - 1;
  const sorted = points.toSorted((a, b) => a[last]! - b[last]!);
  if (last === 0) return reference[0]! - sorted[0]![0]!;
  let volume = 0;
  for (const [i, point] of sorted.entries()) {
    const thickness = (sorted[i + 1]?.[last] ?? reference[last]!) - point[last]!;
    if (thickness > 0) volume += thickness * sliced(sorted.slice(0, i + 1), reference, last);
  }
  return volume;
}
