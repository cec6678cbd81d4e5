import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MARKDOWN_FILES, ROOT } from './markdown.ts';
import { runPage } from './run-page.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-page-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const page = (commands: string): string =>
  `Before.\n\n\`\`\`yaml\n# a.yaml\nname: a\n\`\`\`\n\n\`\`\`console\n${commands}\`\`\`\nAfter.\n`;

it('files of a page are written, and outputs of this run replace those of the last', () => {
  const told: string[] = [];
  const run = (markdown: string): string => runPage(markdown, folder, (command) => told.push(command));
  const ran = run(page('$ cat a.yaml\nan old answer\n\n$ true\n$ echo b >&2; echo "$COLUMNS  "\n'));
  expect(ran).toBe(page('$ cat a.yaml\n# a.yaml\nname: a\n$ true\n$ echo b >&2; echo "$COLUMNS  "\n100\n'));
  expect(run(ran)).toBe(ran);
  expect(told.slice(0, 3)).toEqual(['cat a.yaml', 'true', 'echo b >&2; echo "$COLUMNS  "']);
});

it('a command that fails ends it, also before a pipe', () => {
  expect(() => runPage(page('$ cat no-such-file | head -1\n'), folder, () => undefined)).toThrow(
    /cat no-such-file \| head -1\nended with 1/,
  );
});

it.each(['uses.md', 'uses-table.md'])('each command of %s that prints has its output', (name) => {
  const markdown = readFileSync(path.join(ROOT, 'docs', name), 'utf8');
  expect(MARKDOWN_FILES).toContain(`docs/${name}`);
  expect(
    [...markdown.matchAll(/^\$ (?:sweep|python3 (?!tables|without)).*\n(?=\$ |```)/gm)].map(([line]) => line),
  ).toEqual([]);
});
