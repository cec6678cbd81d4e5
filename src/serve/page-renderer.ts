import type { ResultsLayout } from '../files/paths.ts';
import { readPageAssets } from '../page/assets.ts';
import { drawPage } from '../page/page.ts';
import { readPage, readPageLatents, type KnownLatents } from '../answers/read-page.ts';
import { openReadModel } from '../store/sqlite-read-model.ts';
import type { LiveServerOptions } from './live-server.ts';

/** Draws the page of `sweep report --format html` as the results are now. @throws SweepError where its script is not there */
export function pageRenderer(layout: ResultsLayout, suggestedFlags: string): LiveServerOptions['renderPage'] {
  const assets = readPageAssets();
  const known: KnownLatents = new Map();
  return async (live) => {
    const model = openReadModel(layout);
    try {
      const content = readPage({ model, layout }, live.sweep, { flags: suggestedFlags });
      const latents = await readPageLatents({ model, layout }, content.report, known);
      return drawPage({ ...content, latents }, assets, live);
    } finally {
      model[Symbol.dispose]();
    }
  };
}
