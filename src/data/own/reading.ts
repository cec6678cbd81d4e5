import type { OwnReading } from '../../trial/trial.ts';

/** In the order in which a spec and a record have them. */
export const READING_KEYS = ['size', 'resize', 'channels', 'key', 'label', 'values', 'header', 'drop'] as const;

type Asked = { readonly [Key in keyof OwnReading]?: OwnReading[Key] | undefined };

/** Of all that may be asked, what is; undefined where that is nothing. */
export function readingOf(asked: Asked): OwnReading | undefined {
  const entries = READING_KEYS.flatMap((key) => (asked[key] === undefined ? [] : [[key, asked[key]] as const]));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
