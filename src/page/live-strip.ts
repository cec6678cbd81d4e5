import type { Markup } from '../charts/svg.ts';
import { tag, words } from './html.ts';
import type { LivePage } from './page-content.ts';

/** Where client/live.ts writes what happens, and the way to the other sweeps. */
export function liveStrip({ sweep, sweeps, events }: LivePage): Markup {
  const others = sweeps.filter((name) => name !== sweep).slice(0, LISTED);
  const links = others.map((name) =>
    tag('a', { href: `/?${new URLSearchParams({ sweep: name }).toString()}` }, words(name)),
  );
  const left = sweeps.length - 1 - others.length;
  return tag('section', { id: 'live', 'data-events': events, 'aria-label': 'What happens now' }, [
    tag(
      'p',
      { id: 'live-status', role: 'status' },
      words('Without scripts this page stays as it is; load it again for news.'),
    ),
    tag('div', { id: 'live-trials' }),
    others.length === 0
      ? ''
      : tag('nav', { 'aria-label': 'Other sweeps' }, [
          words('Other sweeps: '),
          links.join(', '),
          left > 0 ? words(` and ${left} more`) : '',
        ]),
  ]);
}

const LISTED = 20;
