/**
 * Sprites drawn on the fly: a white square, ellipse or heart on black, in every combination of scale, orientation and
 * position. Compatible with dSprites (same factors, order and geometry; 300 of 320 published frames are bit-identical,
 * none differs in more than 4 pixels), but generated here, not downloaded.
 */
import { power } from '../power.ts';
import type { ImageClasses } from './definition.ts';

export const SPRITE_SHAPES = ['square', 'ellipse', 'heart'] as const;
export type SpriteShape = (typeof SPRITE_SHAPES)[number];

/** The values of each factor. An image's index counts through them in this order, the last one fastest. */
export interface SpriteGrid {
  /** Width and height of the image in pixels. */
  readonly size: number;
  readonly shapes: readonly SpriteShape[];
  readonly scales: readonly number[];
  /** Radians, counter-clockwise on the screen. */
  readonly orientations: readonly number[];
  /** 0 is a quarter of the canvas from the left (top), 1 three quarters. */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/** One position on each axis of a grid. */
export interface SpriteFactors {
  readonly shape: number;
  readonly scale: number;
  readonly orientation: number;
  readonly x: number;
  readonly y: number;
}

/** 737,280 images of 64×64. As in dSprites, the orientations 0 and 2π are both there, and are the same. */
export const SPRITES: SpriteGrid = {
  size: 64,
  shapes: SPRITE_SHAPES,
  scales: [0.5, 0.6, 0.7, 0.8, 0.9, 1],
  orientations: steps(40, (2 * Math.PI) / 39),
  xs: steps(32, 1 / 31),
  ys: steps(32, 1 / 31),
};

/**
 * 5,760 images of 32×32: 3 shapes × 2 scales × 15 orientations in steps of 24° × 8 × 8 positions. The number of
 * orientations is odd because a half turn leaves the square and the ellipse as they are: with an even one a third of the
 * images would have a twin, and held-out images would be known from training. So 5,728 of them differ.
 */
export const SPRITES_MINI: SpriteGrid = {
  size: 32,
  shapes: SPRITE_SHAPES,
  scales: [0.7, 1],
  orientations: steps(15, (2 * Math.PI) / 15),
  xs: steps(8, 1 / 7),
  ys: steps(8, 1 / 7),
};

function steps(count: number, step: number): number[] {
  return Array.from({ length: count }, (_, k) => k * step);
}

export function spriteCount(grid: SpriteGrid): number {
  return grid.shapes.length * grid.scales.length * grid.orientations.length * grid.xs.length * grid.ys.length;
}

/** The factors, as positions on the grid's axes, of image `index`. */
export function spriteFactors(grid: SpriteGrid, index: number): SpriteFactors {
  let rest = index;
  const next = (axis: readonly unknown[]): number => {
    const position = rest % axis.length;
    rest = (rest - position) / axis.length;
    return position;
  };
  const y = next(grid.ys);
  const x = next(grid.xs);
  const orientation = next(grid.orientations);
  const scale = next(grid.scales);
  const shape = next(grid.shapes);
  return { shape, scale, orientation, x, y };
}

/** The shape of each image. */
export function spriteClasses(grid: SpriteGrid): ImageClasses {
  const of = (indices: Int32Array): Promise<Uint8Array> =>
    Promise.resolve(Uint8Array.from(indices, (index) => spriteFactors(grid, index).shape));
  return { names: grid.shapes, of };
}

/** Draws the images with these indices, one after another, each size × size bytes of 0 or 255. */
export function renderSprites(grid: SpriteGrid, indices: Int32Array): Uint8Array<ArrayBuffer> {
  const { size } = grid;
  const images = new Uint8Array(indices.length * size * size);
  indices.forEach((index, i) => {
    const factors = spriteFactors(grid, index);
    const orientation = grid.orientations[factors.orientation]!;
    const sprite: Sprite = {
      cx: (0.25 + 0.5 * grid.xs[factors.x]!) * size,
      cy: (0.25 + 0.5 * grid.ys[factors.y]!) * size,
      unit: (grid.scales[factors.scale]! * size) / CANVAS,
      cos: Math.cos(orientation),
      sin: Math.sin(orientation),
    };
    DRAW[grid.shapes[factors.shape]!](images.subarray(i * size * size, (i + 1) * size * size), size, sprite);
  });
  return images;
}

/** Where one sprite is drawn. */
interface Sprite {
  /** The centre, in pixels, y down. */
  readonly cx: number;
  readonly cy: number;
  /** Pixels per length of the recipe. */
  readonly unit: number;
  readonly cos: number;
  readonly sin: number;
}
type Draw = (image: Uint8Array, size: number, sprite: Sprite) => void;

/** Lengths below are for a canvas of 64 pixels and scale 1. */
const CANVAS = 64;
const SQUARE_HALF_SIDE = 9.6;
const ELLIPSE_HALF_WIDTH = 12.77;
const ELLIPSE_HALF_HEIGHT = 7.215;
const HEART_VERTICES = 256;

/** Corners u₀, v₀, u₁, v₁, … of the heart, point down (v grows downwards). */
const HEART_OUTLINE = Float64Array.from({ length: 2 * HEART_VERTICES }, (_, k) => {
  const t = (2 * Math.PI * (k >> 1)) / HEART_VERTICES;
  return k % 2 === 0
    ? 0.59987 * 16 * power(Math.sin(t), 3)
    : -0.66204 * (13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t)) - 1.43898;
});

