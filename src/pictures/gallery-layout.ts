/** Where the pictures of a gallery stand, and how many tiles each has room for. Lengths are pixels of the sheet. */
import type { GalleryEntry, GalleryPlan } from '../analysis/gallery-plan.ts';
import type { Params } from '../analysis/parameters.ts';
import { formatValue } from '../text/format-value.ts';
import type { Panel } from './panel.ts';

/** What pictures and the gaps between columns take together: it fits a screen, and a slide. */
const WIDTH = 1140;
export const COLUMN_GAP = 20;

/** Between tiles, in pixels of the tiles. */
export const TILE_GAP = 1;
const LARGEST_SCALE = 4;

/** Strips beside each other, and blocks in a row, where no grid says how many. */
const MOST_STRIPS = 3;
const BLOCKS_A_ROW = 4;

export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

export interface GalleryLayout {
  readonly rows: readonly (readonly string[])[];
  readonly columns: readonly (readonly string[])[];
  readonly placeOf: (entry: GalleryEntry, index: number) => GridPlace;
  /** Whether captions must tell configurations, because neither rows nor columns do. */
  readonly captionsTell: boolean;
  readonly across: number;
}

/**
 * Strips: β downwards, so that neighbours stand above each other, and the other parameters side by side where these are
 * few; else a row a configuration. Blocks: β to the right.
 */
export function layOut(plan: GalleryPlan, { kind, most }: Panel): GalleryLayout {
  const { grid, entries, differing } = plan;
  const labels = (values: readonly Params[]): string[][] => values.map((params) => parameterLines(params));
  if (kind === 'strips' || kind === 'rows') {
    if (grid !== null && grid.rows.values.length <= MOST_STRIPS) {
      const columns = grid.rows.values.length;
      const placeOf = ({ row, column }: GalleryEntry): GridPlace => ({ row: column, column: row });
      const across = Math.min(most, [16, 8, 6][columns - 1]!);
      return {
        rows: labels(grid.columns.values),
        columns: labels(grid.rows.values),
        placeOf,
        captionsTell: false,
        across,
      };
    }
    const names = grid === null ? differing : [...grid.columns.parameters, ...grid.rows.parameters];
    const rows = entries.map(({ params, rank }) => [...placeLines(plan, rank), ...parameterLines(params, names)]);
    return { rows, columns: [[]], placeOf: (_, row) => ({ row, column: 0 }), captionsTell: false, across: most };
  }
  if (grid !== null) {
    const columns = grid.columns.values.length;
    const across = Math.min(most, Math.max(2, Math.round(16 / columns)));
    return {
      rows: labels(grid.rows.values),
      columns: labels(grid.columns.values),
      placeOf: (at) => at,
      captionsTell: false,
      across,
    };
  }
  const columns = Math.min(BLOCKS_A_ROW, entries.length);
  return {
    rows: Array.from({ length: Math.ceil(entries.length / columns) }, () => []),
    columns: Array.from({ length: columns }, () => []),
    placeOf: (_, index) => ({ row: Math.floor(index / columns), column: index % columns }),
    captionsTell: differing.length > 0,
    across: Math.min(most, columns === 1 ? most : 4),
  };
}

/** By what whole number tiles are enlarged so that the columns fill the width. */
export function scaleFor(columns: number, pictureWidth: number): number {
  const room = (WIDTH - (columns - 1) * COLUMN_GAP) / columns;
  return Math.min(LARGEST_SCALE, Math.max(1, Math.floor(room / pictureWidth)));
}

/** Where configurations stand in order, the place of one. */
export function placeLines({ grid, entries }: GalleryPlan, rank: number | null): string[] {
  return grid !== null || entries.length === 1 || rank === null ? [] : [`#${rank}`];
}

/** `architecture=conv`, `beta=1`, … */
export function parameterLines(params: Params, names: readonly string[] = Object.keys(params)): string[] {
  return names.filter((name) => Object.hasOwn(params, name)).map((name) => `${name}=${formatValue(params[name])}`);
}
