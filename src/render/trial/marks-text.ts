import { plain } from '../../text/printable.ts';

/** What the user says of a sweep or a trial: `tags: paper, seminar`, `note: figure 3`; nothing of what there isn't. */
export function marksTexts({
  tags,
  note,
}: {
  readonly tags: readonly string[];
  readonly note: string | null;
}): string[] {
  return [
    ...(tags.length === 0 ? [] : [`tags: ${tags.map(plain).join(', ')}`]),
    ...(note === null ? [] : [`note: ${plain(note)}`]),
  ];
}
