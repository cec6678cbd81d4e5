/**
 * A polynomial chaos expansion: least squares on polynomials that are orthonormal over the design, so that the squares of
 * their coefficients are the variances of effects (Sudret 2008, "Global sensitivity analysis using polynomial chaos
 * expansions").
 */
import type { Factor } from './factor.ts';

/** A polynomial in one coordinate, or the product of two in different ones. */
export interface PolynomialTerm {
  /** One, or two: an interaction. */
  readonly factors: readonly number[];
  readonly value: (point: readonly number[]) => number;
}

export interface Expansion {
  readonly terms: readonly PolynomialTerm[];
  /** One a term. */
  readonly coefficients: readonly number[];
  /**
   * Upper triangle whose product with independent normal draws, times `deviation`, is how the coefficients vary with the
   * noise: a row a term.
   */
  readonly inverseRoot: readonly (readonly number[])[];
  /** Of the values around the expansion: what it misses, and noise. */
  readonly deviation: number;
  /** R² of each point by the expansion that is fitted to all others. */
  readonly foretold: number;
}

const DEGREES = [1, 2, 3, 4];
const PAIR_DEGREES = [0, 1, 2];
/** Points for each term, at least. */
const POINTS_PER_TERM = 2;

/** Of the expansions that the points allow, the one that foretells best what it has not seen; undefined where they allow none. */
export function fitExpansion(
  factors: readonly Factor[],
  points: readonly (readonly number[])[],
  values: readonly number[],
): Expansion | undefined {
  const bases = factors.map(({ raster, isOrdered }) => {
    return isOrdered ? orthonormal(raster, Math.min(raster.length - 1, DEGREES.at(-1)!)) : contrasts(raster.length);
  });
  const candidates = DEGREES.flatMap((degree) =>
    PAIR_DEGREES.map((pairDegree) => termsOf(factors, bases, degree, pairDegree)),
  );
  const fits = candidates
    .filter((terms) => POINTS_PER_TERM * (terms.length + 1) <= points.length)
    .flatMap((terms) => leastSquares(terms, points, values) ?? []);
  return fits.toSorted((a, b) => b.foretold - a.foretold)[0];
}

/** Of a coordinate. */
type Polynomial = (x: number) => number;

/** Each of so many values beside those before it (Helmert), with mean 0, variance 1 and no correlation. */
function contrasts(count: number): Polynomial[] {
  return Array.from({ length: count - 1 }, (_, i): Polynomial => {
    const before = i + 1;
    const size = Math.sqrt(count / (before * (before + 1)));
    return (x) => {
      const place = Math.floor(x * count);
      return place < before ? size : place === before ? -before * size : 0;
    };
  });
}

/** Polynomials of degree 1 to `degree`, with mean 0, variance 1 and no correlation over these places. */
function orthonormal(raster: readonly number[], degree: number): Polynomial[] {
  const basis: Polynomial[] = [() => 1];
  for (let power = 1; power <= degree; power++) {
    const last = basis.at(-1)!;
    const raw: Polynomial = (x) => (power === 1 ? x : x * last(x));
    const parts = basis.map((other) => dot(raster, raw, other));
    const rest: Polynomial = (x) =>
      raw(x) - basis.slice(0, power).reduce((sum, other, i) => sum + parts[i]! * other(x), 0);
    const norm = Math.sqrt(dot(raster, rest, rest));
    basis.push((x) => rest(x) / norm);
  }
  return basis.slice(1);
}

function dot(raster: readonly number[], a: Polynomial, b: Polynomial): number {
  return raster.reduce((sum, x) => sum + a(x) * b(x), 0) / raster.length;
}

function termsOf(
  factors: readonly Factor[],
  bases: readonly (readonly Polynomial[])[],
  degree: number,
  pairDegree: number,
): PolynomialTerm[] {
  // A factor without an order takes all its contrasts or none.
  const upTo = (f: number, most: number): readonly Polynomial[] =>
    most > 0 && !factors[f]!.isOrdered ? bases[f]! : bases[f]!.slice(0, most);
  const single = factors.flatMap((_, f) => {
    return upTo(f, degree).map((one): PolynomialTerm => ({ factors: [f], value: (point) => one(point[f]!) }));
  });
  const double = factors.flatMap((_, a) =>
    factors.flatMap((__, b) =>
      b <= a
        ? []
        : upTo(a, pairDegree).flatMap((one) =>
            upTo(b, pairDegree).map((other): PolynomialTerm => {
              return { factors: [a, b], value: (point) => one(point[a]!) * other(point[b]!) };
            }),
          ),
    ),
  );
  return [...single, ...double];
}

/** By modified Gram–Schmidt; undefined where the points don't tell the terms apart. */
function leastSquares(
  terms: readonly PolynomialTerm[],
  points: readonly (readonly number[])[],
  values: readonly number[],
): Expansion | undefined {
  const columns = [points.map(() => 1), ...terms.map(({ value }) => points.map(value))];
  const size = columns.length;
  const upper = columns.map(() => new Array<number>(size).fill(0));
  const residual = [...values];
  const projections: number[] = [];
  const leverage = points.map(() => 0);
  for (const [k, column] of columns.entries()) {
    const norm = Math.sqrt(product(column, column));
    if (norm < 1e-6 * Math.sqrt(points.length)) return undefined;
    upper[k]![k] = norm;
    const unit = column.map((x) => x / norm);
    for (let later = k + 1; later < size; later++) {
      const part = product(unit, columns[later]!);
      upper[k]![later] = part;
      unit.forEach((x, i) => (columns[later]![i]! -= part * x));
    }
    const projection = product(unit, residual);
    projections.push(projection);
    unit.forEach((x, i) => {
      residual[i]! -= projection * x;
      leverage[i]! += x * x;
    });
  }
  const inverse = invert(upper);
  const coefficients = inverse.map((row) => product(row, projections));
  const missed = residual.reduce((sum, error, i) => sum + (error / Math.max(1e-9, 1 - leverage[i]!)) ** 2, 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const total = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return {
    terms,
    coefficients: coefficients.slice(1),
    inverseRoot: inverse.slice(1).map((row) => row.slice(1)),
    deviation: Math.sqrt(product(residual, residual) / (points.length - size)),
    foretold: total === 0 ? 0 : 1 - missed / total,
  };
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

/** Of an upper triangle. */
function invert(upper: readonly (readonly number[])[]): number[][] {
  const size = upper.length;
  const inverse = upper.map(() => new Array<number>(size).fill(0));
  for (let column = 0; column < size; column++) {
    inverse[column]![column] = 1 / upper[column]![column]!;
    for (let row = column - 1; row >= 0; row--) {
      let sum = 0;
      for (let k = row + 1; k <= column; k++) sum += upper[row]![k]! * inverse[k]![column]!;
      inverse[row]![column] = -sum / upper[row]![row]!;
    }
  }
  return inverse;
}
