import yargs, { type Argv } from 'yargs';
import { EXIT_CODES, SweepError } from '../errors.ts';
import { STDIN } from '../files/paths.ts';
import { COMMANDS } from './commands.ts';
import { checkFlags, resultsIn, withGlobalFlags, type GlobalFlags } from './flags/flags.ts';
import { EXIT_CODES_TEXT, TOPIC_NAMES } from './help/exit-codes-text.ts';
import { inSameResults } from './help/in-same-results.ts';
import { handleStreamErrors, note, print, stdoutLayout } from './output.ts';
import { usageError } from './help/usage-error.ts';

/** Longer lines are hard to read. */
const MAX_HELP_COLUMNS = 100;

/** Runs one command line (without `node` and the script) and returns its exit code. Never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  handleStreamErrors();
  if (argv.includes('--no-color')) {
    process.env['NO_COLOR'] = '1';
    delete process.env['FORCE_COLOR'];
  }
  try {
    const topic = TOPIC_NAMES.find((name) => argv.length === 2 && argv[0] === 'help' && argv[1] === name);
    if (topic !== undefined) {
      const { topicText } = await import('./help/help-topics.ts');
      print(topicText(topic, Math.min(stdoutLayout().columns, MAX_HELP_COLUMNS)));
      return 0;
    }
    return await runCommandLine(await asAsked(argv));
  } catch (error) {
    if (error instanceof SweepError) error.message = inSameResults(error.message, argv);
    if (asksForJson(argv)) {
      note((await import('../render/error-json.ts')).renderErrorJson(error));
      return error instanceof SweepError ? EXIT_CODES[error.code] : 1;
    }
    if (error instanceof SweepError) {
      note(error.message, '✗');
      return EXIT_CODES[error.code];
    }
    note('Unexpected failure: a bug in sweep, or a broken installation (`sweep doctor` tells).', '✗');
    note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
}

/** `sweep`, `sweep help` and `sweep help run` ask for help. @throws SweepError USAGE for help on what there is not. */
async function asAsked(argv: readonly string[]): Promise<readonly string[]> {
  const [first, ...rest] = argv;
  if (first !== undefined && first !== 'help') return argv;
  const [about = 'help'] = rest;
  const isThere = ['help', ...COMMANDS.flatMap(({ name, alsoCalled }) => [name, ...alsoCalled])].includes(about);
  if (isThere || about.startsWith('-')) return [...rest, '--help'];
  throw await complain(`Unknown command: ${about}`, [], rest, TOPIC_NAMES);
}

/** Also of a command line that can't be parsed. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some((word, index) => {
    if (word === '--json' || word === '--format=json') return true;
    return word === '--format' && argv[index + 1] === 'json';
  });
}

async function runCommandLine(argv: readonly string[]): Promise<number> {
  if (argv[0] === COMPLETE) return await completeLine(argv.slice(argv[1] === '--' ? 2 : 1));
  let exitCode = 0;
  const parser = createParser();
  for (const { usage, summary, load, alsoCalled } of COMMANDS) {
    parser.command({
      command: usage,
      aliases: alsoCalled,
      describe: summary,
      builder: async (own: Argv<GlobalFlags>) => (await load()).options(own),
      handler: async (flags: GlobalFlags) => {
        const given = withDashes(flags);
        checkFlags(given);
        exitCode = await (await load()).run(given);
      },
    });
  }
  keepHelpForAsking(parser);
  try {
    // yargs makes an empty word of a single dash.
    await parser.parseAsync(argv.map((word) => (word === '-' ? STDIN : word)));
  } catch (error) {
    if (error instanceof Complaint) throw await complain(error.message, error.flags, argv);
    // What yargs throws by itself.
    if (error instanceof Error && error.name === 'YError') throw await complain(error.message, [], argv);
    throw error;
  }
  return exitCode;
}

/** What the shells' scripts ask for (completion.ts); no command of the user's. yargs' own can't wait for a module. */
const COMPLETE = '__complete';

