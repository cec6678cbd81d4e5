/**
 * What may stand where the cursor is: `value`, a tab and what it is, a line each. The shells' scripts call it, and a user
 * waits: what knows of results is loaded only for them.
 */
import yargs from 'yargs';
import { printable } from '../../text/printable.ts';
import { COMMANDS, type CommandEntry } from '../commands.ts';
import type { Candidate, Flag } from './complete-values.ts';
import { withGlobalFlags } from '../flags/flags.ts';

/** Of the words after `sweep`, the last is the one being written. Never throws: a shell has no place for a message. */
export async function complete(words: readonly string[]): Promise<string> {
  const before = words.slice(0, -1);
  const written = (words.at(-1) ?? '').replace(/^['"]/, '');
  try {
    const found = await candidates(before, written);
    const fitting = found.filter(([value]) => value.startsWith(written));
    return fitting.map((one) => one.map((text = '') => printable(text).replace(/\s+/g, ' ')).join('\t')).join('\n');
  } catch {
    return '';
  }
}

async function candidates(before: readonly string[], written: string): Promise<readonly Candidate[]> {
  const [first, ...rest] = before;
  const names = COMMANDS.map(({ name, summary }): Candidate => [name, summary]);
  if (first === undefined) return [...names, ['help', 'What a command does']];
  if (first === 'help') return names;
  const command = COMMANDS.find(({ name, alsoCalled }) => name === first || alsoCalled.includes(first));
  if (command === undefined) return [];
  const flags = await flagsOf(command);

  const joined = /^--([\w-]+)=/.exec(written)?.[1];
  const flag = joined ?? /^--?([\w-]+)$/.exec(before.at(-1) ?? '')?.[1];
  const known = flags.find(({ names }) => flag !== undefined && names.includes(flag));
  if (known !== undefined && known.takesValue) {
    const own = joined === undefined ? written : written.slice(joined.length + 3);
    const { valuesOfFlag } = await import('./complete-values.ts');
    const values = valuesOfFlag(known, own, before);
    return joined === undefined ? values : values.map(([value, meaning]) => [`--${joined}=${value}`, meaning ?? '']);
  }
  if (written.startsWith('-')) {
    return flags.flatMap(({ names, meaning }) =>
      names.map((name): Candidate => [`${name.length === 1 ? '-' : '--'}${name}`, meaning]),
    );
  }
  const isValue = (index: number): boolean =>
    flags.some(({ names, takesValue }) => takesValue && names.includes((rest[index - 1] ?? '').replace(/^--?/, '')));
  const place = rest.filter((word, index) => !word.startsWith('-') && !isValue(index)).length;
  const { valuesOfArgument } = await import('./complete-values.ts');
  return valuesOfArgument(command, place, written, before);
}

interface ParserInternals {
  getOptions(): Record<'boolean' | 'hiddenOptions', string[]> &
    Record<'key' | 'alias' | 'choices', Record<string, string[]>>;
  getInternalMethods(): { getUsageInstance(): { getDescriptions(): Record<string, string | undefined> } };
  getGroups(): object;
}

/** As its own definition tells them to yargs. */
async function flagsOf({ usage, load }: CommandEntry): Promise<Flag[]> {
  const parser = (await load()).options(withGlobalFlags(yargs())) as unknown as ParserInternals;
  const { key, alias, boolean, choices } = parser.getOptions();
  const meanings = parser.getInternalMethods().getUsageInstance().getDescriptions();
  const isPositional = (name: string): boolean => new RegExp(String.raw`[<[]${name}(\.\.)?[>\]]`).test(usage);
  return Object.keys(key)
    .filter((name) => meanings[name] !== undefined && !isPositional(name) && !/^(version)$/.test(name))
    .map((name) => ({
      names: [name, ...(alias[name] ?? [])].filter((one, index, all) => all.indexOf(one) === index),
      meaning: (meanings[name] ?? '').replace('__yargsString__:', ''),
      takesValue: !boolean.includes(name) && name !== 'help',
      choices: choices[name] ?? [],
    }));
}
