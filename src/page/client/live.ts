/** What happens in a served sweep since its page was drawn. */
import type { LiveMessage } from '../../serve/live-message.ts';
import { foldMessage, NOTHING_YET, statusLine, trialLine } from './live-state.ts';

/** The page isn't drawn anew sooner than this after it was drawn. */
const AT_LEAST_MS = 5000;

/**
 * Follows the sweep; nothing where the page isn't served. Results that came since are drawn by loading the page again: by
 * itself as long as nobody has touched the page, then at the press of a button, so that nothing moves under the pointer.
 */
export function followLive(section: HTMLElement | null): void {
  const address = section?.dataset['events'];
  if (section === null || address === undefined) return;
  const status = section.querySelector('#live-status')!;
  const list = section.querySelector('#live-trials')!;
  const again = document.createElement('button');
  again.type = 'button';
  again.hidden = true;
  again.onclick = () => location.reload();
  status.after(again);

  let isDue = false;
  let isTouched = false;
  for (const type of ['pointerdown', 'keydown', 'input', 'wheel']) {
    addEventListener(type, () => (isTouched = true), { once: true, passive: true });
  }
  let state = NOTHING_YET;
  const show = (connection: string): void => {
    const line = state.head === null ? '' : statusLine(state.head);
    status.textContent = [line, connection].filter((part) => part !== '').join(' · ');
    again.hidden = state.news === 0;
    again.textContent = `Draw the page anew: ${state.news} more completed`;
    list.replaceChildren(
      ...[...state.running.values(), ...state.ended].map((trial) => {
        const row = document.createElement('p');
        row.textContent = trialLine(trial);
        row.className = trial.state;
        return row;
      }),
    );
  };

  const source = new EventSource(address);
  source.onopen = () => show('live');
  source.onmessage = ({ data }: MessageEvent<string>) => {
    state = foldMessage(state, JSON.parse(data) as LiveMessage);
    show('live');
    if (state.news > 0 && !isTouched && !isDue) {
      isDue = true;
      setTimeout(
        () => {
          if (!isTouched) location.reload();
        },
        Math.max(0, AT_LEAST_MS - performance.now()),
      );
    }
  };
  // It asks again by itself, and is told what it missed.
  source.onerror = () => show('no connection; trying again');
  show('connecting');
}
