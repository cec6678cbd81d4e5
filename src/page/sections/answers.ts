import { escapeMarkup } from '../../charts/svg.ts';
import { searchAnswers } from '../../render/report/search-text.ts';
import { prose, tag, words, type Section } from '../html.ts';
import type { PageContent } from '../page-content.ts';

/** What a search found, cost, taught, and leads on to. */
export function answers({ report, flags }: PageContent): Section | null {
  const told = searchAnswers(report, flags);
  if (told.length === 0) return null;
  const rows = told.flatMap(({ name, text, command }) => [
    tag('dt', {}, words(name)),
    tag('dd', {}, [
      prose(text.endsWith('.') ? text : `${text}:`),
      command === null ? '' : tag('span', { class: 'commands' }, [' ', tag('code', {}, escapeMarkup(command))]),
    ]),
  ]);
  return { id: 'answers', title: 'The search in short', body: tag('dl', { class: 'answers' }, rows) };
}
