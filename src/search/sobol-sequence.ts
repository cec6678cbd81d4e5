/**
 * The Sobol sequence, unscrambled, with the direction numbers of Joe and Kuo (2008, "Constructing Sobol sequences with
 * better two-dimensional projections"; the first rows of their table new-joe-kuo-6.21201), which SciPy has, too.
 */

/** Of each dimension after the first: the inner coefficients of its primitive polynomial as bits, and m₁, m₂, … */
const JOE_KUO: readonly (readonly [coefficients: number, initial: readonly number[]])[] = [
  [0, [1]],
  [1, [1, 3]],
  [1, [1, 3, 1]],
  [2, [1, 1, 1]],
  [1, [1, 1, 3, 3]],
  [4, [1, 3, 5, 13]],
  [2, [1, 1, 5, 5, 17]],
  [4, [1, 1, 5, 5, 5]],
  [7, [1, 1, 7, 11, 19]],
  [11, [1, 1, 5, 1, 1]],
  [13, [1, 1, 1, 3, 11]],
  [14, [1, 3, 5, 5, 31]],
  [1, [1, 3, 3, 9, 7, 49]],
  [13, [1, 1, 1, 15, 21, 21]],
  [16, [1, 3, 1, 13, 27, 49]],
  [19, [1, 1, 1, 15, 7, 5]],
  [22, [1, 3, 1, 15, 13, 25]],
  [25, [1, 1, 5, 5, 19, 61]],
  [1, [1, 3, 7, 11, 23, 15, 103]],
  [4, [1, 3, 7, 13, 13, 15, 69]],
  [7, [1, 1, 3, 13, 7, 35, 63]],
  [8, [1, 3, 5, 9, 1, 25, 53]],
  [14, [1, 3, 1, 13, 9, 35, 107]],
  [19, [1, 3, 1, 5, 27, 61, 31]],
  [21, [1, 1, 5, 11, 19, 41, 61]],
  [28, [1, 3, 5, 3, 3, 13, 69]],
  [31, [1, 1, 7, 13, 1, 19, 1]],
  [32, [1, 3, 7, 5, 13, 19, 59]],
  [37, [1, 1, 3, 9, 25, 29, 41]],
  [41, [1, 3, 5, 13, 23, 1, 55]],
  [42, [1, 3, 7, 3, 13, 59, 17]],
];

/** As many coordinates a point may have. */
export const SOBOL_DIMENSIONS = JOE_KUO.length + 1;

const BITS = 32;

/** Of each dimension the 32 direction numbers, each a fraction of 2³². */
const DIRECTIONS: readonly Uint32Array[] = [firstDirections(), ...JOE_KUO.map(([a, m]) => directions(a, m))];

/**
 * Coordinate of the point at `index` (from 0, below 2³²), as a fraction of 2³²; points are in the order of the Gray code.
 * `dimension` counts from 0, below `SOBOL_DIMENSIONS`.
 */
export function sobolCoordinate(index: number, dimension: number): number {
  const numbers = DIRECTIONS[dimension]!;
  let coordinate = 0;
  for (let gray = index ^ (index >>> 1), bit = 0; gray !== 0; gray >>>= 1, bit++) {
    if ((gray & 1) === 1) coordinate ^= numbers[bit]!;
  }
  return coordinate >>> 0;
}

/** The first dimension is the bits of the index in reverse. */
function firstDirections(): Uint32Array {
  return Uint32Array.from({ length: BITS }, (_, i) => 1 << (BITS - 1 - i));
}

/** vᵢ = a₁vᵢ₋₁ ⊕ … ⊕ aₛ₋₁vᵢ₋ₛ₊₁ ⊕ vᵢ₋ₛ ⊕ (vᵢ₋ₛ ≫ s), from the s numbers that are given. */
function directions(coefficients: number, initial: readonly number[]): Uint32Array {
  const degree = initial.length;
  const numbers = new Uint32Array(BITS);
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      numbers[i] = initial[i]! << (BITS - 1 - i);
      continue;
    }
    let number = numbers[i - degree]! ^ (numbers[i - degree]! >>> degree);
    for (let k = 1; k < degree; k++) {
      if (((coefficients >>> (degree - 1 - k)) & 1) === 1) number ^= numbers[i - k]!;
    }
    numbers[i] = number;
  }
  return numbers;
}
