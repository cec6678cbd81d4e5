import { count } from '../../text/format-number.ts';
import { prose, tag, words, type Section } from '../html.ts';
import type { PageContent } from '../page-content.ts';

const IDS = 12;

/** Trials that ended without a result, by cause. */
export function failures({ model, flags }: PageContent): Section | null {
  if (model.failures.length === 0) return null;
  const total = model.failures.reduce((sum, { trials }) => sum + trials.length, 0);
  const rows = model.failures.map(({ state, cause, isOneCause, trials, shared }) => {
    const ids = trials
      .slice(0, IDS)
      .map((place) => model.trials[place]!.id)
      .join(' ');
    return tag('tr', {}, [
      tag('td', { class: 'right' }, String(trials.length)),
      tag('td', { class: 'left' }, tag('span', { class: 'bad' }, words(state))),
      tag('td', { class: 'left wrap' }, [
        prose(cause),
        isOneCause ? '' : tag('div', { class: 'unit' }, 'of the first; numbers of the others differ'),
      ]),
      tag('td', { class: 'left wrap' }, words(shared === '' ? '–' : shared)),
      tag('td', { class: 'left wrap ids' }, [
        words(ids),
        trials.length > IDS ? ` and ${trials.length - IDS} more` : '',
      ]),
    ]);
  });
  return {
    id: 'failures',
    title: 'Without a result',
    lead: `${count(total, 'trial')} ended without a result, by ${count(model.failures.length, 'cause')}.`,
    body: tag(
      'div',
      { class: 'scroll', role: 'region', 'aria-label': 'Failures', tabindex: 0 },
      tag('table', { class: 'failures' }, [
        tag(
          'thead',
          {},
          tag(
            'tr',
            {},
            ['trials', 'state', 'cause', 'in common', 'ids'].map((name, column) =>
              tag('th', { scope: 'col', class: column === 0 ? 'right' : 'left' }, name),
            ),
          ),
        ),
        tag('tbody', {}, rows),
      ]),
    ),
    notes: [`What a trial logged: \`sweep logs TRIAL${flags}\`.`],
  };
}
