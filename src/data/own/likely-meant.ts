/** What data look like that may be meant otherwise than they are read: sentences without their full stops. */
import { formatCount } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { leaveOut } from './column-advice.ts';
import type { Content } from './content-scan.ts';

/** Below it no value of images is as bright as half of white. */
const BRIGHT = 128;
/** Fewer pixels, or fewer grey levels, are as likely answers to questions. */
const LEAST_SIDE = 8;
const LEAST_LEVEL = 16;

/** Whole numbers up to some other white than 255, as 16 in scikit-learn's digits. */
export function darkImages({ largest }: Pick<Content, 'largest'>): string | undefined {
  if (largest >= BRIGHT) return undefined;
  return `no value is above ${largest}, where 255 is white: if ${largest} is meant as white, multiply them by 255 / ${largest}`;
}

/** Told of all rows of a table, some at a time. */
export class TableKind {
  readonly #columns: number;
  /** That are index, or index + 1, of each row so far. */
  #counted: { readonly column: number; readonly from: number }[] = [];
  #isOfBytes = true;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** `first`: index of the first of these rows. */
  look(piece: Float64Array, first: number): void {
    const columns = this.#columns;
    this.#isOfBytes &&= piece.every((value) => Number.isInteger(value) && value >= 0 && value <= 255);
    for (let at = 0; at < piece.length; at += columns) {
      const index = first + at / columns;
      if (index === 0) {
        this.#counted = Array.from({ length: columns }, (_, column) => ({ column, from: piece[column]! }));
        this.#counted = this.#counted.filter(({ from }) => from === 0 || from === 1);
      }
      if (this.#counted.length === 0) return;
      this.#counted = this.#counted.filter(({ column, from }) => piece[at + column] === from + index);
    }
  }

  /** A column that counts the rows, as an index does that was saved with them. */
  countedColumn(rows: number, names: readonly string[] | undefined): string | undefined {
    const [found] = this.#counted;
    if (found === undefined || rows < 3 || this.#columns < 2) return undefined;
    const { column, from } = found;
    const name = names?.[column];
    const called = !name ? `column ${formatCount(column)} (counted from 0)` : `the column ${plain(name)}`;
    return `${called} counts the rows (${from}, ${from + 1}, ${from + 2}, …), and is one of numbers: if it is their index, ${name === undefined ? 'save the table without it (in pandas, index=False)' : leaveOut({ name })}`;
  }

  /** Rows that are as long as square images are large, and hold what these do. */
  flattened({ largest }: Pick<Content, 'largest'>): string | undefined {
    const channels = [1, 3].find((one) => Number.isInteger(Math.sqrt(this.#columns / one)));
    if (channels === undefined || !this.#isOfBytes || largest < LEAST_LEVEL) return undefined;
    const side = Math.sqrt(this.#columns / channels);
    if (side < LEAST_SIDE) return undefined;
    const arrays = channels === 3 ? 'N×H×W×3' : `N×H×W, x.reshape(-1, ${side}, ${side}).astype(np.uint8)`;
    return `its rows are of ${formatCount(this.#columns)} whole numbers up to ${largest}, as images of ${side}×${side} pixels are in one line: images are arrays ${arrays}`;
  }
}
