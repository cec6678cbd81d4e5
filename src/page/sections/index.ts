import type { Colouring } from '../../charts/colouring.ts';
import { pagePalette } from '../../charts/palette.ts';
import { svgElement } from '../../charts/svg.ts';
import { reportTexts } from '../../render/report/report-texts.ts';
import { count } from '../../text/format-number.ts';
import { effectsNotes, effectsSentences } from '../../render/effects/effects-text.ts';
import { figure, sentence, tag, words, type Section } from '../html.ts';
import type { PageContent, PageData } from '../page-content.ts';
import { panelOf } from '../panels.ts';
import { WHOLE_VIEW } from '../panel.ts';
import { answers } from './answers.ts';
import { courseSection } from './course.ts';
import { failures } from './failures.ts';
import { gallery } from './gallery.ts';
import { latentsSection } from './latents.ts';
import { leaderboardTable, ROWS } from './leaderboard.ts';
import { provenance } from './provenance.ts';
import { traded } from './traded.ts';
import { winner } from './winner.ts';

/** Widths that charts have in the page before any script measures it. */
const WIDE = 1160;
const HALF = 560;

/** The panels in the order in which they are read: the answer, the evidence, where it comes from. */
export function sectionsOf(content: PageContent, data: PageData, colours: Colouring): Section[] {
  const chart = (name: string): Section | null => chartSection(name, content, colours);
  return [
    answers(content),
    winner(content),
    leaderboard(content, data, colours),
    traded(content),
    courseSection(content, chart('course')),
    effectsSection(content, chart('effects')),
    chart('parallel'),
    chart('plane'),
    chart('heat'),
    chart('curves'),
    chart('health'),
    latentsSection(content.latents),
    gallery(content, colours),
    chart('timeline'),
    failures(content),
    provenance(content),
  ].filter((section) => section !== null);
}

function chartSection(name: string, { model }: PageContent, colours: Colouring): Section | null {
  const panel = panelOf(name)!;
  const drawn = panel.draw(model, panel.isHalf ? HALF : WIDE, colours, pagePalette, WHOLE_VIEW);
  if (drawn === null) return null;
  const { title, isHalf } = panel;
  const body = figure(name, svgElement(drawn.drawing));
  return { id: name, title, lead: panel.lead(model), isHalf, body, notes: drawn.notes };
}

/** The drawing, with what `sweep effects` says of it in words. */
function effectsSection({ effects }: PageContent, section: Section | null): Section | null {
  if (section === null) return null;
  const sentences = tag(
    'ul',
    { class: 'sentences' },
    effectsSentences(effects).map((one) => tag('li', {}, words(one))),
  );
  return { ...section, body: sentences + section.body, after: effectsNotes(effects, 'chart').map(sentence) };
}

function leaderboard({ report, model }: PageContent, data: PageData, colours: Colouring): Section {
  const order = model.configurations.map((_, place) => place).slice(0, ROWS);
  const { legend, objectives, constants, trade, advice } = reportTexts(report);
  const all = model.configurations.length;
  return {
    id: 'leaderboard',
    title: 'Leaderboard',
    lead: legend === false ? undefined : sentence(legend),
    body: tag(
      'div',
      { class: 'scroll', id: 'rows', role: 'region', 'aria-label': 'Leaderboard', tabindex: 0 },
      leaderboardTable(data, colours, order),
    ),
    notes: [order.length < all ? `${order.length} of ${count(all, 'configuration')} shown, the best first.` : null],
    after: [
      ...(objectives === false ? [] : [`They ${objectives}.`]),
      ...(constants === false ? [] : [`Same everywhere: ${constants}.`]),
      ...[...trade.slice(0, 1), ...(advice === false ? [] : [advice])].map(sentence),
    ],
  };
}
