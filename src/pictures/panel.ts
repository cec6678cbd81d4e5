import type { HeldOut } from '../data/held-out.ts';
import type { Tiles } from '../training/png.ts';
import type { LatentScatter } from './gallery.ts';
import type { PictureSource } from './picture-source.ts';

export interface PanelRequest {
  readonly source: PictureSource;
  /** How many tiles there is room for in a row. */
  readonly across: number;
  /** Reads the data set, which takes its time. @throws SweepError DATA_MISSING where it isn't here */
  readonly heldOut: () => Promise<HeldOut>;
}

export interface DrawnTiles {
  readonly tiles: Tiles;
  /** What all trials of the sweep have in common, above them. */
  readonly heading?: Tiles;
}

/** A row of a picture of one trial. */
export interface DrawnRow {
  /** Beside it. */
  readonly label: readonly string[];
  readonly tiles: Tiles;
  readonly columns: number;
  readonly note?: string;
}

export type ImageKind = 'held-out' | 'training';

interface PanelBase {
  readonly name: string;
  /** What follows the sweep's name. */
  title(images: ImageKind): string;
  /** What one sees, as sentences; `across` tiles in a row. */
  describe(across: number, images: ImageKind): string;
  /** Above each of `across` tiles. */
  ticks?(across: number): string[];
  /** Most tiles in a row. */
  readonly most: number;
}

/** One row of tiles a trial. */
export interface StripPanel extends PanelBase {
  readonly kind: 'strips';
  readonly heading: string | null;
  /** No more than `across` tiles, and as many for every trial of a sweep. */
  draw(request: PanelRequest): Promise<DrawnTiles>;
}

/** As many rows of tiles as columns. */
export interface BlockPanel extends PanelBase {
  readonly kind: 'blocks';
  draw(request: PanelRequest): Promise<DrawnTiles>;
}

/** Points in two dimensions, a square a trial. */
export interface ScatterPanel extends PanelBase {
  readonly kind: 'scatter';
  draw(request: PanelRequest): Promise<LatentScatter>;
}

/** Several rows of tiles of a single trial. */
export interface TrialPanel extends PanelBase {
  readonly kind: 'rows';
  draw(request: PanelRequest): Promise<DrawnRow[]>;
}

export type Panel = StripPanel | BlockPanel | ScatterPanel | TrialPanel;
