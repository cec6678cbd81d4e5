import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  renderSprites,
  SPRITE_SHAPES,
  SPRITES,
  SPRITES_MINI,
  spriteCount,
  spriteFactors,
  type SpriteGrid,
} from '../../src/data/sprites.ts';
import { sha256 } from './fixtures.ts';

const range = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);
const pixelsOn = (image: Uint8Array): number => image.reduce((sum, pixel) => sum + pixel / 255, 0);
const atOrigin = (shape: number, scale: number, orientation: number): number =>
  ((shape * 6 + scale) * 40 + orientation) * 32 * 32;

describe('the grid of sprites', () => {
  test('has 737,280 images, or 5,760 in the small one', () => {
    expect(spriteCount(SPRITES)).toBe(737_280);
    expect(spriteCount(SPRITES_MINI)).toBe(5760);
  });

  test('counts through shape, scale, orientation, x and y, the last one fastest', () => {
    expect(spriteFactors(SPRITES, 0)).toEqual({ shape: 0, scale: 0, orientation: 0, x: 0, y: 0 });
    expect(spriteFactors(SPRITES, 1)).toEqual({ shape: 0, scale: 0, orientation: 0, x: 0, y: 1 });
    fc.assert(
      fc.property(fc.nat(737_279), (index) => {
        const { shape, scale, orientation, x, y } = spriteFactors(SPRITES, index);
        expect((((shape * 6 + scale) * 40 + orientation) * 32 + x) * 32 + y).toBe(index);
      }),
    );
  });
});

describe('the pictures', () => {
  // Counted in frames of the published dsprites.gif, but for the fifth heart, which has 182 there.
  test.each([
    ['square', [100, 144, 196, 256, 324, 400]],
    ['ellipse', [76, 104, 144, 184, 228, 288]],
    ['heart', [58, 84, 108, 140, 180, 222]],
  ] as const)('have as many pixels on as those of dSprites: %s', (shape, expected) => {
    const counts = range(6).map((scale) =>
      pixelsOn(renderSprites(SPRITES, Int32Array.of(atOrigin(SPRITE_SHAPES.indexOf(shape), scale, 0)))),
    );
    expect([...counts]).toEqual(expected);
  });

  test('repeat among the 40 orientations where those of dSprites do', () => {
    const repeats = SPRITE_SHAPES.map((_, shape) => {
      const hashes = [...range(40)].map((o) => sha256(renderSprites(SPRITES, Int32Array.of(atOrigin(shape, 5, o)))));
      return hashes.flatMap((hash, o) => (hashes.indexOf(hash) < o ? [[hashes.indexOf(hash), o]] : []));
    });
    const [square, ellipse, heart] = repeats;
    expect(square).toEqual([
      [5, 34],
      [0, 39],
    ]);
    expect(ellipse).toEqual([[0, 39]]);
    expect(heart).toEqual([[0, 39]]);
  });

  test('turned squares keep their area to within pixels', () => {
    const counts = [...range(39)]
      .slice(1)
      .map((o) => pixelsOn(renderSprites(SPRITES, Int32Array.of(atOrigin(0, 5, o)))));
    for (const count of counts) {
      expect(count).toBeGreaterThanOrEqual(364);
      expect(count).toBeLessThanOrEqual(372);
    }
  });

  test('of the small grid are black and white, and all but 32 of them differ', () => {
    const images = renderSprites(SPRITES_MINI, range(5760));
    expect(images.every((pixel) => pixel === 0 || pixel === 255)).toBe(true);
    const distinct = new Set([...range(5760)].map((i) => sha256(images.subarray(i * 1024, (i + 1) * 1024))));
    expect(distinct.size).toBe(5728);
  });

  test('never change: a trial must find the same images on any machine', () => {
    expect(sha256(renderSprites(SPRITES_MINI, range(5760)))).toBe(
      '326d7505190370761c1a07e4b2691a1c11198b5a1dfcd99b8232bba1a52a2ba1',
    );
  });

  test('do not depend on which others are drawn with them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(737_279), { minLength: 1, maxLength: 5 }), (indices) => {
        const together = renderSprites(SPRITES, Int32Array.from(indices));
        indices.forEach((index, i) => {
          expect(together.subarray(i * 4096, (i + 1) * 4096)).toEqual(renderSprites(SPRITES, Int32Array.of(index)));
        });
      }),
      { numRuns: 20 },
    );
  });

  test('are those of the definition, tried pixel by pixel', () => {
    const index = fc.oneof(
      fc.tuple(fc.constant(SPRITES), fc.nat(737_279)),
      fc.tuple(fc.constant(SPRITES_MINI), fc.nat(5759)),
    );
    fc.assert(
      fc.property(index, ([grid, i]) => {
        expect(renderSprites(grid, Int32Array.of(i))).toEqual(renderByDefinition(grid, i));
      }),
      { numRuns: 60 },
    );
  });
});

/** A pixel is on when its centre, moved back to the shape's own coordinates, is inside; even-odd rule for the heart. */
function renderByDefinition(grid: SpriteGrid, index: number): Uint8Array {
  const factors = spriteFactors(grid, index);
  const shape = grid.shapes[factors.shape]!;
  const theta = grid.orientations[factors.orientation]!;
  const scale = (grid.scales[factors.scale]! * grid.size) / 64;
  const cx = ((16 + 32 * grid.xs[factors.x]!) * grid.size) / 64;
  const cy = ((16 + 32 * grid.ys[factors.y]!) * grid.size) / 64;
  const image = new Uint8Array(grid.size ** 2);
  for (let j = 0; j < grid.size; j++) {
    for (let i = 0; i < grid.size; i++) {
      const dx = i + 0.5 - cx;
      const dy = j + 0.5 - cy;
      const u = (dx * Math.cos(theta) - dy * Math.sin(theta)) / scale;
      const v = (dx * Math.sin(theta) + dy * Math.cos(theta)) / scale;
      const inside =
        shape === 'square'
          ? Math.max(Math.abs(u), Math.abs(v)) <= 9.6
          : shape === 'ellipse'
            ? Math.hypot(u / 12.77, v / 7.215) <= 1
            : insideHeart(u, v);
      if (inside) image[j * grid.size + i] = 255;
    }
  }
  return image;
}

function insideHeart(u: number, v: number): boolean {
  const corner = (k: number): [number, number] => {
    const t = (2 * Math.PI * k) / 256;
    return [
      0.59987 * 16 * Math.sin(t) ** 3,
      -0.66204 * (13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t)) - 1.43898,
    ];
  };
  let inside = false;
  for (let k = 0; k < 256; k++) {
    const [u0, v0] = corner(k);
    const [u1, v1] = corner(k + 1);
    if (v0 > v !== v1 > v && u < u0 + ((v - v0) / (v1 - v0)) * (u1 - u0)) inside = !inside;
  }
  return inside;
}
