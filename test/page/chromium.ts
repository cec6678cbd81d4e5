/** A real browser, where there is one. */
import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM } from '../support/chromium.ts';

export const HAS_BROWSER = CHROMIUM !== undefined;

/** @throws Error where there is none */
export async function launchBrowser(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('No Chromium here: install one, or name it by SWEEP_CHROMIUM.');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}
