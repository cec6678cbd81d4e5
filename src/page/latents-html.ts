import type { LatentsData } from '../decoder/latents-data.ts';
import type { NoLatents } from '../read-latents.ts';
import { formatValue } from '../text/format-value.ts';
import { traversalSheet } from './traversal-sheet.ts';

/**
 * What stands in the page's section for the latents: the contact sheet, which is all where scripts are off, and the data of
 * client/latents.ts, which takes its place.
 */
export function latentsHtml(latents: LatentsData | NoLatents): string {
  if ('problem' in latents) return `<p>No latents to drag: ${escapeHtml(latents.problem)}.</p>`;
  const { png, width, height, caption } = traversalSheet(latents);
  const best = latents.decoders[latents.best]!;
  return [
    `<figure class="latents-sheet"><img alt="" width="${width}" height="${height}" src="data:image/png;base64,${Buffer.from(png).toString('base64')}">`,
    `<figcaption>Trial ${escapeHtml(best.trial.slice(0, 6))}, β = ${formatValue(best.beta)}. ${escapeHtml(caption)}</figcaption></figure>`,
    ...latents.missing.map(({ beta, why }) => `<p class="note">Without β = ${formatValue(beta)}: ${REASONS[why]}.</p>`),
    `<script type="application/json" class="latents-data">${JSON.stringify(latents).replaceAll('<', '\\u003c')}</script>`,
  ].join('\n');
}

const REASONS = { size: 'its decoder would make the page too large', weights: 'its weights are gone or damaged' };

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
