/**
 * Colours by what they mean. In a page they are CSS variables, so that one drawing is right in light, in dark and on paper;
 * in a picture of its own they are the light ones.
 */

/** Matplotlib's viridis in 16 steps, light paper first, without the ends that paper or night would swallow. */
const SEQUENCE = {
  light: [
    ...['#46085c', '#481c6e', '#472f7d', '#424186', '#3b518b', '#34618d', '#2d708e', '#287d8e'],
    ...['#228b8d', '#1f998a', '#21a685', '#2fb47c', '#48c16e', '#65cb5e', '#89d548', '#b0dd2f'],
  ],
  dark: [
    ...['#5d63b5', '#4e72b8', '#4580b4', '#3d8cb0', '#3698ab', '#30a3a4', '#2dad9d', '#30b795'],
    ...['#3cc08a', '#4ec97d', '#65d16e', '#80d85e', '#9bde4c', '#b7e23e', '#d3e53a', '#eee64a'],
  ],
} as const;
const STEPS = SEQUENCE.light.length;

/** Okabe and Ito's colours (2008) but for their vermilion, which marks the best, and their yellow, which paper swallows. */
const CATEGORIES = {
  light: ['#0072b2', '#009e73', '#b8860b', '#56b4e9', '#cc79a7', '#5a5a5a'],
  dark: ['#4aa3df', '#2cc295', '#e0a92e', '#8fd0f7', '#e29bc4', '#b0b0b0'],
} as const;

const NAMED = {
  ink: ['#16191d', '#e9ebee'],
  muted: ['#5c6570', '#a3acb8'],
  rule: ['#c9ced4', '#454d57'],
  grid: ['#e8eaed', '#2a3038'],
  paper: ['#ffffff', '#14171b'],
  best: ['#c8470a', '#ff8a4c'],
  bad: ['#a3122b', '#ff7a8a'],
  quiet: ['#9aa3ad', '#6d7783'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

export interface Palette extends Readonly<Record<keyof typeof NAMED, string>> {
  /** From 0 (low) to 1 (high). */
  sequence(share: number): string;
  /** Of text on it. */
  onSequence(share: number): string;
  category(place: number): string;
}

const stepOf = (share: number): number => Math.max(0, Math.min(STEPS - 1, Math.round(share * (STEPS - 1))));

/** Every colour by its name as a CSS variable, in light and dark. */
function variables(): (readonly [name: string, light: string, dark: string])[] {
  return [
    ...Object.entries(NAMED).map(([name, [light, dark]]) => [name, light, dark] as const),
    ...SEQUENCE.light.map((light, step) => [`seq${step}`, light, SEQUENCE.dark[step]!] as const),
    // From here on black can be read on it better than white.
    ...SEQUENCE.light.map((_, step) => [`on${step}`, step < 8 ? '#fff' : '#111', step < 3 ? '#fff' : '#111'] as const),
    ...CATEGORIES.light.map((light, place) => [`cat${place}`, light, CATEGORIES.dark[place]!] as const),
  ];
}

/** Declarations for the page's root; `color-scheme` says which of the two holds. */
export function paletteStyles(): string {
  return variables()
    .map(([name, light, dark]) => `--${name}:light-dark(${light},${dark})`)
    .join(';');
}

function paletteOf(colour: (name: string) => string): Palette {
  const named = Object.fromEntries(Object.keys(NAMED).map((name) => [name, colour(name)]));
  return {
    ...(named as Record<keyof typeof NAMED, string>),
    sequence: (share) => colour(`seq${stepOf(share)}`),
    onSequence: (share) => colour(`on${stepOf(share)}`),
    category: (place) => colour(`cat${place % CATEGORIES.light.length}`),
  };
}

export const pagePalette: Palette = paletteOf((name) => `var(--${name})`);

const lights = new Map(variables().map(([name, light]) => [name, light]));
export const paperPalette: Palette = paletteOf((name) => lights.get(name)!);
