/** Colours, which the views add, or any other control character than a line's end and a tab. */
const CONTROLS = /(\x1b\[[\d;]*m)|[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Text for a terminal: what came from a path, a name or a value moves no cursor and sets no title. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (_control, colour: string | undefined) => colour ?? '\ufffd');
}
