import { SweepError } from '../errors.ts';
import { nearest, suggest } from '../sweep-file/suggest.ts';

/** What is needed to turn yargs' message about a command line into one that says what to write instead. */
export interface UsageContext {
  readonly argv: readonly string[];
  /** E.g. `report [name]`. */
  readonly usages: readonly string[];
  /** Names of the flags known at this point, without dashes. */
  readonly flags: readonly string[];
}

/** Rewords yargs' (English) complaint: names the rejected word, what was probably meant, and where help is. */
export function usageError(complaint: string, context: UsageContext): SweepError {
  const words = context.argv.filter((word) => word === '-' || !word.startsWith('-'));
  const usage = context.usages.find((one) => words.includes(commandName(one)));
  const help = `See \`sweep ${usage === undefined ? '' : `${commandName(usage)} `}--help\`.`;
  const text = reword(complaint, usage, words, context);
  return new SweepError('USAGE', `${text}${/[.?]$/.test(text) ? '' : '.'} ${help}`);
}

function commandName(usage: string): string {
  return usage.split(' ', 1)[0]!;
}

function reword(
  complaint: string,
  usage: string | undefined,
  words: readonly string[],
  { usages, flags }: UsageContext,
) {
  const commands = usages.map(commandName);

  const [, recommended] = /^Did you mean (.+)\?$/.exec(complaint) ?? [];
  if (recommended !== undefined) return unknownCommand(nearest(recommended, words) ?? words[0] ?? '', commands);

  const [, unknown] = /^Unknown (?:argument|command)s?: ([^,]+)/.exec(complaint) ?? [];
  if (unknown !== undefined) {
    if (words.includes(unknown)) {
      return usage === undefined
        ? unknownCommand(unknown, commands)
        : `Unexpected argument \`${unknown}\`: sweep ${usage}`;
    }
    const near = nearest(unknown, flags);
    return `Unknown flag --${unknown}${near === undefined ? '' : `: did you mean --${near}?`}`;
  }

  const [, flag, given, choices] = /Argument: (\S+), Given: (.+), Choices: (.+)/.exec(complaint) ?? [];
  if (choices !== undefined) return `--${flag ?? ''} can't be ${given ?? ''}: give one of ${choices}`;

  const [, valueless] = /^Not enough arguments following: (.+)$/.exec(complaint) ?? [];
  if (valueless !== undefined) return `--${valueless} needs a value`;

  if (complaint.startsWith('Not enough non-option arguments'))
    return `Something is missing: sweep ${usage ?? '<command>'}`;
  return complaint;
}

function unknownCommand(word: string, commands: readonly string[]): string {
  return `Unknown command \`${word}\`: ${suggest(word, commands)}`;
}
