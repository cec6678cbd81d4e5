/** Drags in a chart, by mouse, pen or finger. */

export interface PointerPlace {
  readonly x: number;
  readonly y: number;
}

/** What moves less was meant as a click. */
const LEAST_PIXELS = 3;

export interface DragHandlers {
  /** Where it began and where it is. */
  readonly moved: (from: PointerPlace, to: PointerPlace) => void;
  /** Once; `wasDragged` is false where it was a click. `target` is where it began. */
  readonly ended: (wasDragged: boolean, target: EventTarget | null) => void;
}

/** Tells of each drag that begins on `element`, in units of `svg`. */
export function onDrag(element: SVGElement, svg: SVGSVGElement, { moved, ended }: DragHandlers): void {
  // Where the reader selected text around it, a browser would drag that instead.
  element.addEventListener('dragstart', (event) => event.preventDefault());
  element.addEventListener('pointerdown', (down) => {
    if (down.button !== 0) return;
    // Once: to ask it with each move would lay the page out each time.
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const pointOf = ({ clientX, clientY }: PointerEvent): PointerPlace => ({
      x: (clientX - box.left) * scale,
      y: (clientY - box.top) * scale,
    });
    const from = pointOf(down);
    const stop = new AbortController();
    let isDragged = false;
    const move = (event: PointerEvent): void => {
      const to = pointOf(event);
      if (!isDragged && Math.hypot(to.x - from.x, to.y - from.y) > LEAST_PIXELS) {
        isDragged = true;
        // Only now: a click is still one on what lies there.
        element.setPointerCapture(event.pointerId);
      }
      if (isDragged) moved(from, to);
    };
    const end = (): void => {
      stop.abort();
      ended(isDragged, down.target);
    };
    addEventListener('pointermove', move, stop);
    addEventListener('pointerup', end, stop);
    addEventListener('pointercancel', end, stop);
  });
}
