/**
 * The pictures of the documents, of a finished sweep: `npm run pictures [-- SWEEP [RESULTS]]`, by default `beta` in
 * `results`, as `sweep run sweeps/beta.yaml` leaves it. Needs a Chromium.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { progressFraction } from '../../src/analysis/progress/progress.ts';
import type { ProgressState } from '../../src/analysis/progress/progress-state.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { formatBytes } from '../../src/render/format.ts';
import { renderFrame } from '../../src/render/run/frame.ts';
import type { ReadModel } from '../../src/store/read-model.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { launchBrowser } from '../page/chromium.ts';
import { ROOT } from './markdown.ts';
import { palettePng } from './palette-png.ts';
import { rewoundRun } from './rewound-run.ts';
import { terminalPage } from './terminal-page.ts';

const [sweep = 'beta', results = path.join(ROOT, 'results')] = process.argv.slice(2);
const PICTURES = path.join(ROOT, 'docs/pictures');
/** How far colours of a picture's palette are apart: grey images want more of them than text does. */
const [TEXT, IMAGES] = [24, 8];
/** The page asks for this font first: the pictures are what it looks like where that is installed. */
const FONT = readFileSync(path.join(ROOT, 'node_modules/inter-ui/variable/InterVariable.woff2')).toString('base64');
const FONT_FACE = `@font-face { font-family: Inter; font-weight: 100 900; src: url(data:font/woff2;base64,${FONT}) }`;

const folder = mkdtempSync(path.join(tmpdir(), 'sweep-pictures-'));
mkdirSync(PICTURES, { recursive: true });
const browser = await launchBrowser();
try {
  await writeTerminal(browser);
  await writePage(browser);
  writeGallery();
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

/** What the command prints for a terminal of so many columns; it suggests commands as where `results` is the usual folder. */
function output(columns: number, ...args: readonly string[]): string {
  const env = {
    ...process.env,
    COLUMNS: String(columns),
    FORCE_COLOR: '1',
    NO_COLOR: undefined,
    SWEEP_RESULTS: results,
  };
  return execFileSync(path.join(ROOT, 'src/cli/sweep'), args, { cwd: ROOT, env, encoding: 'utf8' });
}

function save(name: string, png: Uint8Array, apart = IMAGES): void {
  const small = palettePng(png, apart);
  writeFileSync(path.join(PICTURES, name), small);
  process.stdout.write(`docs/pictures/${name}  ${formatBytes(small.length)}\n`);
}

/** The first, most of the epochs being done, at which all that trains has a curve. */
function tellingMoment(model: ReadModel): ProgressState {
  for (let percent = 0; percent < 100; percent++) {
    const run = rewoundRun(model, sweep, percent / 100);
    const curves = [...run.running.values()].map(({ curve }) => curve.length);
    if (progressFraction(run) > 0.6 && curves.length > 1 && Math.min(...curves) >= 3) return run;
  }
  return rewoundRun(model, sweep, 0.6);
}

/** The live view in three widths, and an answer in as many. */
async function writeTerminal(browser: Browser): Promise<void> {
  const model = openReadModel(new ResultsLayout(results));
  const run = tellingMoment(model);
  model[Symbol.dispose]();
  for (const columns of [60, 80, 140]) {
    const frame = renderFrame(run, { columns, rows: 24, colour: true }).join('\n');
    await photograph(`live-${columns}.png`, `sweep run sweeps/${sweep}.yaml`, frame, columns);
    const report = output(columns, 'report', sweep, '--best', '3').trimEnd();
    await photograph(`report-${columns}.png`, `sweep report ${sweep} --best 3`, report, columns);
  }

  async function photograph(name: string, title: string, text: string, columns: number): Promise<void> {
    const file = path.join(folder, 'terminal.html');
    writeFileSync(file, terminalPage(title, text, columns));
    const page = await open(browser, file, { viewport: { width: columns * 10 + 100, height: 400 } });
    save(name, await page.locator('main').screenshot({ omitBackground: true }), TEXT);
    await page.context().close();
  }
}

/** The report's page: as it opens by day, by night, on a phone and on paper; its charts; its sliders. */
async function writePage(browser: Browser): Promise<void> {
  const file = path.join(folder, 'report.html');
  output(80, 'report', sweep, '--format', 'html', '-o', file);
  const wide = { viewport: { width: 1200, height: 940 }, deviceScaleFactor: 1.6 };

  const light = await open(browser, file, { ...wide, colorScheme: 'light' });
  save('page-light.png', await light.screenshot());
  save('page-charts.png', await stretch(light, light.locator('#parallel'), light.locator('#plane')));
  save('latents.png', await stretch(light, light.locator('#latents'), light.locator('#latents')));
  await light.context().close();

  const dark = await open(browser, file, { ...wide, colorScheme: 'dark' });
  save('page-dark.png', await dark.screenshot());
  await dark.context().close();

  const phone = await open(browser, file, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  save('page-phone.png', await phone.screenshot());
  await phone.context().close();

  const paper = await open(browser, file, { viewport: { width: 794, height: 1123 } });
  await paper.emulateMedia({ media: 'print' });
  // As by @page, of which a screenshot knows nothing.
  await paper.addStyleTag({ content: 'body { padding: 14mm 12mm }' });
  save('page-print.png', await paper.screenshot());
  await paper.context().close();
}

async function open(browser: Browser, file: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ deviceScaleFactor: 1.5, bypassCSP: true, ...options });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.addStyleTag({ content: FONT_FACE });
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  return page;
}

/** The page from one element to the end of another. What is out of view isn't laid out before it has been looked at. */
async function stretch(page: Page, first: Locator, last: Locator): Promise<Buffer> {
  await page.addStyleTag({ content: '.panel { content-visibility: visible !important }' });
  const [side, above] = [24, 12];
  const [from, to] = [(await first.boundingBox())!, (await last.boundingBox())!];
  const scrolled = await page.evaluate<number>('scrollY');
  const clip = {
    ...{ x: from.x - side, y: from.y + scrolled - above },
    ...{ width: from.width + 2 * side, height: to.y + to.height - from.y + above },
  };
  return page.screenshot({ clip, fullPage: true });
}

function writeGallery(): void {
  const file = path.join(folder, 'gallery.png');
  output(80, 'gallery', sweep, '-o', file);
  save('gallery.png', readFileSync(file));
}
