import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PARAMETER_NAMES } from '../../src/model/parameters.ts';
import { sobolCoordinate, SOBOL_DIMENSIONS } from '../../src/search/sobol-sequence.ts';

const dimensions = Array.from({ length: 16 }, (_, dimension) => dimension);
const pointAt = (index: number): number[] => dimensions.map((dimension) => sobolCoordinate(index, dimension));

/** `1024 * scipy.stats.qmc.Sobol(16, scramble=False).random(1024)`, SciPy 1.10.1; `npm run test:sobol` compares all. */
const POINTS: readonly (readonly [index: number, coordinates: readonly number[]])[] = [
  [0, Array<number>(16).fill(0)],
  [1, Array<number>(16).fill(512)],
  [2, [768, 256, 256, 256, 768, 768, 256, 768, 768, 768, 768, 768, 256, 256, 768, 256]],
  [3, [256, 768, 768, 768, 256, 256, 768, 256, 256, 256, 256, 256, 768, 768, 256, 768]],
  [5, [896, 896, 128, 384, 896, 640, 896, 384, 384, 128, 384, 896, 896, 128, 896, 384]],
  [6, [640, 128, 896, 640, 640, 896, 128, 128, 128, 384, 128, 640, 128, 896, 640, 640]],
  [100, [424, 264, 792, 744, 904, 760, 24, 488, 648, 712, 472, 696, 488, 872, 328, 504]],
  [1023, [1, 771, 627, 149, 191, 449, 143, 633, 353, 871, 695, 37, 133, 681, 371, 475]],
];

describe('the Sobol sequence', () => {
  it.each(POINTS)('has at %i the point of SciPy', (index, expected) => {
    expect(pointAt(index).map((coordinate) => (coordinate / 2 ** 32) * 1024)).toEqual(expected);
  });

  it('is SciPy’s over 1,024 points of 16 dimensions, by the sha256 of its 32-bit coordinates', () => {
    const all = Uint32Array.from({ length: 1024 }, (_, index) => index).values();
    const coordinates = Uint32Array.from([...all].flatMap(pointAt));
    expect(createHash('sha256').update(coordinates).digest('hex')).toBe(
      'b6ede5872ab8b595cea055788de85b6b0d967d00142eb24939954592a6fa0bf5',
    );
  });

  it('puts one of 2^m points into each of 2^m equal parts of each axis', () => {
    for (let dimension = 0; dimension < SOBOL_DIMENSIONS; dimension++) {
      const parts = Array.from({ length: 4096 }, (_, index) => sobolCoordinate(index, dimension) >>> 20);
      expect(new Set(parts).size).toBe(4096);
    }
  });

  it('has a dimension for every parameter', () => expect(PARAMETER_NAMES.length).toBeLessThanOrEqual(SOBOL_DIMENSIONS));
});
