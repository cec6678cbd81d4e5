import type { RandomStream } from '../random.ts';
import { isSamePoint, type Point, type SearchSpace } from './space.ts';

/** Draws in a row that give nothing new, before a search looks elsewhere; of the whole space, before it counts as empty. */
const MAX_MISSES = 200;
const MAX_MISSES_OF_ALL = 10_000;

/** Points of a space that are allowed and were not proposed before. */
export class Draws<Configuration = unknown> {
  readonly #space: SearchSpace<Configuration>;
  readonly #found = new Map<Point, Configuration>();
  readonly #proposed: readonly Point[];

  constructor(space: SearchSpace<Configuration>, proposed: readonly Point[]) {
    this.#space = space;
    this.#proposed = proposed;
  }

  get dimensions(): SearchSpace<Configuration>['dimensions'] {
    return this.#space.dimensions;
  }

  /** The point of these decisions, if it is new and allowed. */
  at(decide: (dimension: number) => number): Point | undefined {
    const configuration = this.#space.build(decide);
    const point = this.#space.pointOf(configuration);
    if (this.#proposed.some((one) => isSamePoint(one, point)) || !this.#space.allows(configuration)) return undefined;
    this.#found.set(point, configuration);
    return point;
  }

  /** Of a point that these draws gave. */
  configurationOf(point: Point): Configuration {
    return this.#found.get(point)!;
  }

  /** At most `wanted` points, each of decisions by a new call of `drawn`; fewer where hardly any is new and allowed. */
  some(wanted: number, drawn: () => (dimension: number) => number): Point[] {
    const points: Point[] = [];
    for (let misses = 0; points.length < wanted && misses < MAX_MISSES;) {
      const point = this.at(drawn());
      if (point === undefined) misses++;
      else points.push(point);
    }
    return points;
  }

  /** From all of the space; undefined where it seems to hold no more. */
  uniform(random: RandomStream): Point | undefined {
    for (let miss = 0; miss < MAX_MISSES_OF_ALL; miss++) {
      const point = this.at((dimension) => uniformCoordinate(this.dimensions[dimension]!, random));
      if (point !== undefined) return point;
    }
    return undefined;
  }
}

export function uniformCoordinate(
  dimension: Draws['dimensions'][number],
  random: Pick<RandomStream, 'uniform' | 'below'>,
): number {
  return dimension.kind === 'ordered' ? random.uniform() : random.below(dimension.count);
}
