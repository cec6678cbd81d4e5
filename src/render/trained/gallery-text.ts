import type { Gallery, GalleryCell } from '../../pictures/gallery.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { shellWord } from '../../text/shell-word.ts';
import { shortId } from '../format.ts';
import { toJsonLine } from '../json-line.ts';
import { marked, nextLine, styled, wrap, type Layout } from '../layout/text.ts';

/** A gallery that was drawn: the file, and where in it each cell is, in its pixels. */
export interface DrawnGallery {
  readonly gallery: Gallery;
  readonly file: string;
  /** How many digits of a trial's id a command needs. */
  readonly idLength: number;
  readonly width: number;
  readonly height: number;
  readonly cells: readonly {
    readonly cell: GalleryCell;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

/** Where the picture is and what it shows, for a terminal. */
export function renderGallery(
  { gallery, file, width, height, idLength }: DrawnGallery,
  layout: Layout,
  flags: string,
): string {
  const size = `${formatCount(width)} × ${formatCount(height)} pixels`;
  return [
    styled(layout, 'bold', plain(file)) + ` · ${size}`,
    ...gallery.texts.map((text) => wrap(plain(text), layout.columns, '   ', ' ')),
    ...limited(gallery).map((text) => wrap(text, layout.columns, '   ', ' ')),
    ...missing(gallery).map((text) => marked(layout, 'yellow', ' !', text)),
    nextLine(
      nextGalleries(gallery, idLength).map((command) => command + flags),
      layout.columns,
    ),
    '',
  ].join('\n');
}

function limited({ cells, configurations, omitted }: Gallery): string[] {
  if (omitted === 0) return [];
  const shown = new Set(cells.map(({ configId }) => configId)).size;
  return [`Showing the best ${shown} of ${formatCount(configurations)} configurations (--limit).`];
}

/** `2 configurations without a picture: 1 no weights, 1 diverged`. */
function missing({ cells }: Gallery): string[] {
  const reasons = cells.flatMap(({ content }) => (content.kind === 'missing' ? [content.reason] : []));
  if (reasons.length === 0) return [];
  const told = [...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) =>
    all.length === 1 ? reason : `${all.length} × ${reason}`,
  );
  return [`${count(reasons.length, 'place')} without a picture: ${told.map(plain).join('; ')}`];
}

/** Another look at the same sweep. */
function nextGalleries({ sweep, panel, cells }: Gallery, idLength: number): string[] {
  const name = shellWord(plain(sweep));
  const best = cells.find(({ rank }) => rank === 1)?.trial ?? undefined;
  return [
    `sweep gallery ${name} --panel ${panel === 'traversals' ? 'samples' : 'traversals'}`,
    ...(best === undefined ? [] : [`sweep show ${shortId(best, idLength)}`]),
  ];
}

/** `vae-sweep.gallery/1`: what was drawn and where, in pixels of the file. */
export function renderGalleryJson({ gallery, file, width, height, cells }: DrawnGallery): string {
  return toJsonLine({
    schema: 'vae-sweep.gallery/1',
    sweep: gallery.sweep,
    panel: gallery.panel,
    title: gallery.title,
    texts: gallery.texts,
    file,
    width,
    height,
    configurations: gallery.configurations,
    omitted: gallery.omitted,
    cells: cells.map(({ cell, ...place }) => ({
      trial: cell.trial,
      seed: cell.seed,
      config: cell.params,
      rank: cell.rank,
      elbo: cell.elbo,
      ...place,
      missing: cell.content.kind === 'missing' ? cell.content.reason : null,
    })),
  });
}
