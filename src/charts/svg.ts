/** SVG as text, the same in Node and in a browser. */

type Attribute = string | number | undefined | false;

/** What is written as it stands: an element, or text that was escaped. */
export type Markup = string;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeMarkup(text: string): Markup {
  return text.replaceAll(/[&<>"']/g, (mark) => ESCAPES[mark]!);
}

/** An element with its content; attributes that are undefined or false are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, Attribute>>,
  content: Markup | readonly Markup[] = '',
): Markup {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined || value === false ? [] : [` ${key}="${attributeText(value)}"`],
  );
  const inner = typeof content === 'string' ? content : content.join('');
  const open = `<${name}${written.join('')}`;
  return inner === '' ? `${open}/>` : `${open}>${inner}</${name}>`;
}

/** A hundredth of a pixel is finer than any screen. */
function attributeText(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : escapeMarkup(value);
}

export function text(
  x: number,
  y: number,
  words: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): Markup {
  return element('text', { x, y, ...attributes }, escapeMarkup(words));
}

export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  attributes: Readonly<Record<string, Attribute>>,
): Markup {
  return element('line', { x1, y1, x2, y2, ...attributes });
}

/** A chart as it is drawn, and what it says in words for who doesn't see it. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly body: readonly Markup[];
}

/** An `<svg>` element of its own. Its text is `font-size` 12 where nothing else is said. */
export function svgElement(
  { width, height, title, body }: Drawing,
  attributes: Readonly<Record<string, Attribute>> = {},
): Markup {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${Math.round(width)} ${Math.round(height)}`,
      width: Math.round(width),
      height: Math.round(height),
      role: 'img',
      'aria-label': title,
      'font-size': 12,
      ...attributes,
    },
    body,
  );
}
