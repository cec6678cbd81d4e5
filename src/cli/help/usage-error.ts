import { SweepError } from '../../errors.ts';
import { nearest, suggest } from '../../sweep-file/suggest.ts';
import { plain } from '../../text/printable.ts';

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
  context: UsageContext,
): Promise<string> {
  const { usages, results } = context;
  const commands = usages.map(commandName);

  const [, recommended] = /^Did you mean (.+)\?$/.exec(complaint) ?? [];
  if (recommended !== undefined)
    return unknownCommand(nearest(recommended, words) ?? words[0] ?? '', commands, results);

  const [, unknown] = /^Unknown (?:argument|command)s?: ([^,]+)/.exec(complaint) ?? [];
  if (unknown !== undefined) {
    const isFlag = context.argv.some((word) => word === `--${unknown}` || word.startsWith(`--${unknown}=`));
    if (words.includes(unknown) && !isFlag) {
      return usage === undefined
        ? unknownCommand(unknown, commands, results)
        : `Unexpected argument \`${unknown}\`: sweep ${usage}`;
    }
    return await unknownFlag(unknown, usage, context);
  }

  const [, flag, given, choices] = /Argument: (\S+), Given: (.+), Choices: (.+)/.exec(complaint) ?? [];
  if (choices !== undefined) return `--${flag ?? ''} can't be ${given ?? ''}: give one of ${choices}`;

  const [, valueless] = /^Not enough arguments following: (.+)$/.exec(complaint) ?? [];
  if (valueless !== undefined) return `--${valueless} needs a value`;

  if (complaint.startsWith('Not enough non-option arguments')) {
    const missing = `Something is missing: sweep ${usage ?? '<command>'}`;
    if (usage?.includes('<spec>') !== true) return missing;
    const { listSpecs, specsHere } = await import('../flags/find-spec.ts');
    return `${missing}. ${listSpecs(specsHere())}`;
  }
  return complaint;
}

/** What stands in a spec is no flag; what other tools have a flag for may be called otherwise. */
async function unknownFlag(name: string, usage: string | undefined, { flags, argv }: UsageContext): Promise<string> {
  const unknown = `Unknown flag ${name.length === 1 ? '-' : '--'}${name}`;
  const [{ specKeyCalled }, { OTHER_FLAGS }] = await Promise.all([
    import('../../sweep-file/overrides.ts'),
    import('./other-words.ts'),
  ]);
  const key = name.length === 1 ? undefined : specKeyCalled(name);
  if (key !== undefined && usage?.includes('<spec>') === true) {
    return `${unknown}: ${key} is a part of the spec, and follows it without dashes: ${key}=${valueOf(name, argv) ?? '…'}`;
  }
  if (key !== undefined && flags.includes('where')) {
    return `${unknown}: trials are chosen by --where ${key}=${valueOf(name, argv) ?? '…'}`;
  }
  const other = OTHER_FLAGS[name];
  const isFlag = other?.startsWith('--') === true;
  if (other !== undefined && !isFlag) return `${unknown}: ${other}`;
  if (other !== undefined && flags.includes(other.slice(2))) return `${unknown}: here it is ${other}`;
  const near = nearest(name, flags);
  return near === undefined ? unknown : `${unknown}: did you mean --${near}?`;
}

/** What was given to a flag that there is not: `--beta 4`, `--beta=4`. */
function valueOf(flag: string, argv: readonly string[]): string | undefined {
  const joined = argv.find((word) => word.startsWith(`--${flag}=`));
  if (joined !== undefined) return joined.slice(flag.length + 3);
  const next = argv[argv.indexOf(`--${flag}`) + 1];
  return next === undefined || next.startsWith('-') ? undefined : next;
}

/** Loaded only now: a name may be that of a sweep, which the database knows. */
async function unknownCommand(word: string, commands: readonly string[], results: string): Promise<string> {
  const { nameAsCommand } = await import('./name-as-command.ts');
  const things = nameAsCommand(word, results);
  if (things.length === 0) {
    const { OTHER_COMMANDS } = await import('./other-words.ts');
    const others = OTHER_COMMANDS[word.toLowerCase()];
    if (others === undefined) return `Unknown command \`${plain(word)}\`: ${suggest(word, commands)}`;
    return `There is no command \`${plain(word)}\`; here it is ${others.map((one) => `\`${one}\``).join(' or ')}`;
  }
  const told = things.map(({ kind, commands }) => `${kind}: ${commands.map((one) => `\`${one}\``).join(', ')}`);
  return `\`${plain(word)}\` is no command, but ${told.join('; and ')}`;
}
