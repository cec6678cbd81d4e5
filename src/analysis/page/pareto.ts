/** A point in the plane of rate and distortion; less of either is better. */
export interface RatePoint {
  readonly rate: number;
  readonly distortion: number;
}

/** Places of the points that no other equals or beats in both, in order of rising rate. Of equal points, the first. */
export function paretoSet(points: readonly (RatePoint | null)[]): number[] {
  const order = points
    .flatMap((point, place) => (point === null ? [] : [{ ...point, place }]))
    .sort((a, b) => a.rate - b.rate || a.distortion - b.distortion || a.place - b.place);
  let least = Infinity;
  return order.flatMap(({ distortion, place }) => {
    if (distortion >= least) return [];
    least = distortion;
    return [place];
  });
}
