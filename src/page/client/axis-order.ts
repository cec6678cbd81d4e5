/** Moving axes of the parallel coordinates: a button over each name, dragged, or moved by the arrow keys. */
import { parallelLayout } from '../../charts/parallel.ts';
import { change, make, type Page } from './page.ts';

export function addAxisHandles(page: Page, drawing: HTMLElement, width: number): void {
  const layout = parallelLayout(page.model, width, page.view.axes);
  const axes = layout.axes.filter(({ place }) => place !== null);
  if (axes.length < 2) return;
  const step = axes[1]!.x - axes[0]!.x;
  drawing.append(
    ...axes.map(({ name, x }, index) => {
      const handle = make('button', {
        type: 'button',
        className: 'axis-handle interactive',
        ariaLabel: `Axis ${name}, ${index + 1} of ${axes.length}: arrow keys move it`,
      });
      handle.dataset['axis'] = name;
      const wide = Math.min(step - 8, 120);
      handle.style.left = `${(100 * (x - wide / 2)) / width}%`;
      handle.style.width = `${(100 * wide) / width}%`;
      handle.addEventListener('keydown', (event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        moveAxis(page, name, placeOf(page, name) + by);
        drawing.querySelector<HTMLElement>(`[data-axis="${CSS.escape(name)}"]`)?.focus();
      });
      handle.addEventListener('pointerdown', () => {
        const { left, width: whole } = drawing.getBoundingClientRect();
        const move = ({ clientX }: PointerEvent): void => {
          const at = ((clientX - left) * width) / whole;
          moveAxis(page, name, Math.round((at - axes[0]!.x) / step));
        };
        addEventListener('pointermove', move);
        const end = (): void => removeEventListener('pointermove', move);
        addEventListener('pointerup', end, { once: true });
        addEventListener('pointercancel', end, { once: true });
      });
      return handle;
    }),
  );
}

function orderOf({ model, view }: Page): string[] {
  return [...new Set([...(view.axes ?? []), ...model.axes.map(({ name }) => name)])];
}

function placeOf(page: Page, name: string): number {
  return orderOf(page).indexOf(name);
}

function moveAxis(page: Page, name: string, wanted: number): void {
  const others = orderOf(page).filter((other) => other !== name);
  const to = Math.min(others.length, Math.max(0, wanted));
  if (to === placeOf(page, name)) return;
  const order = others.toSpliced(to, 0, name);
  const isOwn = order.every((other, place) => other === page.model.axes[place]!.name);
  change(page, { axes: isOwn ? null : order });
}
