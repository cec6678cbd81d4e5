/** What the course of a search runs over: its configurations, or time. */
import type { CourseAxis } from '../../charts/course.ts';
import { change, make, onChange, type Page } from './page.ts';

const WORDS: Readonly<Record<CourseAxis, string>> = { order: 'in the order of the plan', time: 'by time' };

export function addCourseControl(page: Page): void {
  const figure = document.querySelector<HTMLElement>('figure[data-chart="course"]');
  if (figure === null) return;
  const options = Object.entries(WORDS).map(([value, textContent]) => make('option', { value, textContent }));
  const select = make('select', { ariaLabel: 'Configurations' }, options);
  const show = (): void => void (select.value = page.view.over);
  select.addEventListener('change', () => change(page, { over: select.value as CourseAxis }));
  onChange((_, changed) => {
    if (changed.has('over')) show();
  });
  show();
  figure.prepend(make('div', { className: 'controls interactive' }, ['Configurations ', select]));
}