async function completeLine(words: readonly string[]): Promise<number> {
  const { complete } = await import('./help/complete.ts');
  const lines = await complete(words);
  if (lines !== '') process.stdout.write(`${lines}\n`);
  return 0;
}

/** yargs writes the help before each command, in case its handler shows it, which takes a tenth of a fast command's time. */
function keepHelpForAsking(parser: Argv<GlobalFlags>): void {
  const internals = (parser as unknown as YargsInternals).getInternalMethods();
  internals.getUsageInstance().cacheHelpMessage = () => undefined;
}

interface YargsInternals {
  getInternalMethods(): { getUsageInstance(): { cacheHelpMessage: () => void } };
}

/** A dash means the standard input where a spec is named, and what the command makes of it anywhere else. */
function withDashes(flags: GlobalFlags): GlobalFlags {
  const restored = Object.entries(flags).map(([name, value]: [string, unknown]) => {
    if (name === 'spec') return [name, value];
    return [name, Array.isArray(value) ? value.map(dash) : dash(value)];
  });
  return Object.fromEntries(restored) as GlobalFlags;
}

function dash(word: unknown): unknown {
  return word === STDIN ? '-' : word;
}

function createParser(): Argv<GlobalFlags> {
  const parser = withGlobalFlags(yargs());
  return (
    parser
      .scriptName('sweep')
      .usage('Experiment sweeps over variational autoencoders.\n\nUsage: $0 <command>')
      .parserConfiguration({ 'parse-positional-numbers': false, 'dot-notation': false, 'greedy-arrays': false })
      .locale('en')
      .updateStrings({ 'Options:': 'Everywhere:', 'Positionals:': 'Arguments:' })
      // Answered by bin.js; declared for the help.
      .version(false)
      .option('version', { type: 'boolean', describe: 'Print the version' })
      .alias('h', 'help')
      .example('$0 plan sweeps/beta.yaml', 'what it would run, and how long')
      .example('$0 run sweeps/beta.yaml seeds=3', 'run it, or go on with it')
      .example('$0 report --best', 'which configuration wins, and by how much')
      .epilogue(`${EXIT_CODES_TEXT}\n\nTopics: ${TOPIC_NAMES.map((topic) => `sweep help ${topic}`).join(', ')}`)
      .wrap(Math.min(stdoutLayout().columns, MAX_HELP_COLUMNS))
      .demandCommand(1, 'Which command?')
      .strict()
      .strictCommands()
      .recommendCommands()
      .exitProcess(false)
      .fail((complaint: string | null, error: Error | undefined) => {
        // Of a flag's own check the complaint comes as a YError; anything else is a command's.
        if (error !== undefined && error.name !== 'YError') throw error;
        throw new Complaint(error?.message ?? complaint ?? '', knownFlags(parser));
      })
  );
}

/** yargs' word on a command line, and the flags known where it stopped parsing. */
class Complaint extends Error {
  readonly flags: readonly string[];

  constructor(message: string, flags: readonly string[]) {
    super(message);
    this.flags = flags;
  }
}

/** yargs has this method for its completion; its types lack it. */
function knownFlags(parser: Argv<GlobalFlags>): string[] {
  const { key } = (parser as unknown as { getOptions(): { key: object } }).getOptions();
  return Object.keys(key);
}

function complain(
  message: string,
  flags: readonly string[],
  argv: readonly string[],
  topics: readonly string[] = [],
): Promise<SweepError> {
  const ownNames = new Map(COMMANDS.flatMap(({ name, alsoCalled }) => alsoCalled.map((other) => [other, name])));
  return usageError(message.replaceAll(STDIN, '-'), {
    argv: argv.map((word) => ownNames.get(word) ?? word),
    usages: [...COMMANDS.map(({ usage }) => usage), ...topics],
    flags,
    results: resultsIn(argv),
  });
}
