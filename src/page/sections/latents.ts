import type { LatentsData, NoLatents } from '../../decoder/latents-data.ts';
import { printableJson } from '../../text/printable.ts';
import { formatValue } from '../../text/format-value.ts';
import { tag, words, type Section } from '../html.ts';
import { traversalSheet } from './traversal-sheet.ts';

/** The contact sheet, which is all where scripts are off, and the data of client/latents.ts, which takes its place. */
export function latentsSection(latents: LatentsData | NoLatents | null): Section | null {
  if (latents === null) return null;
  const section = { id: 'latents', title: 'Drag the latents' };
  if ('problem' in latents) {
    return { ...section, body: tag('p', {}, words(`Not here: ${latents.problem}.`)) };
  }
  const { png, width, height, caption } = traversalSheet(latents);
  const { trial, beta } = latents.decoders[latents.best]!;
  const sheet = tag('figure', { class: 'latents-sheet' }, [
    tag('img', { alt: caption, width, height, src: `data:image/png;base64,${Buffer.from(png).toString('base64')}` }),
    tag('figcaption', {}, words(`Trial ${trial.slice(0, 6)}, β = ${formatValue(beta)}. ${caption}`)),
  ]);
  const json = printableJson(JSON.stringify(latents)).replaceAll('<', '\\u003c');
  return {
    ...section,
    lead: "The best configuration's decoder at work: the code of a held-out image, and what it draws when one latent moves, those with the largest KL (nats) first.",
    body: sheet + tag('script', { type: 'application/json', class: 'latents-data' }, json),
    notes: latents.missing.map(({ beta, why }) => `Without β = ${formatValue(beta)}: ${REASONS[why]}.`),
  };
}

const REASONS = { size: 'its decoder would make the page too large', weights: 'its weights are gone or damaged' };
