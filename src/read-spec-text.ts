import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { messageOf, SweepError } from './errors.ts';
import { STDIN } from './files/paths.ts';
import { MAX_SPEC_BYTES } from './sweep-file/source.ts';

/** What a shell names for `<(command)`: its writer exists, so that it can't block for ever. */
const SHELL_PIPE = /^\/(dev|proc\/(self|\d+))\/(fd\/\d+|stdin)$/;

/**
 * The text of a spec, in bounded time and memory: of more than a spec may have, just enough comes back for its parser to
 * refuse it. Throws USAGE for what can't be read.
 */
export async function readSpecText(file: string): Promise<string> {
  try {
    if (file === STDIN) return await readBounded(process.stdin);
    // Opening a named pipe blocks until it has a writer, in a thread that outlasts even `process.exit`.
    const found = await stat(file);
    const isFile = found.isFile() || found.isDirectory();
    if (!isFile && !SHELL_PIPE.test(file)) throw new Error('it is a device, a socket or a named pipe, not a file');
    return await readBounded(createReadStream(file));
  } catch (cause) {
    throw new SweepError(
      'USAGE',
      `The spec ${file} can't be read (${messageOf(cause)}). Give a YAML file, or - for stdin.`,
      { cause },
    );
  }
}

async function readBounded(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    bytes += chunks.at(-1)!.length;
    if (bytes > MAX_SPEC_BYTES) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
