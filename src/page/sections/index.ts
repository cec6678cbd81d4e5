import type { Colouring } from '../../charts/colouring.ts';
import { pagePalette } from '../../charts/palette.ts';
import { beyondNote, drawParallel, parallelLayout } from '../../charts/parallel.ts';
import { drawPlane, planeLayout } from '../../charts/rate-distortion.ts';
import { svgElement } from '../../charts/svg.ts';
import { figure, type Section } from '../html.ts';
import type { PageContent, PageData } from '../page-content.ts';
import { leaderboardTable, ROWS } from './leaderboard.ts';
import { tag } from '../html.ts';
import { reportTexts } from '../../render/report-texts.ts';
import { count } from '../../text/format-number.ts';

export const WIDE = 1080;
export const HALF = 520;

/** The panels in the order in which they are read: the answer, the evidence, where it comes from. */
export function sectionsOf(content: PageContent, data: PageData, colours: Colouring): Section[] {
  const { model } = content;
  return [leaderboard(content, data, colours), parallel(model, colours), plane(model, colours)].filter(
    (section) => section !== null,
  );
}

function leaderboard({ report, model }: PageContent, data: PageData, colours: Colouring): Section {
  const order = model.configurations.map((_, place) => place).slice(0, ROWS);
  const { legend, constants } = reportTexts(report);
  const all = model.configurations.length + report.omitted;
  return {
    id: 'leaderboard',
    title: 'Leaderboard',
    lead: legend === false ? undefined : legend,
    body: tag(
      'div',
      { class: 'scroll', id: 'rows', role: 'region', 'aria-label': 'Leaderboard', tabindex: 0 },
      leaderboardTable(data, colours, order),
    ),
    notes: [
      order.length < all ? `${order.length} of ${count(all, 'configuration')} shown.` : null,
      constants === false ? null : `Same everywhere: ${constants}.`,
    ],
  };
}

function parallel(model: PageContent['model'], colours: Colouring): Section {
  const layout = parallelLayout(model, WIDE);
  return {
    id: 'parallel',
    title: 'Parallel coordinates',
    lead: 'Each line is a configuration, from its settings on the left to what it reached on the right.',
    body: figure('parallel', svgElement(drawParallel(model, layout, colours, pagePalette))),
    notes: [beyondNote(layout, model)],
  };
}

function plane(model: PageContent['model'], colours: Colouring): Section {
  const layout = planeLayout(model, HALF);
  return {
    id: 'plane',
    title: 'Rate and distortion',
    isHalf: true,
    lead: 'What the code costs against what it loses. Along a straight line the ELBO is the same; the dotted line joins what no other configuration beats in both.',
    body: figure('plane', svgElement(drawPlane(model, layout, colours, pagePalette))),
  };
}
