import type { Colouring } from '../../charts/colouring.ts';
import { element, type Markup } from '../../charts/svg.ts';
import { tag, words } from '../html.ts';

/** What colours mean. */
export function legendMarkup({ axis, legend }: Pick<Colouring, 'axis' | 'legend'>): Markup {
  return [
    tag('span', { class: 'legend-name' }, words(axis ?? '')),
    ...legend.map(({ label, colour }) =>
      tag('span', { class: 'legend-item' }, [
        element('svg', { viewBox: '0 0 10 10', width: 10, height: 10, 'aria-hidden': 'true' }, [
          element('circle', { cx: 5, cy: 5, r: 5, fill: colour }),
        ]),
        words(label),
      ]),
    ),
  ].join('');
}
