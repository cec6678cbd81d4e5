/** Links within the project lead somewhere. Those to other places are not followed: tests use no network. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, MARKDOWN_FILES, ROOT, withoutCode } from './markdown.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** `[text](target)`, `![text](target)`, `[name]: target`, and what HTML has. */
const LINKS = [
  /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g,
  /^\[[^\]]+\]:\s+(\S+)/gm,
  /\b(?:src|srcset|href)="([^"]+)"/g,
];

function linksIn(markdown: string): string[] {
  const text = withoutCode(markdown);
  return LINKS.flatMap((pattern) => [...text.matchAll(pattern)].map(([, target]) => target!));
}

/** Why a link of a file leads nowhere; undefined where it does. */
function fault(from: string, link: string): string | undefined {
  const [target = '', anchor] = link.split('#', 2);
  const file = target === '' ? from : path.join(path.dirname(from), decodeURIComponent(target));
  if (file.startsWith('..') || path.isAbsolute(file)) return `${from}: ${link} leaves the project`;
  if (!existsSync(path.join(ROOT, file))) return `${from}: ${link} is not there`;
  if (anchor === undefined || statSync(path.join(ROOT, file)).isDirectory()) return undefined;
  if (!file.endsWith('.md')) return `${from}: ${link} has an anchor, and is no Markdown`;
  return anchorsOf(read(file)).has(anchor) ? undefined : `${from}: ${link} names no heading of ${file}`;
}

it.each(MARKDOWN_FILES)('every relative link of %s leads to a file, and to a heading of it', (file) => {
  const links = linksIn(read(file)).filter((link) => !/^[a-z]+:/i.test(link));
  expect(links.map((link) => fault(file, link)).filter((found) => found !== undefined)).toEqual([]);
});

it('all documents are reached from README', () => {
  const reached = new Set(['README.md']);
  for (const file of reached) {
    for (const link of linksIn(read(file))) {
      const target = path.join(path.dirname(file), link.split('#', 1)[0]!);
      if (MARKDOWN_FILES.includes(target)) reached.add(target);
    }
  }
  expect(MARKDOWN_FILES.filter((file) => !reached.has(file))).toEqual([]);
});

describe('the test itself', () => {
  it('finds links of every kind, and none in code', () => {
    const text = [
      '[a](x.md) ![b](y.png "title") <img src="z.png"> `[c](no.md)`',
      '```md\n[d](no.md)\n```',
      '[e]: docs/e.md#top',
    ].join('\n');
    expect(linksIn(text)).toEqual(['x.md', 'y.png', 'docs/e.md#top', 'z.png']);
  });

  it('knows anchors as GitHub makes them', () => {
    expect([...anchorsOf('# What `sweep run` does: 2 things\n## A/B\n## A/B\n```\n# no\n```\n')]).toEqual([
      'what-sweep-run-does-2-things',
      'ab',
      'ab-1',
    ]);
  });

  it('tells what leads nowhere', () => {
    expect(fault('docs/adding.md', '../README.md')).toBeUndefined();
    expect(fault('docs/adding.md', 'README.md')).toContain('is not there');
    expect(fault('README.md', '#no-such-heading')).toContain('names no heading');
    expect(fault('README.md', '../elsewhere.md')).toContain('leaves the project');
  });
});
