/** One configuration under the pointer shows in every panel; one that is clicked stays, with all that is known of it. */
import { minus } from '../../charts/scales.ts';
import { change, make, onChange, type Page } from './page.ts';

/** What comes back marks what is picked again, where something was drawn anew. */
export function bringPicksToLife(page: Page): () => void {
  const main = document.querySelector('main')!;
  const tip = make('div', { className: 'tip', hidden: true });
  tip.setAttribute('aria-hidden', 'true');
  const card = make('aside', { className: 'card', hidden: true, ariaLabel: 'Configuration' });
  document.body.append(tip, card);
  let hot: number | null = null;
  const point = (place: number | null): void => {
    if (place === hot) return;
    for (const mark of document.querySelectorAll('.hot')) mark.classList.remove('hot');
    hot = place;
    const lit = place ?? pickedPlace(page);
    // What is picked stands out alone; only what is pointed at makes the others fade.
    main.classList.toggle('pointing', place !== null);
    if (lit !== null) for (const mark of document.querySelectorAll(`main [data-c="${lit}"]`)) mark.classList.add('hot');
  };
  main.addEventListener('pointerover', (event) => {
    const place = placeOf(event.target);
    point(place);
    tip.hidden = place === null || !isChart(event.target);
    if (!tip.hidden) tip.replaceChildren(...describe(page, place!));
  });
  main.addEventListener('pointermove', ({ clientX, clientY }) => {
    if (tip.hidden) return;
    const isRight = clientX > innerWidth - 280;
    tip.style.left = `${isRight ? clientX - tip.offsetWidth - 14 : clientX + 14}px`;
    tip.style.top = `${Math.min(clientY + 14, innerHeight - tip.offsetHeight - 8)}px`;
  });
  main.addEventListener('pointerleave', () => {
    point(null);
    tip.hidden = true;
  });
  main.addEventListener('click', (event) => {
    const place = placeOf(event.target);
    if (place === null) return;
    const { id } = page.model.configurations[place]!;
    change(page, { pick: page.view.pick === id ? null : id });
  });
  const showCard = (): void => {
    const place = pickedPlace(page);
    card.hidden = place === null;
    hot = -1;
    point(null);
    if (place === null) return;
    const close = make('button', { type: 'button', className: 'quiet close', textContent: 'Close' });
    close.addEventListener('click', () => change(page, { pick: null }));
    card.replaceChildren(close, ...details(page, place));
  };
  onChange((_, changed) => {
    if (changed.has('pick')) showCard();
  });
  showCard();
  return () => {
    if (hot === null && page.view.pick === null) return;
    hot = -1;
    point(null);
  };
}

function pickedPlace({ model, view }: Page): number | null {
  const place = model.configurations.findIndex(({ id }) => id === view.pick);
  return place === -1 ? null : place;
}

function placeOf(target: EventTarget | null): number | null {
  const mark = target instanceof Element ? target.closest('[data-c]') : null;
  return mark === null ? null : Number(mark.getAttribute('data-c'));
}

function isChart(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.chart') !== null;
}

function figures({ model }: Page, place: number): (readonly [string, string])[] {
  const { value, rate, distortion, activeUnits, latentDim, seconds, rank, standing } = model.configurations[place]!;
  const { metric } = model;
  const interval = (one: typeof value, decimals: number): string => {
    if (one === null) return 'none';
    const half = one.low === null || one.high === null ? '' : ` ± ${((one.high - one.low) / 2).toFixed(decimals)}`;
    return minus(one.mean.toFixed(decimals)) + half;
  };
  return [
    [
      'rank',
      `${rank ?? 'none'}${standing === null || standing === 'best' ? '' : ` (${standing === 'unclear' ? "can't tell" : standing})`}`,
    ],
    [metric.name, interval(value, metric.decimals)],
    ['rate R', interval(rate, 2)],
    ['distortion D', interval(distortion, 2)],
    ...(activeUnits === null ? [] : [['active units', `${Number(activeUnits.toFixed(1))} of ${latentDim}`] as const]),
    ...(seconds === null ? [] : [['seconds', seconds.toFixed(1)] as const]),
  ];
}

function describe(page: Page, place: number): Node[] {
  const { label, id } = page.model.configurations[place]!;
  return [make('strong', { textContent: label === '' ? id : label }), list(figures(page, place).slice(0, 4))];
}

function list(rows: readonly (readonly [string, string])[]): HTMLElement {
  return make(
    'dl',
    {},
    rows.flatMap(([name, text]) => [make('dt', { textContent: name }), make('dd', { textContent: text })]),
  );
}

function details(page: Page, place: number): Node[] {
  const { model } = page;
  const { label, id, trials, at } = model.configurations[place]!;
  const best = model.configurations[0]!;
  const settings = model.axes.map(({ name, scale, values }, axis): readonly [string, string] => {
    const text = (value: number | null | undefined): string =>
      value == null ? 'none' : scale === 'category' ? String(values[value]) : String(value);
    const differs = place !== 0 && best.rank === 1 && text(at[axis]) !== text(best.at[axis]);
    return [name, `${text(at[axis])}${differs ? `  (best: ${text(best.at[axis])})` : ''}`];
  });
  const picture = document.querySelector(`.gallery [data-c="${place}"] .pixels`)?.cloneNode(true);
  return [
    make('h2', { textContent: label === '' ? id : label }),
    list(settings),
    list(figures(page, place)),
    ...(picture === undefined ? [] : [picture]),
    make('h3', { textContent: trials.length === 1 ? 'Its trial' : 'Its trials' }),
    make(
      'ul',
      {},
      trials.map((trial) => {
        const { id: own, seed, state, value } = model.trials[trial]!;
        return make('li', {}, [
          make('code', { textContent: `sweep show ${own}${page.flags}` }),
          ` seed ${seed}, ${state}${value === null ? '' : `, ${minus(value.toFixed(model.metric.decimals))}`}`,
        ]);
      }),
    ),
  ];
}
