import { repeatFlags, resultsIn } from '../flags/flags.ts';

/** A command in backticks that is about results, and says not yet which. */
const COMMAND = /`(sweep (?!init|help)[a-z]+(?: [^`]*)?)`/g;

/**
 * A message of a room that knows no flags, as this command line must tell it: the commands that it names are about the
 * same results folder.
 */
export function inSameResults(message: string, argv: readonly string[]): string {
  const flags = repeatFlags({ results: resultsIn(argv) });
  return message.replaceAll(COMMAND, (quoted, command: string) =>
    / --(?:results|help)\b/.test(command) ? quoted : `\`${command}${flags}\``,
  );
}
