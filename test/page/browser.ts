/** A real browser for tests of pages. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { CHROMIUM } from '../support/chromium.ts';

export const HAS_BROWSER = CHROMIUM !== undefined;

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
  browser ??= await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
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
