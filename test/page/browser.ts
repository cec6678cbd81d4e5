/** A real browser for tests of pages: Debian's chromium, or the one that SWEEP_CHROMIUM names. */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll } from 'vitest';

const PLACES = [
  process.env['SWEEP_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));

export const HAS_BROWSER = executablePath !== undefined;

/** Says why a test of a page is not run. */
export function inBrowser(title: string): string {
  return HAS_BROWSER ? title : `${title} (skipped: no Chromium)`;
}

let browser: Browser | undefined;
afterAll(async () => {
  await browser?.close();
  browser = undefined;
});

export interface OpenedPage {
  readonly page: Page;
  /** What the page asked of anything but its own file, and what it complained of. */
  readonly requests: string[];
  readonly complaints: string[];
}

export async function openInBrowser(file: string, hash = '', options: BrowserContextOptions = {}): Promise<OpenedPage> {
  browser ??= await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== `file://${file}` && !request.url().startsWith('data:'))
      requests.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`file://${file}${hash === '' ? '' : `#${hash}`}`);
  return { page, requests, complaints };
}
