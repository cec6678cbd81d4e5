/** A contact sheet as a value: what `sweep gallery` draws, and what a page may lay out itself. */
import type { Params } from '../analysis/parameters.ts';
import type { ConfigId, TrialId } from '../trial/trial.ts';

/** Tiles in rows, as a PNG of their own pixels, to be enlarged by a whole number. */
export interface TilePicture {
  readonly kind: 'tiles';
  readonly png: Uint8Array;
}

/** One point an image, at its posterior mean. */
export interface LatentScatter {
  readonly kind: 'scatter';
  /** x and y by turns. */
  readonly points: Float32Array;
  /** Of each point, an index of the gallery's classes; empty where none are known. */
  readonly classes: Uint8Array;
  /** Names of the two latents. */
  readonly axes: readonly [string, string];
}

/** `reason`: a clause. */
export interface MissingPicture {
  readonly kind: 'missing';
  readonly reason: string;
}

export type CellContent = TilePicture | LatentScatter | MissingPicture;

export interface GalleryCell {
  readonly row: number;
  readonly column: number;
  /** Null for a configuration without a completed trial. */
  readonly trial: TrialId | null;
  readonly seed: number | null;
  readonly configId: ConfigId;
  readonly params: Params;
  /** 1-based, by the sweep's objective. */
  readonly rank: number | null;
  /** Of this trial, nats per image at β = 1, held out; null where nothing was. */
  readonly elbo: number | null;
  /** Below the picture: lines that tell the configuration, then one with what matters and, lighter, what identifies it. */
  readonly caption: { readonly lines: readonly string[]; readonly text: string; readonly note: string };
  readonly content: CellContent;
}

export interface Gallery {
  readonly sweep: string;
  readonly panel: string;
  readonly title: string;
  /** Sentences below the title. */
  readonly texts: readonly string[];
  /** Lines beside each row and above each column; none where the captions say it. */
  readonly rows: readonly (readonly string[])[];
  readonly columns: readonly (readonly string[])[];
  /** Pixels of each cell's picture as it is, and by what whole number it is enlarged. */
  readonly picture: { readonly width: number; readonly height: number; readonly scale: number };
  /** Above each column: what all its cells are to be held against. */
  readonly heading: { readonly label: string; readonly content: TilePicture } | null;
  /** Above each column of tiles. */
  readonly ticks: readonly string[];
  /** Names of the classes of scattered points. */
  readonly classes: readonly string[];
  /** Of the axes of scattered points: from −reach to reach. */
  readonly reach: number;
  readonly cells: readonly GalleryCell[];
  /** Configurations in all, shown or not. */
  readonly configurations: number;
  /** Those of them that have a picture to show and were left out by the limit. */
  readonly omitted: number;
}
