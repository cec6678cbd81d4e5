/** The report as one file of HTML: it opens from disk, asks nothing of any network, and says its answer without scripts. */
import { createHash } from 'node:crypto';
import { colouring, defaultColourAxis } from '../charts/colouring.ts';
import { pagePalette, paletteStyles } from '../charts/palette.ts';
import { escapeMarkup, type Markup } from '../charts/svg.ts';
import { alignmentOf, cellTexts } from '../render/layout/cell-text.ts';
import { headline } from '../render/report/headline-text.ts';
import { printableJson } from '../text/printable.ts';
import type { PageAssets } from './assets.ts';
import { sectionMarkup, tag, words } from './html.ts';
import { liveStrip } from './live-strip.ts';
import type { LivePage, PageContent, PageData } from './page-content.ts';
import { header } from './sections/header.ts';
import { sectionsOf } from './sections/index.ts';

export function renderPage(content: PageContent, assets: PageAssets): string {
  return drawPage(content, assets, null).html;
}

/** The page and its Content-Security-Policy; with a strip for what happens now where it is served. */
export function drawPage(
  content: PageContent,
  { script, styles }: PageAssets,
  live: LivePage | null,
): { readonly html: string; readonly policy: string } {
  const { model, report } = content;
  const data: PageData = {
    model,
    table: pageTable(content),
    flags: content.flags,
  };
  const colours = colouring(model, defaultColourAxis(model), pagePalette);
  const sections = sectionsOf(content, data, colours);
  const style = `:root{${paletteStyles()}}${styles}`;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    ...(live === null ? [] : ["connect-src 'self'"]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const title = `${model.sweep}: ${headline(report)}`;
  const html = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<meta name="generator" content="vae-sweep ${escapeMarkup(content.provenance.version)}">`,
    tag('title', {}, words(title)),
    '<link rel="icon" href="data:,">',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#leaderboard">Skip to the table</a>',
    ...(live === null ? [] : [liveStrip(live)]),
    header(content, sections, colours),
    tag('main', {}, sections.map(sectionMarkup)),
    tag('footer', {}, footer(content, live)),
    `<script type="application/json" id="page-data">${island(data)}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
  return { html, policy };
}

/** The report's columns as they are written; what is said of each beside the best follows its value. */
function pageTable({ report: { table } }: PageContent): PageData['table'] {
  const ranked = table.findIndex(({ isRanked }) => isRanked);
  const beside = table.filter(({ header }) => header === '' || header === 'vs best');
  const others = table.filter((column) => !beside.includes(column));
  return [...others.slice(0, ranked + 1), ...beside, ...others.slice(ranked + 1)].map((column) => ({
    header: column.header,
    align: alignmentOf(column),
    cells: cellTexts(column).map((cell) => cell.trim().replaceAll(/ +/g, ' ')),
  }));
}

function footer({ provenance }: PageContent, live: LivePage | null): Markup {
  return tag(
    'p',
    {},
    words(
      `Written by vae-sweep ${provenance.version} on ${provenance.writtenAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.${live === null ? ' This file asks nothing of any network.' : ''}`,
    ),
  );
}

/** No text of a user's can end the element it stands in. */
function island(data: PageData): string {
  return printableJson(JSON.stringify(data)).replaceAll('<', '\\u003c');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
