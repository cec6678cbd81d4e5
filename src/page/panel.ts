/** A chart of the page: what it is told of the reader, and what it gives. */
import type { PageModel } from '../analysis/page/page-model.ts';
import type { Colouring } from '../charts/colouring.ts';
import type { CourseAxis } from '../charts/course.ts';
import type { Palette } from '../charts/palette.ts';
import type { Drawing } from '../charts/svg.ts';

/** What the reader chose; in the page as it comes, all is shown. */
export interface View {
  readonly isShown: (configuration: number) => boolean;
  /** Axes of the parallel coordinates from left to right, by name; null for their own order. */
  readonly axes: readonly string[] | null;
  readonly heat: readonly [x: string, y: string] | null;
  /** Of how many configurations curves and latents are drawn; null for the usual number. */
  readonly most: number | null;
  /** What a search's course runs over. */
  readonly over: CourseAxis;
}

export const WHOLE_VIEW: View = { isShown: () => true, axes: null, heat: null, most: null, over: 'order' };

export interface DrawnPanel {
  readonly drawing: Drawing;
  /** What must be known of what is shown. */
  readonly notes: readonly string[];
}

export interface PagePanel {
  readonly name: string;
  readonly title: string;
  /** How to read it. */
  lead(model: PageModel): string;
  /** What a reader can do with it where scripts run. */
  readonly hint?: string;
  readonly isHalf: boolean;
  /** Whether what is shown follows the selection; else marks alone fade. */
  readonly follows: boolean;
  /** Null where there is nothing to draw. */
  draw(model: PageModel, width: number, colours: Colouring, palette: Palette, view: View): DrawnPanel | null;
}
