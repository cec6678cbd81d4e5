/** An interval of numbers; equal steps on its scale count alike. */
export interface ScaledRange {
  readonly min: number;
  readonly max: number;
  readonly scale: 'linear' | 'log';
}

/** A range cut into parts that are equal on its scale. */
export interface RangeParts {
  /** Ends of the parts, one more than there are parts, with as few digits as tell where they are. */
  readonly edges: readonly number[];
  /** From 0 to 1 along the range; what lies outside is at its end. */
  readonly coordinateOf: (value: number) => number;
  readonly partOf: (value: number) => number;
}

/** A rounded end may be off by so much of its part. */
const ROUNDING = 0.1;

export function rangeParts({ min, max, scale }: ScaledRange, parts: number): RangeParts {
  const [bend, unbend] = scale === 'log' ? [Math.log, Math.exp] : [Number, Number];
  const [start, span] = [bend(min), bend(max) - bend(min)];
  const exact = Array.from({ length: parts + 1 }, (_, i) => unbend(start + (i * span) / parts));
  const rounded = (edge: number, i: number): number => {
    const most = ROUNDING * (i === 0 ? exact[1]! - edge : edge - exact[i - 1]!);
    const digits = Array.from({ length: 14 }, (_digit, more) => Number(edge.toPrecision(2 + more)));
    return digits.find((one) => Math.abs(one - edge) <= most) ?? edge;
  };
  const coordinateOf = (value: number): number => Math.min(1, Math.max(0, (bend(value) - start) / span));
  return {
    edges: exact.map(rounded),
    coordinateOf,
    partOf: (value) => Math.min(parts - 1, Math.floor(coordinateOf(value) * parts)),
  };
}
