/** What a search sees of the configurations it may propose, whatever they are. */

/**
 * One thing to decide. `ordered`: a coordinate in [0, 1], of which `cell` is what one value takes (0 where any real number
 * is one). `category`: one of `count`, by index.
 */
export type Dimension =
  { readonly kind: 'ordered'; readonly cell: number } | { readonly kind: 'category'; readonly count: number };

/** A coordinate for each dimension; NaN for what the configuration has not. */
export type Point = readonly number[];

export interface SearchSpace<Configuration> {
  readonly dimensions: readonly Dimension[];
  /**
   * The configuration of these decisions. Asks, in an order in which each follows what it depends on, for those dimensions
   * only that the configuration has.
   */
  build(decide: (dimension: number) => number): Configuration;
  /** Coordinates are those of the values, so an ordered one is the middle of its cell. */
  pointOf(configuration: Configuration): Point;
  /** Whether it may be proposed, apart from what was proposed before. */
  allows(configuration: Configuration): boolean;
}

/** Whether both are of one configuration. */
export function isSamePoint(a: Point, b: Point): boolean {
  return a.every((x, d) => Object.is(x, b[d]));
}
