import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SweepError } from '../errors.ts';

/** What `npm run page` bundles from src/page/client. */
export interface PageAssets {
  readonly script: string;
  readonly styles: string;
}

/** In a checkout the sources run from src/page; in the package they lie in dist/src/page. Both are two or three below dist/page. */
const FOLDERS = ['../../dist/page', '../../page'].map((folder) => path.join(import.meta.dirname, folder));

/** @throws SweepError UNEXPECTED where the page's script was not bundled yet */
export function readPageAssets(): PageAssets {
  for (const folder of FOLDERS) {
    try {
      const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8').trim();
      return { script: read('page.js'), styles: read('page-styles.css') };
    } catch {
      // The other place, then.
    }
  }
  throw new SweepError(
    'USAGE',
    "The page's script is not there: it is bundled by `npm run page` (and by `npm ci`). Run that, then this again.",
  );
}
