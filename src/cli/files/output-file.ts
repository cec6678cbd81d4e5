/** `-o FILE`: where an answer goes in place of stdout. */
import { once } from 'node:events';
import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  lstatSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { chmod, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Argv } from 'yargs';
import { messageOf, SweepError } from '../../errors.ts';
import { writeFileAtomically } from '../../files/atomic-file.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { isOwnFile } from '../../files/paths.ts';
import { shellWord } from '../../text/shell-word.ts';
import { printable } from '../../text/printable.ts';
import { layoutOf, OWN_FLAGS, type GlobalFlags } from '../flags/flags.ts';
import type { Layout } from '../../render/layout/text.ts';
import { print, stdoutLayout } from '../output.ts';

export function withOutput<Flags extends GlobalFlags>(yargs: Argv<Flags>) {
  return yargs.option('output', {
    group: OWN_FLAGS,
    alias: 'o',
    type: 'string',
    requiresArg: true,
    describe: 'File to write instead of stdout (-)',
  });
}

type OutputFlags = GlobalFlags & { readonly output: string | undefined };

/** The flags of an answer that has several forms, of which the first is the usual one. */
export function withForms<Flags extends GlobalFlags, Format extends string>(
  yargs: Argv<Flags>,
  formats: readonly Format[],
  describe = 'Form of the answer',
) {
  return withOutput(yargs).option('format', {
    group: OWN_FLAGS,
    choices: formats,
    defaultDescription: formats[0],
    requiresArg: true,
    describe,
  });
}

/** What is asked for by --json, else by --format, else by the file's ending: `.tex` is latex. */
export function formatOf<Format extends string>(
  flags: OutputFlags & { readonly format: Format | undefined },
  formats: readonly (Format | 'json')[],
): Format | 'json' {
  if (flags.json) return 'json';
  return flags.format ?? formatByEnding(flags, formats) ?? formats[0]!;
}

/** How the answer is laid out: a file has no colours. */
export function answerLayout(flags: OutputFlags): Layout {
  return isToFile(flags) ? { ...stdoutLayout(), colour: false } : stdoutLayout();
}

function isToFile({ output }: OutputFlags): boolean {
  return output !== undefined && output !== '-';
}

/** Forms that no file's ending stands for. */
const NO_ENDINGS: readonly string[] = ['table', 'brief', 'tensorboard', 'optuna', 'onnx'];
/** Endings of what no command here writes as text. */
const OTHER_ENDINGS = /^(pdf|docx?|odt|rtf|xlsx?|ods|pptx?|png|svg|jpe?g|gif)$/;

/**
 * Of the forms that a command has, the one that the file's ending asks for: `.tex` is latex.
 * @throws SweepError USAGE for an ending that promises what can't be written
 */
function formatByEnding<Format extends string>(flags: OutputFlags, formats: readonly Format[]): Format | undefined {
  if (!isToFile(flags)) return undefined;
  const ending = path.extname(flags.output!).slice(1).toLowerCase();
  if (OTHER_ENDINGS.test(ending)) {
    const endings = formats
      .filter((format) => !NO_ENDINGS.includes(format))
      .map((format) => `.${format === 'latex' ? 'tex' : format}`);
    throw new SweepError(
      'USAGE',
      `Nothing here is written as .${ending}: -o takes ${endings.join(', ')}, and ` +
        '`sweep plot` and `sweep gallery` write .svg and .png.',
    );
  }
  return formats.find((format) => format === (ending === 'tex' ? 'latex' : ending));
}

type Chunks = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Writes an answer of one piece. */
export async function writeAnswer(text: string, flags: OutputFlags): Promise<void> {
  if (isToFile(flags)) await writeChunks([printable(text)], flags);
  else print(text);
}

/**
 * Writes an answer of any length. A file is whole or as it was before: it is written beside itself, and then renamed.
 * A link that the user made is followed; what is no plain file (a pipe, /dev/null) is written as it is.
 * @throws SweepError USAGE for a file that can't be written, or that is one of the results themselves
 */
export async function writeChunks(chunks: Chunks, flags: OutputFlags): Promise<void> {
  if (!isToFile(flags)) return writeStdout(chunks);
  const file = flags.output!;
  refuseOwnFile(file, layoutOf(flags).root);
  try {
    const target = existsSync(file) ? realpathSync(file) : file;
    if (isPlain(target)) await writeBeside(target, chunks);
    else await pipeline(Readable.from(chunks), createWriteStream(target));
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).syscall) throw error;
    throw unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): SweepError {
  const folder = path.dirname(file);
  const reason = existsSync(folder)
    ? messageOf(error)
    : `there is no folder ${folder}. Make it first: mkdir -p ${shellWord(folder)}`;
  return new SweepError('USAGE', `Can't write ${file}: ${reason}`, { cause: error });
}

/** What `writeChunks` would refuse, told before the work. @throws SweepError USAGE */
export function checkWritable(file: string, flags: GlobalFlags): void {
  if (file === '-') return;
  refuseOwnFile(file, layoutOf(flags).root);
  try {
    accessSync(path.dirname(file), constants.W_OK);
    if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a folder');
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** Writes -o's file; where none is named, `file` in the sweep's own folder, which may be gone. */
export async function writeOutputOr(file: string, bytes: Uint8Array, flags: OutputFlags): Promise<void> {
  if (flags.output !== undefined) return writeChunks([bytes], flags);
  try {
    makeFolder(path.dirname(path.resolve(file)));
    await writeFileAtomically(path.resolve(file), [bytes]);
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).syscall) throw error;
    throw new SweepError('USAGE', `Can't write ${file}: ${messageOf(error)}. Name another file with -o.`, {
      cause: error,
    });
  }
}

/** Waits where the reader is slower; ends where there is none any more, which output.ts deals with. */
async function writeStdout(chunks: Chunks): Promise<void> {
  const { stdout } = process;
  for await (const chunk of chunks) {
    if (!stdout.writable) return;
    if (stdout.write(chunk)) continue;
    await once(stdout, 'drain').catch((error: unknown) => {
      if (!(error as NodeJS.ErrnoException).syscall) throw error;
    });
  }
}

/** Absent, or a file; a link here leads nowhere, and is written through as the user made it. */
function isPlain(target: string): boolean {
  return lstatSync(target, { throwIfNoEntry: false })?.isFile() ?? true;
}

async function writeBeside(target: string, chunks: Chunks): Promise<void> {
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
  const mode = statSync(target, { throwIfNoEntry: false })?.mode;
  try {
    const file = await open(temporary, 'wx');
    await pipeline(Readable.from(chunks), file.createWriteStream({ flush: true }));
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A file that the user names may be a link that the user made, but leads to none of the results. */
function refuseOwnFile(file: string, root: string): void {
  if (!existsSync(file)) return;
  const target = realpathSync(file);
  if (!existsSync(root) || !isOwnFile(target) || !target.startsWith(`${realpathSync(root)}${path.sep}`)) return;
  throw new SweepError(
    'USAGE',
    `${file} is ${target === path.resolve(file) ? '' : `a link to ${target}, `}a file of the results themselves, and ` +
      'this would overwrite it. Name another file with -o.',
  );
}
