/** The browser of tests of pages: one for all tests of a file. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './chromium.ts';

export { HAS_BROWSER };

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
  browser ??= await launchBrowser();
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

type Offset = readonly [x: number, y: number];

/**
 * Drags between two points of an element, from its corner. A panel is laid out and listens only after it came into view:
 * ask again until it was heard.
 */
export async function drag(page: Page, element: Locator, from: Offset, to: Offset): Promise<void> {
  await element.scrollIntoViewIfNeeded();
  const { x, y } = (await element.boundingBox())!;
  await page.mouse.move(x + from[0], y + from[1]);
  await page.mouse.down();
  await page.mouse.move(x + to[0], y + to[1], { steps: 4 });
  await page.mouse.up();
}
