const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** A curve of fewer marks tells nothing. */
export const MIN_CURVE_COLUMNS = 4;

export interface Sparkline {
  readonly text: string;
  /** How many values each mark stands for; it shows the last of them. */
  readonly valuesPerMark: number;
}

/** Values as bars from the lowest to the highest, at most `width` marks. All in the middle where nothing varies. */
export function sparkline(values: readonly number[], width: number): Sparkline {
  const valuesPerMark = Math.max(1, Math.ceil(values.length / Math.max(1, width)));
  const marks = values.filter((_, index) => (index + 1) % valuesPerMark === 0 || index === values.length - 1);
  const low = Math.min(...marks);
  const span = Math.max(...marks) - low;
  const bar = (value: number): string => {
    const level = span === 0 ? 3 : Math.round(((value - low) / span) * (BARS.length - 1));
    return BARS[level]!;
  };
  return { text: marks.map(bar).join(''), valuesPerMark };
}
