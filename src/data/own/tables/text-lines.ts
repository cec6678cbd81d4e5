/** Of Unix, of Windows, and of old Macs: a file that was put together may have all of them. */
export const LINE_ENDS = /\r\n|\n|\r/;

/** That isn't blank. */
export function firstLine(text: string): string {
  return text.split(LINE_ENDS).find((line) => line.trim() !== '') ?? '';
}

const [LF, CR, SPACE, TAB] = [0x0a, 0x0d, 0x20, 0x09];
/** What a file in UTF-8 may begin with. */
const MARK = [0xef, 0xbb, 0xbf];

/**
 * The line, counted from 1, of the first byte from `start` on that is no blank: a tab is one unless it separates cells. Reads the text
 * up to there, which only an error needs.
 */
export async function lineOf(text: AsyncIterable<Buffer>, start: number, tabSeparates: boolean): Promise<number> {
  let [line, at, before] = [1, 0, 0];
  for await (const chunk of text) {
    for (const byte of chunk) {
      const isEnd = byte === LF || byte === CR;
      const isBlank = isEnd || byte === SPACE || (byte === TAB && !tabSeparates) || byte === MARK[at];
      if (at >= start && !isBlank) return line;
      if (isEnd && !(byte === LF && before === CR)) line++;
      before = byte;
      at++;
    }
  }
  return line;
}
