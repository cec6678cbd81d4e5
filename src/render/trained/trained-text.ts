/** What the commands that use a trained model answer: a file, and what is in it. */
import { plain } from '../../text/printable.ts';
import { shellWord } from '../../text/shell-word.ts';
import { toJsonLine } from '../json-line.ts';
import { nextLine, styled, wrap, type Layout } from '../layout/text.ts';

/** A file that was made of a trial's model. */
export interface MadeFile {
  readonly trial: string;
  readonly sweep: string;
  readonly file: string;
  /** How many samples are in it. */
  readonly samples: number;
  /** `576 test images of sprites-mini`. */
  readonly what: string;
  /** What it holds, as sentences. */
  readonly holds: readonly string[];
}

export function renderMadeFile(made: MadeFile, id: string, next: readonly string[], layout: Layout): string {
  const { file, what, holds, sweep } = made;
  return [
    `${styled(layout, 'bold', plain(file))} · ${plain(what)}, by trial ${id} of ${plain(sweep)}`,
    ...holds.map((text) => wrap(plain(text), layout.columns, '   ', ' ')),
    ...(next.length === 0 ? [] : [nextLine(next, layout.columns)]),
    '',
  ].join('\n');
}

/** `vae-sweep.encode/1` and its like. `more`: what only this kind says. */
export function madeFileJson(
  kind: 'encode' | 'decode' | 'generate',
  made: MadeFile,
  latentDim: number,
  more: { readonly draws?: boolean } = {},
): string {
  const { trial, sweep, file, samples, what } = made;
  const schema = `vae-sweep.${kind}/1`;
  return toJsonLine({ schema, trial, sweep, file, samples, latent_dim: latentDim, ...more, of: what });
}

/** A file's name in a command. */
export function fileWord(file: string): string {
  return shellWord(plain(file));
}