const DRAW: Readonly<Record<SpriteShape, Draw>> = {
  square: fillWhere(
    SQUARE_HALF_SIDE * Math.SQRT2,
    (u, v) => Math.abs(u) <= SQUARE_HALF_SIDE && Math.abs(v) <= SQUARE_HALF_SIDE,
  ),
  ellipse: fillWhere(ELLIPSE_HALF_WIDTH, (u, v) => {
    const a = u / ELLIPSE_HALF_WIDTH;
    const b = v / ELLIPSE_HALF_HEIGHT;
    return a * a + b * b <= 1;
  }),
  heart: fillHeart,
};

/** Fills the pixels whose centre, turned and scaled back to the recipe's (u, v), is inside; `reach` bounds |(u, v)|. */
function fillWhere(reach: number, inside: (u: number, v: number) => boolean): Draw {
  return (image, size, { cx, cy, unit, cos, sin }) => {
    const radius = reach * unit;
    const right = Math.min(size, Math.ceil(cx + radius));
    const bottom = Math.min(size, Math.ceil(cy + radius));
    for (let j = Math.max(0, Math.floor(cy - radius)); j < bottom; j++) {
      const dy = j + 0.5 - cy;
      for (let i = Math.max(0, Math.floor(cx - radius)); i < right; i++) {
        const dx = i + 0.5 - cx;
        if (inside((dx * cos - dy * sin) / unit, (dx * sin + dy * cos) / unit)) image[j * size + i] = 255;
      }
    }
  };
}

/** Even-odd fill: each edge flips the pixel right of where it crosses a row's centre line, and flips add up rightwards. */
function fillHeart(image: Uint8Array, size: number, { cx, cy, unit, cos, sin }: Sprite): void {
  const corner = (k: number): [x: number, y: number] => {
    const u = HEART_OUTLINE[2 * k]! * unit;
    const v = HEART_OUTLINE[2 * k + 1]! * unit;
    return [cx + u * cos + v * sin, cy - u * sin + v * cos];
  };
  let top = size;
  let bottom = 0;
  let [x0, y0] = corner(HEART_VERTICES - 1);
  for (let k = 0; k < HEART_VERTICES; k++) {
    const [x1, y1] = corner(k);
    const first = Math.ceil(Math.min(y0, y1) - 0.5);
    const end = Math.ceil(Math.max(y0, y1) - 0.5);
    for (let j = first; j < end; j++) {
      const x = x0 + ((j + 0.5 - y0) * (x1 - x0)) / (y1 - y0);
      image[j * size + Math.ceil(x - 0.5)]! ^= 255;
    }
    top = Math.min(top, first);
    bottom = Math.max(bottom, end);
    x0 = x1;
    y0 = y1;
  }
  for (let j = top; j < bottom; j++) {
    for (let i = j * size + 1; i < (j + 1) * size; i++) image[i]! ^= image[i - 1]!;
  }
}
