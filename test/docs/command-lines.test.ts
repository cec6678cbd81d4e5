/** Every `sweep …` that the documents name is a command, with flags that it has. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT_CODES } from '../../src/errors.ts';
import { fencedBlocks, MARKDOWN_FILES, ROOT } from './markdown.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** The help of each command by its name, and of all by none: docs/commands.md has them as they are (generated.test.ts). */
const HELP = new Map(
  read('docs/commands.md')
    .split(/^### /m)
    .slice(1)
    .map((section) => [/^`sweep ([a-z]+)`/.exec(section)?.[1], section]),
);
/** Of every command; the last is one that help itself doesn't list. */
const EVERYWHERE = HELP.get(undefined)!;

const ALIASES = new Map(COMMANDS.flatMap(({ name, alsoCalled }) => alsoCalled.map((alias) => [alias, name])));

/** Why a command line would be refused; undefined where it wouldn't. */
function fault(line: string): string | undefined {
  const [name = '', ...words] = line.split(/\s+/);
  if (name === 'help' || name.startsWith('-')) return undefined;
  const help = HELP.get(ALIASES.get(name) ?? name);
  if (help === undefined) return `${line}: no command \`${name}\``;
  const flags = words.map((word) => /^--?[a-z][a-z-]*/.exec(word)?.[0]).filter((flag) => flag !== undefined);
  const unknown = flags.find(
    (flag) => ![help, EVERYWHERE].some((text) => new RegExp(`(^|[\\s,])${flag}(?![\\w-])`, 'm').test(text)),
  );
  return unknown === undefined ? undefined : `${line}: \`${name}\` has no ${unknown}`;
}

/** Of code spans and of lines of a shell, without what follows a comment or another command. */
function commandLines(markdown: string): string[] {
  const shell = fencedBlocks(markdown)
    .filter(({ language }) => language === 'sh' || language === 'console')
    .flatMap(({ text }) => [...text.matchAll(/^(?:\$ )?(?:.*(?:&& |\/))?sweep ([a-z-].*)$/gm)]);
  const spans = markdown.replace(/^```.*?^```$/gms, '').matchAll(/`(?:npx )?sweep ([a-z-][^`]*)`/g);
  return [...shell, ...spans].map(([, line]) => line!.replace(/ (#|\||&&|\\\|) ?.*$/, '').trim());
}

it.each(MARKDOWN_FILES)('the commands of %s are there', (file) => {
  expect(commandLines(read(file)).flatMap((line) => fault(line) ?? [])).toEqual([]);
});

it('what is no command, or has no such flag, is found', () => {
  expect(
    commandLines('Say `sweep reprot --best`.\n```sh\n$ npm ci && bin/sweep run x --slto 3    # a comment\n```\n'),
  ).toEqual(['run x --slto 3', 'reprot --best']);
  expect(fault('reprot --best')).toContain('no command');
  expect(fault('run x --slto 3')).toContain('has no --slto');
  expect(fault('resume x --slots 3')).toBeUndefined();
});

it('tell each code of an error, with the exit code that it ends a command with', () => {
  const rows = [...read('docs/commands.md').matchAll(/^\| `([A-Z_]+)` \| (\d) \| \S/gm)];
  const told = Object.fromEntries(rows.map(([, code, exit]): [string, number] => [code!, Number(exit)]));
  expect(told).toEqual({ ...EXIT_CODES, UNEXPECTED: 1 });
});
