import type { GalleryEntry, GalleryPlan } from '../analysis/gallery-plan.ts';
import { commonTrainedOn } from '../analysis/trained-on.ts';
import type { DatasetDefinition } from '../data/definition.ts';
import type { HeldOut } from '../data/held-out.ts';
import type { TrialFiles } from '../files/trial-files.ts';
import { describeData } from '../render/data-text.ts';
import { shortId } from '../render/format.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { count, formatCount } from '../text/format-number.ts';
import { plain } from '../text/printable.ts';
import { encodeTiles, sheetSize, type Tiles } from '../training/png.ts';
import { layOut, parameterLines, placeLines, scaleFor, TILE_GAP, type GalleryLayout } from './gallery-layout.ts';
import { describeGallery, elboText } from './gallery-text.ts';
import { pointsBeyond, scatterReach } from './scatter-plot.ts';
import type { CellContent, Gallery, GalleryCell, TilePicture } from './gallery.ts';
import type { DrawnTiles, ImageKind, Panel, PanelRequest, TrialPanel } from './panel.ts';
import { NoPicture, pictureSource, type PictureSource } from './picture-source.ts';

export interface DrawGalleryRequest {
  readonly sweep: string;
  readonly plan: GalleryPlan;
  readonly panel: Panel;
  readonly dataset: DatasetDefinition;
  readonly filesOf: (trial: TrialRecord) => TrialFiles;
  /** The first of the held-out images, for panels that need more than a trial keeps. */
  readonly loadHeldOut: (most: number) => Promise<HeldOut>;
  /** How many digits of a trial's id to write. */
  readonly idLength: number;
}

/** Pictures keep the white of the sheet between their tiles. */
const SPACING = { gap: TILE_GAP, margin: 0, shade: 255 };

/** Most images that all trials of a gallery encode together, and that one does at most and at least. */
const ENCODED_IMAGES = 6000;
const MOST_IMAGES = 1000;
const LEAST_IMAGES = 200;

/** Side of a square of points, in pixels of the sheet. */
const SCATTER_SIDE = 260;

/** Draws what the plan shows. What a trial lacks is said in its place. @throws SweepError of `heldOut` */
export async function drawGallery(request: DrawGalleryRequest): Promise<Gallery> {
  const { sweep, plan, panel } = request;
  // A trial of JavaScript arrays encodes hundreds of images a second.
  const most = Math.min(MOST_IMAGES, Math.max(LEAST_IMAGES, Math.floor(ENCODED_IMAGES / plan.entries.length)));
  let loading: Promise<HeldOut> | undefined;
  const heldOut = (): Promise<HeldOut> => (loading ??= request.loadHeldOut(most));
  const drawn =
    panel.kind === 'rows' ? await drawRows(request, panel, heldOut) : await drawCells(request, panel, heldOut);
  const seen = await loading;
  const limit =
    seen === undefined || seen.count === seen.of
      ? []
      : [`Only the first ${formatCount(seen.count)} of ${formatCount(seen.of)} images are looked at.`];
  const trials = plan.entries.flatMap(({ trial }) => trial ?? []);
  const images: ImageKind = trials[0]?.config.dataset.validation === 0 ? 'training' : 'held-out';
  const data = commonTrainedOn(trials);
  return {
    sweep,
    panel: panel.name,
    title: `${plain(sweep)}: ${panel.title(images)}`,
    texts: [
      describeGallery(request),
      [panel.describe(drawn.across, images), ...drawn.notes, ...limit].join(' '),
      ...(data === null ? [] : [`Data: ${describeData(data)}.`]),
    ],
    ...drawn.gallery,
    configurations: plan.configurations,
    omitted: plan.configurations - plan.unfinished - plan.entries.length,
  };
}

type Drawn = {
  readonly across: number;
  readonly gallery: Pick<Gallery, 'rows' | 'columns' | 'picture' | 'heading' | 'ticks' | 'classes' | 'reach' | 'cells'>;
  /** What else is to be said. */
  readonly notes: readonly string[];
};

