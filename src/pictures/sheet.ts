import { element } from '../charts/svg.ts';
import { COLUMN_GAP } from './gallery-layout.ts';
import type { Gallery, GalleryCell } from './gallery.ts';
import { classColour, scatterPlot } from './scatter-plot.ts';
import { clipText, pixelImage, svgOf, text, textWidth, wrapText, type TextStyle } from './svg.ts';

/** Where a cell's picture is, in pixels of the SVG. */
export interface CellPlace {
  readonly cell: GalleryCell;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Sheet {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly places: readonly CellPlace[];
}

const INK = '#1f2328';
const PALE_INK = '#59636e';
const ACCENT = '#0969da';
const MISSING = { fill: '#eff2f5', stroke: '#d1d9e0' };

const TITLE: TextStyle = { size: 22, fill: INK, isBold: true };
const BODY: TextStyle = { size: 13, fill: PALE_INK };
const LABEL: TextStyle = { size: 13, fill: INK, isBold: true };
const CAPTION: TextStyle = { size: 12, fill: INK };
const NOTE: TextStyle = { size: 12, fill: PALE_INK };

const MARGIN = 32;
const LINE = 17;
const BODY_LINE = 19;
const ROW_GAP = 14;
const LABEL_GAP = 18;
const NARROWEST = 640;

/** Lays a gallery out and draws it. Every picture lies on whole pixels, so that enlarging keeps its own. */
export function drawSheet(gallery: Gallery): Sheet {
  const { picture, rows, columns, cells, heading, ticks, classes } = gallery;
  const width = picture.width * picture.scale;
  const height = picture.height * picture.scale;
  const columnWidth = Math.max(width, MINIMAL_CAPTION);
  const labelWidth = Math.ceil(Math.max(0, ...rows.flat().map((line) => textWidth(line, LABEL.size, true))));
  const left = MARGIN + (labelWidth === 0 ? 0 : labelWidth + LABEL_GAP);
  const total = Math.max(NARROWEST, left + columns.length * (columnWidth + COLUMN_GAP) - COLUMN_GAP + MARGIN);
  const drawing: string[] = [];
  const write = (content: string, x: number, y: number, style: TextStyle): void =>
    void drawing.push(text(content, x, y, style));

  let y = MARGIN + 20;
  write(clipText(gallery.title, total - 2 * MARGIN, TITLE.size, true), MARGIN, y, TITLE);
  y += 10;
  for (const line of gallery.texts.flatMap((one) => wrapText(one, total - 2 * MARGIN, BODY.size)))
    write(line, MARGIN, (y += BODY_LINE), BODY);
  y += 24;
  if (classes.length > 0) {
    drawing.push(...legend(classes, MARGIN, y + 4));
    y += 34;
  }

  const xOf = (column: number): number => left + column * (columnWidth + COLUMN_GAP);
  const labelLines = Math.max(0, ...columns.map((lines) => lines.length));
  if (labelLines > 0) {
    columns.forEach((lines, column) =>
      lines.forEach((line, i) =>
        write(clipText(line, columnWidth, LABEL.size, true), xOf(column), y + 12 + i * LINE, LABEL),
      ),
    );
    y += labelLines * LINE + 6;
  }
  if (heading !== null) {
    const headingHeight = tileHeight(gallery);
    columns.forEach((_, column) => drawing.push(pixelImage(heading.content.png, xOf(column), y, width, headingHeight)));
    if (labelWidth > 0) write(heading.label, MARGIN, y + headingHeight / 2 + 5, { ...BODY, size: 13 });
    y += headingHeight + ROW_GAP;
  }
  if (ticks.length > 0) {
    const tile = width / ticks.length;
    columns.forEach((_, column) =>
      ticks.forEach((tick, i) => write(tick, xOf(column) + (i + 0.5) * tile, y + 10, { ...NOTE, anchor: 'middle' })),
    );
    y += 18;
  }

  const places: CellPlace[] = [];
  rows.forEach((lines, row) => {
    const own = cells.filter((cell) => cell.row === row);
    const block = lines.length * LINE;
    const top = y + Math.max(0, height / 2 - block / 2) + 12;
    lines.forEach((line, i) => write(line, MARGIN, top + i * LINE, i === 0 ? LABEL : BODY));
    for (let column = 0; column < columns.length; column++) {
      const cell = own.find((one) => one.column === column);
      const x = xOf(column);
      // A list's last row may be short; a gap in a grid is a configuration that isn't planned.
      if (cell === undefined) {
        if (labelLines > 0 || labelWidth > 0)
          drawing.push(...placeholder('not in the plan', x, y, width, height, true));
        continue;
      }
      drawing.push(...cellContent(cell, x, y, width, height, gallery));
      places.push({ cell, x, y, width, height });
      drawing.push(...captionOf(cell, x, y + height, Math.max(width, MINIMAL_CAPTION), gallery));
    }
    const captionLines = Math.max(0, ...own.map(captionHeight));
    y += Math.max(height + captionLines, block) + ROW_GAP;
  });
  const bottom = Math.ceil(y - ROW_GAP + MARGIN);
  return { svg: svgOf(Math.ceil(total), bottom, drawing), width: Math.ceil(total), height: bottom, places };
}

/** So wide is a column at least, for `ELBO −45.33   6289d2`. */
const MINIMAL_CAPTION = 168;

function tileHeight({ picture }: Gallery): number {
  return picture.height * picture.scale;
}

function captionHeight({ caption }: GalleryCell): number {
  const last = caption.text === '' && caption.note === '' ? 0 : 1;
  return (caption.lines.length + last) * LINE + (caption.lines.length + last > 0 ? 4 : 0);
}

function captionOf({ caption, rank }: GalleryCell, x: number, y: number, width: number, gallery: Gallery): string[] {
  const isBest = rank === 1 && hasSeveralTrials(gallery);
  const style: TextStyle = isBest ? { ...CAPTION, isBold: true, fill: ACCENT } : CAPTION;
  let line = y + 3;
  const lines = caption.lines.map((one) => text(clipText(one, width, CAPTION.size), x, (line += LINE), CAPTION));
  if (caption.text === '' && caption.note === '') return lines;
  line += LINE;
  if (caption.text === '') return [...lines, text(caption.note, x, line, NOTE)];
  const note = text(caption.note, x + width, line, { ...NOTE, anchor: 'end' });
  return [...lines, text(caption.text, x, line, style), note];
}

function cellContent(
  cell: GalleryCell,
  x: number,
  y: number,
  width: number,
  height: number,
  gallery: Gallery,
): string[] {
  const { content } = cell;
  const outline =
    cell.rank === 1 && hasSeveralTrials(gallery) && content.kind !== 'missing'
      ? [
          element('rect', {
            x: x - 3,
            y: y - 3,
            width: width + 6,
            height: height + 6,
            fill: 'none',
            stroke: ACCENT,
            'stroke-width': 2,
          }),
        ]
      : [];
  switch (content.kind) {
    case 'missing':
      return placeholder(content.reason, x, y, width, height);
    case 'scatter':
      return [...scatterPlot(content, x, y, width, gallery.reach), ...outline];
    case 'tiles': {
      const size = pngSize(content.png);
      const { scale } = gallery.picture;
      return [pixelImage(content.png, x, y, size.width * scale, size.height * scale), ...outline];
    }
  }
}

function hasSeveralTrials({ cells }: Gallery): boolean {
  return new Set(cells.map(({ trial }) => trial)).size > 1;
}

/** Of the header that every PNG begins with. */
function pngSize(png: Uint8Array): { readonly width: number; readonly height: number } {
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function placeholder(reason: string, x: number, y: number, width: number, height: number, isEmpty = false): string[] {
  const box = { x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1, rx: 3 };
  const lines = wrapText(reason, width - 16, BODY.size).slice(0, Math.max(1, Math.floor(height / LINE)));
  const top = y + height / 2 - (lines.length * LINE) / 2 + 13;
  return [
    element(
      'rect',
      isEmpty ? { ...box, fill: 'none', stroke: MISSING.stroke, 'stroke-dasharray': '4 4' } : { ...box, ...MISSING },
    ),
    ...lines.map((line, i) =>
      text(clipText(line, width - 8, BODY.size), x + width / 2, top + i * LINE, { ...BODY, anchor: 'middle' }),
    ),
  ];
}

function legend(classes: readonly string[], x: number, y: number): string[] {
  let at = x;
  return classes.flatMap((name, index) => {
    const dot = element('circle', { cx: at + 5, cy: y, r: 5, fill: classColour(index) });
    const label = text(name, at + 15, y + 4.5, { ...BODY, fill: INK });
    at += 15 + textWidth(name, BODY.size) + 18;
    return [dot, label];
  });
}
