import { SweepError } from '../errors.ts';
import { nearest, suggest } from '../sweep-file/suggest.ts';
import { plain } from '../text/printable.ts';

/** What is needed to turn yargs' message about a command line into one that says what to write instead. */
export interface UsageContext {
  readonly argv: readonly string[];
  /** E.g. `report [name]`. */
  readonly usages: readonly string[];
  /** Names of the flags known at this point, without dashes. */
  readonly flags: readonly string[];
  /** Of the results that the command line is about. */
  readonly results: string;
}

/** Rewords yargs' (English) complaint: names the rejected word, what was probably meant, and where help is. */
export async function usageError(complaint: string, context: UsageContext): Promise<SweepError> {
  const words = context.argv.filter((word) => word === '-' || !word.startsWith('-'));
  const usage = context.usages.find((one) => words.includes(commandName(one)));
  const help = `See \`sweep ${usage === undefined ? '' : `${commandName(usage)} `}--help\`.`;
  const text = await reword(complaint, usage, words, context);
  return new SweepError('USAGE', `${text}${/[.?]$/.test(text) ? '' : '.'} ${help}`);
}

function commandName(usage: string): string {
  return usage.split(' ', 1)[0]!;
}

async function reword(
  complaint: string,
  usage: string | undefined,
  words: readonly string[],
  { usages, flags, results }: UsageContext,
): Promise<string> {
  const commands = usages.map(commandName);

  const [, recommended] = /^Did you mean (.+)\?$/.exec(complaint) ?? [];
  if (recommended !== undefined)
    return unknownCommand(nearest(recommended, words) ?? words[0] ?? '', commands, results);

  const [, unknown] = /^Unknown (?:argument|command)s?: ([^,]+)/.exec(complaint) ?? [];
  if (unknown !== undefined) {
    if (words.includes(unknown)) {
      return usage === undefined
        ? unknownCommand(unknown, commands, results)
        : `Unexpected argument \`${unknown}\`: sweep ${usage}`;
    }
    const near = nearest(unknown, flags);
    return `Unknown flag --${unknown}${near === undefined ? '' : `: did you mean --${near}?`}`;
  }

  const [, flag, given, choices] = /Argument: (\S+), Given: (.+), Choices: (.+)/.exec(complaint) ?? [];
  if (choices !== undefined) return `--${flag ?? ''} can't be ${given ?? ''}: give one of ${choices}`;

  const [, valueless] = /^Not enough arguments following: (.+)$/.exec(complaint) ?? [];
  if (valueless !== undefined) return `--${valueless} needs a value`;

  if (complaint.startsWith('Not enough non-option arguments')) {
    const missing = `Something is missing: sweep ${usage ?? '<command>'}`;
    if (usage?.includes('<spec>') !== true) return missing;
    const { listSpecs, specsHere } = await import('./find-spec.ts');
    return `${missing}. ${listSpecs(specsHere())}`;
  }
  return complaint;
}

/** Loaded only now: a name may be that of a sweep, which the database knows. */
async function unknownCommand(word: string, commands: readonly string[], results: string): Promise<string> {
  const { nameAsCommand } = await import('./name-as-command.ts');
  const things = nameAsCommand(word, results);
  if (things.length === 0) return `Unknown command \`${word}\`: ${suggest(word, commands)}`;
  const told = things.map(({ kind, commands }) => `${kind}: ${commands.map((one) => `\`${one}\``).join(', ')}`);
  return `\`${plain(word)}\` is no command, but ${told.join('; and ')}`;
}
