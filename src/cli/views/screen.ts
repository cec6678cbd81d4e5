import type { WriteStream } from 'node:tty';
import { printableStyled } from '../../text/printable.ts';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?1049l\u001b[?25h';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** One picture at a time, where the terminal knows how. */
const BEGIN_UPDATE = '\u001b[?2026h';
const END_UPDATE = '\u001b[?2026l';

/**
 * The terminal's alternate screen, as an editor uses it: it has no scrollback, and no terminal breaks its lines anew when
 * its width changes. What was there before comes back at the end, whichever way the process ends that Node tells of.
 */
export class Screen implements Disposable {
  readonly #terminal: WriteStream;
  readonly #redraw: () => void;
  #isEntered = false;
  #last = '';

  /** `redraw` is called when the picture is gone: the window has another size, or the process was stopped and goes on. */
  constructor(terminal: WriteStream, redraw: () => void) {
    this.#terminal = terminal;
    this.#redraw = redraw;
  }

  /** Lines that are no wider than the terminal, and fewer than it has rows. */
  draw(lines: readonly string[]): void {
    this.#enter();
    const picture = printableStyled(lines.join('\n'));
    if (picture === this.#last) return;
    this.#last = picture;
    const text = picture.split('\n').join(`${CLEAR_LINE}\r\n`);
    this.#terminal.write(`${BEGIN_UPDATE}${HOME}${text}${CLEAR_LINE}${CLEAR_BELOW}${END_UPDATE}`);
  }

  [Symbol.dispose](): void {
    this.#leave();
    process.off('SIGCONT', this.#renew);
  }

  /** Not before there is a picture: what ends a command before that is said in peace. */
  #enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#terminal.write(ENTER);
    this.#terminal.on('resize', this.#renew);
    process.on('exit', this.#leave);
    process.on('SIGTSTP', this.#suspend);
    process.on('SIGQUIT', this.#quit);
  }

  readonly #leave = (): void => {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    this.#last = '';
    this.#terminal.write(LEAVE);
    this.#terminal.off('resize', this.#renew);
    process.off('exit', this.#leave);
    process.off('SIGTSTP', this.#suspend);
    process.off('SIGQUIT', this.#quit);
  };

  readonly #renew = (): void => {
    this.#last = '';
    this.#redraw();
  };

  /** Ctrl-Z: the shell gets its own screen back until the process goes on. */
  readonly #suspend = (): void => {
    this.#leave();
    process.once('SIGCONT', this.#renew);
    process.kill(process.pid, 'SIGSTOP');
  };

  /** Ctrl-\, which ends a process without a word from Node. */
  readonly #quit = (): void => {
    this.#leave();
    process.kill(process.pid, 'SIGQUIT');
  };
}
