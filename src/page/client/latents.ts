/** "Drag the latents": sliders for a trained decoder, which runs in the page. */
import type { LatentsData } from '../../decoder/latents-data.ts';
import {
  chooseBeta,
  chooseLabel,
  chooseOriginal,
  describeRounding,
  imageMaker,
  moveLatent,
  originalImages,
  startLatents,
  toRgba,
  type LatentsState,
} from './latents-state.ts';
import { make } from './page.ts';

/** Sliders that are shown at first. */
const SHOWN = 16;

/** Takes the place of the contact sheet in the section of sections/latents.ts; nothing where it has no data. */
export function mountLatents(section: HTMLElement | null): void {
  const source = section?.querySelector('script.latents-data');
  if (section == null || source == null) return;
  const data = JSON.parse(source.textContent) as LatentsData;
  const { height, width, channels } = data.decoders[data.best]!.model;
  const toImage = imageMaker();
  const thumbnails = originalImages(data);
  let state = startLatents(data);
  try {
    toImage(state);
  } catch (error) {
    // Of an architecture, perhaps, that was defined after this script was bundled. The contact sheet stays.
    const reason = error instanceof Error ? error.message : String(error);
    source.before(make('p', { className: 'latents-note', textContent: `Not to be dragged here: ${reason}.` }));
    return;
  }
  let isAll = false;

  const picture = canvasOf(width, height);
  picture.className = 'latents-picture';
  picture.setAttribute('role', 'img');
  const starts = make('div', { className: 'latents-starts' });
  starts.setAttribute('role', 'group');
  starts.setAttribute('aria-label', 'Start at the code of an image');
  const betas = make('div', { className: 'latents-beta' });
  const labels = data.labels && labelPicker(data.labels.names, (label) => change(chooseLabel(state, label)));
  const sliders = make('div', { className: 'latents-sliders' });
  const note = make('p', { className: 'latents-note' });

  let isDue = false;
  /** Once a frame, however often a slider tells. */
  const draw = (): void => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      paint(picture, toImage(state), channels);
    });
  };
  const change = (next: LatentsState): void => {
    state = next;
    draw();
    show();
  };

  const show = (): void => {
    const { decoder, order, reach, latents, original, label } = state;
    if (labels !== null) labels.select.value = String(label);
    const name = original === null ? 'the mean of the prior' : `the code of image ${original + 1}`;
    picture.setAttribute('aria-label', `The decoder's image, from ${name} on, β = ${decoder.beta}`);
    for (const [i, button] of [...starts.children].entries()) {
      button.setAttribute('aria-pressed', String(i === (original === null ? thumbnails.length : original)));
    }
    sliders.replaceChildren(
      ...order.slice(0, isAll ? undefined : SHOWN).map((latent) => {
        const kl = decoder.kl === null ? '' : ` · KL ${decoder.kl[latent]!.toFixed(2)}`;
        return slider(
          `z${latent + 1}${kl}`,
          { min: -reach, max: reach, step: 0.05, value: latents[latent]! },
          (value) => {
            state = moveLatent(state, latent, value);
            draw();
          },
        );
      }),
    );
    if (!isAll && order.length > SHOWN) {
      const more = make('button', { type: 'button', textContent: `All ${order.length} latents` });
      more.onclick = () => {
        isAll = true;
        show();
      };
      sliders.append(more);
    }
    note.textContent = `Trial ${decoder.trial.slice(0, 6)}, seed ${decoder.seed}; ${describeRounding(decoder)}.`;
  };

  thumbnails.forEach((image, i) => {
    const thumbnail = canvasOf(width, height);
    paint(thumbnail, image, channels);
    const button = make('button', { type: 'button', title: `Start at the code of image ${i + 1}` });
    button.setAttribute('aria-label', button.title);
    button.append(thumbnail);
    button.onclick = () => change(chooseOriginal(data, state, i));
    starts.append(button);
  });
  const zero = make('button', { type: 'button', textContent: 'z = 0', title: 'Start at the mean of the prior' });
  zero.onclick = () => change(chooseOriginal(data, state, null));
  starts.append(zero);

  if (data.decoders.length > 1) {
    const range = { min: 0, max: data.decoders.length - 1, step: 1, value: state.beta };
    const named = (place: number): string => String(data.decoders[place]!.beta);
    betas.append(slider('β', range, (place) => change(chooseBeta(data, state, place)), named));
  }

  // Sliders say nothing on paper.
  section.querySelector('.latents-sheet')?.classList.add('on-paper');
  source.before(
    make('div', { className: 'latents' }, [
      starts,
      betas,
      ...(labels === null ? [] : [labels.element]),
      make('div', { className: 'latents-stage' }, [picture, sliders]),
      note,
    ]),
  );
  show();
  draw();
}

/** What a conditional decoder is told. */
function labelPicker(names: readonly string[], onLabel: (label: number) => void) {
  const select = make('select', {});
  names.forEach((name, i) => select.append(make('option', { value: String(i), textContent: name })));
  select.onchange = () => onLabel(Number(select.value));
  const element = make('label', { className: 'latents-label' }, [make('span', { textContent: 'label' }), select]);
  return { element, select };
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
}

function slider(
  name: string,
  { min, max, step, value }: Range,
  onValue: (value: number) => void,
  write: (value: number) => string = (number) => number.toFixed(2).replace('-', '−'),
): HTMLElement {
  const told = make('output', { textContent: write(value) });
  const input = make('input', { type: 'range' });
  Object.assign(input, { min, max, step });
  // After its ends, which would cut it.
  input.valueAsNumber = value;
  input.setAttribute('aria-valuetext', write(value));
  input.oninput = () => {
    told.textContent = write(input.valueAsNumber);
    input.setAttribute('aria-valuetext', told.textContent);
    onValue(input.valueAsNumber);
  };
  return make('label', {}, [make('span', { textContent: name }), input, told]);
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  return make('canvas', { width, height });
}

function paint(canvas: HTMLCanvasElement, image: Float32Array, channels: number): void {
  const { width, height } = canvas;
  canvas.getContext('2d')!.putImageData(new ImageData(toRgba(image, channels), width, height), 0, 0);
}