async function drawCells(
  request: DrawGalleryRequest,
  panel: Exclude<Panel, TrialPanel>,
  heldOut: PanelRequest['heldOut'],
): Promise<Drawn> {
  const { plan, dataset } = request;
  const layout = layOut(plan, panel);
  const { rows, columns } = layout;
  let across = layout.across;
  const headings: TilePicture[] = [];
  let classes: readonly string[] = [];
  const cells: GalleryCell[] = [];
  for (const [index, entry] of plan.entries.entries()) {
    const content = await contentOf(entry, request, async (source): Promise<CellContent> => {
      const asked: PanelRequest = { source, across: layout.across, heldOut };
      if (panel.kind === 'scatter') {
        const points = await panel.draw(asked);
        classes = (await heldOut()).names;
        return points;
      }
      const drawn = await panel.draw(asked);
      if (panel.kind === 'strips') across = drawn.tiles.count;
      headings.push(...headingOf(drawn));
      return pictureOf(drawn.tiles, panel.kind === 'strips' ? drawn.tiles.count : layout.across);
    });
    cells.push({ ...cellOf(entry, request, layout, index), content });
  }
  const picture =
    panel.kind === 'scatter'
      ? { width: SCATTER_SIDE, height: SCATTER_SIDE, scale: 1 }
      : scaled(dataset, across, panel.kind === 'strips' ? 1 : across, columns.length);
  const ticks = panel.ticks?.(across) ?? [];
  const label = panel.kind === 'strips' ? panel.heading : null;
  // The same of every trial.
  const [heading] = headings;
  const plots = cells.flatMap(({ content }) => (content.kind === 'scatter' ? [content] : []));
  const reach = scatterReach(plots);
  const beyond = plots.reduce((sum, plot) => sum + pointsBeyond(plot, reach), 0);
  const axes =
    plots.length === 0
      ? []
      : [`Axes from −${reach} to ${reach}${beyond > 0 ? `, ${count(beyond, 'point')} beyond` : ''}.`];
  return {
    across,
    notes: axes,
    gallery: {
      ...{ rows, columns, picture, ticks, classes, reach, cells },
      heading: heading === undefined || label === null ? null : { label, content: heading },
    },
  };
}

/** All rows are of the one trial of the plan. */
async function drawRows(
  request: DrawGalleryRequest,
  panel: TrialPanel,
  heldOut: PanelRequest['heldOut'],
): Promise<Drawn> {
  const { plan, dataset } = request;
  const entry = plan.entries[0]!;
  const across = panel.most;
  const base = cellOf(entry, request, undefined, 0);
  const source = sourceOf(entry.trial!, request);
  const found = await orReason(() => panel.draw({ source, across, heldOut }));
  const rows = typeof found === 'string' ? [] : found;
  const cells = rows.map(({ tiles, columns, note = '' }, row): GalleryCell => {
    return { ...base, row, caption: { lines: [], text: '', note }, content: pictureOf(tiles, columns) };
  });
  const down = Math.max(1, ...rows.map(({ tiles, columns }) => Math.ceil(tiles.count / columns)));
  return {
    across,
    notes: [],
    gallery: {
      rows: typeof found === 'string' ? [[]] : rows.map(({ label }) => label),
      columns: [[]],
      picture: scaled(dataset, across, down, 1),
      heading: null,
      ticks: panel.ticks?.(across) ?? [],
      classes: [],
      reach: 0,
      cells: typeof found === 'string' ? [{ ...base, content: { kind: 'missing', reason: found } }] : cells,
    },
  };
}

function scaled(tile: DatasetDefinition, across: number, down: number, columns: number): Gallery['picture'] {
  const size = sheetSize({ ...tile, count: across * down }, across, SPACING);
  return { ...size, scale: scaleFor(columns, size.width) };
}

async function contentOf(
  { trial, state }: GalleryEntry,
  request: DrawGalleryRequest,
  draw: (source: PictureSource) => Promise<CellContent>,
): Promise<CellContent> {
  if (trial === null) return { kind: 'missing', reason: state };
  const found = await orReason(() => draw(sourceOf(trial, request)));
  return typeof found === 'string' ? { kind: 'missing', reason: found } : found;
}

/** What a trial lacks is a reason, anything else an error. */
async function orReason<T>(draw: () => Promise<T>): Promise<T | string> {
  try {
    return await draw();
  } catch (error) {
    if (error instanceof NoPicture) return error.message;
    throw error;
  }
}

function sourceOf(trial: TrialRecord, { filesOf, dataset }: DrawGalleryRequest): PictureSource {
  return pictureSource(trial, filesOf(trial), dataset);
}

function pictureOf(tiles: Tiles, columns: number): TilePicture {
  return { kind: 'tiles', png: encodeTiles(tiles, columns, SPACING) };
}

function headingOf({ heading }: DrawnTiles): TilePicture[] {
  return heading === undefined ? [] : [pictureOf(heading, heading.count)];
}

function cellOf(
  { trial, configId, params, rank }: GalleryEntry,
  { plan, idLength }: DrawGalleryRequest,
  layout: GalleryLayout | undefined,
  index: number,
): Omit<GalleryCell, 'content'> {
  const elbo = trial?.metrics['val/elbo'] ?? null;
  const told =
    layout?.captionsTell === true ? [...placeLines(plan, rank), ...parameterLines(params, plan.differing)] : [];
  const place = layout?.placeOf(plan.entries[index]!, index) ?? { row: 0, column: 0 };
  const note = trial === null ? '' : shortId(trial.id, idLength);
  return {
    row: place.row,
    column: place.column,
    trial: trial?.id ?? null,
    seed: trial?.seed ?? null,
    ...{ configId, params, rank, elbo },
    caption: { text: elbo === null ? '' : elboText(elbo), note, lines: told },
  };
}
