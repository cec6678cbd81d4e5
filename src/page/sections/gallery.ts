import type { Colouring } from '../../charts/colouring.ts';
import { element } from '../../charts/svg.ts';
import { formatInterval } from '../../render/format.ts';
import { count } from '../../text/format-number.ts';
import { tag, words, type Section } from '../html.ts';
import type { PageContent } from '../page-content.ts';
import { picture } from './picture.ts';

/** So many rows are open from the start. */
const OPEN_ROWS = 12;

/** The same held-out images through every configuration. */
export function gallery({ report, model, pictures }: PageContent, colours: Colouring): Section | null {
  const [first] = [...pictures.values()];
  if (first?.reconstructions == null) return null;
  const rows = [...pictures].map(([place, { reconstructions }]) => {
    const { label, id, value, rank } = model.configurations[place]!;
    const figures = value === null ? 'no result' : formatInterval(value, model.metric.decimals);
    return tag('li', { 'data-c': place, class: 'mark' }, [
      tag('span', { class: 'who' }, [
        element('svg', { class: 'swatch', viewBox: '0 0 10 10', width: 10, height: 10, 'aria-hidden': 'true' }, [
          element('circle', { cx: 5, cy: 5, r: 4.5, fill: colours.of(place) }),
        ]),
        tag('span', { class: 'place' }, String(rank ?? '–')),
        tag('span', {}, [words(label === '' ? id : label), ` <span class="unit">${words(figures)}</span>`]),
      ]),
      picture(reconstructions!, `Reconstructions by ${label === '' ? id : label}`, 1),
    ]);
  });
  // What is ranked by a metric that it lacks has pictures all the same.
  const completed = model.configurations.filter(({ value }, place) => value !== null || pictures.has(place)).length;
  const without = model.configurations.length - completed;
  return {
    id: 'gallery',
    title: 'Gallery',
    lead: 'The same held-out images for every configuration, reconstructed from the posterior mean by the first seed, best configuration first.',
    body:
      tag('ol', { class: 'gallery' }, [
        tag('li', { class: 'originals' }, [
          tag('span', { class: 'who' }, tag('span', {}, 'the images')),
          picture(first.reconstructions, 'The images as they are', 0),
        ]),
        ...rows.slice(0, OPEN_ROWS),
      ]) +
      (rows.length <= OPEN_ROWS
        ? ''
        : tag('details', {}, [
            tag('summary', {}, `${rows.length - OPEN_ROWS} more`),
            tag('ol', { class: 'gallery', start: OPEN_ROWS + 1 }, rows.slice(OPEN_ROWS)),
          ])),
    notes: [
      rows.length < completed
        ? `${rows.length} of ${count(completed, 'configuration')} shown: the best that have pictures. The others lie in ${report.sweep}/<trial>/ of the results folder.`
        : null,
      without > 0
        ? `${count(without, 'configuration')} without a result ${without === 1 ? 'has' : 'have'} no pictures.`
        : null,
    ],
  };
}
