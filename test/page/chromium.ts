/** A real browser: Debian's chromium, or the one that SWEEP_CHROMIUM names. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = [
  process.env['SWEEP_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));

export const HAS_BROWSER = executablePath !== undefined;

/** @throws Error where there is none */
export async function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('No Chromium here: install one, or name it by SWEEP_CHROMIUM.');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
