import { saidOf } from '../../text/sample-noun.ts';
import type { Colouring } from '../../charts/colouring.ts';
import { describeFilter } from '../../analysis/filter.ts';
import { escapeMarkup, type Markup } from '../../charts/svg.ts';
import { headline } from '../../render/report/headline-text.ts';
import { formatDate, formatDuration } from '../../render/format.ts';
import { reportTexts } from '../../render/report/report-texts.ts';
import { count } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { prose, sentence, tag, words, type Section } from '../html.ts';
import type { PageContent } from '../page-content.ts';
import { legendMarkup } from './legend.ts';

const STATES = {
  finished: 'finished',
  running: 'still running',
  interrupted: 'interrupted',
  failed: 'ended with an error',
} as const;

/** The answer, how far the sweep is, and what a reader must know before believing it. */
export function header(content: PageContent, sections: readonly Section[], colours: Colouring): Markup {
  const { report, model, provenance } = content;
  const { data, notes, test, trade } = reportTexts(report);
  const { total, completed, ...others } = report.trials;
  const chips = [
    ['state', STATES[report.state]],
    ['completed', `${completed} of ${count(total, 'trial')} completed`],
    ...Object.entries(others).flatMap(([state, amount]) =>
      amount > 0 ? [[state, `${amount} ${state}`] as const] : [],
    ),
    ...(model.timeline.takenOver > 0 ? [['reused', `${model.timeline.takenOver} taken over`] as const] : []),
    ...(model.timeline.seconds > 0
      ? [['time', `${formatDuration(model.timeline.seconds)} of wall time`] as const]
      : []),
  ];
  return tag('header', { class: 'top' }, [
    tag('p', { class: 'eyebrow' }, [
      tag('span', { class: 'brand' }, 'Sweep report'),
      tag('span', {}, escapeMarkup(model.sweep)),
      tag(
        'time',
        { datetime: (provenance.endedAt ?? provenance.startedAt).toISOString() },
        escapeMarkup(formatDate(provenance.endedAt ?? provenance.startedAt)),
      ),
    ]),
    tag('h1', {}, words(headline(report))),
    tag(
      'p',
      { class: 'standfirst' },
      words(
        [
          report.where === null ? '' : `Only trials of which this holds: ${plain(describeFilter(report.where))}`,
          model.metric.goal === null
            ? `Sorted by ${model.metric.name}`
            : `Ranked by the mean of ${model.metric.name} over seeds, ${saidOf(report.noun, model.metric.unit)}, ${model.metric.goal === 'maximize' ? 'higher' : 'lower'} is better; of each trial its ${report.epoch} epoch counts`,
          data === false ? '' : `Data: ${data}`,
          test === false ? '' : test.replaceAll('\u00a0', ' '),
          trade[1] ?? '',
        ]
          .filter((part) => part !== '')
          .map(sentence)
          .join(' '),
      ),
    ),
    tag(
      'ul',
      { class: 'chips' },
      chips.map(([kind, text]) => tag('li', { class: `chip ${kind}` }, words(text))),
    ),
    notes.length === 0
      ? ''
      : tag('div', { class: 'warnings', role: 'note' }, [
          tag(
            'h2',
            {},
            notes.length === 1 ? 'Know before you believe it' : `${notes.length} things to know before you believe it`,
          ),
          tag(
            'ul',
            {},
            notes.map((note) => tag('li', {}, prose(sentence(note)))),
          ),
        ]),
    tag(
      'nav',
      { class: 'contents', 'aria-label': 'Panels' },
      tag(
        'ul',
        {},
        sections
          .filter(({ title }) => title !== '')
          .map(({ id, title }) => tag('li', {}, tag('a', { href: `#${id}` }, words(title)))),
      ),
    ),
    legendBar(colours),
  ]);
}

/** What colours mean, in view wherever one reads; scripts put the selection beside it. */
function legendBar({ axis, legend }: Colouring): Markup {
  if (axis === null) return '';
  return tag('div', { class: 'bar', id: 'bar' }, [
    tag('div', { class: 'bar-legend', id: 'legend' }, legendMarkup({ axis, legend })),
    tag('div', { class: 'bar-selection', id: 'selection', 'aria-live': 'polite' }, ''),
  ]);
}
