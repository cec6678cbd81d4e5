/** The project's Markdown files, their fenced blocks and the anchors of their headings. */
import { globSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Relative to the project's folder. */
export const MARKDOWN_FILES: readonly string[] = globSync(['*.md', 'docs/**/*.md', 'results/README.md'], {
  cwd: ROOT,
}).sort();

export interface FencedBlock {
  readonly language: string;
  readonly text: string;
  /** Of its first line in the file, 1-based. */
  readonly line: number;
}

/** Also those in the cells of an HTML table. */
export function fencedBlocks(markdown: string): FencedBlock[] {
  return [...markdown.matchAll(/^```(\S*)\n(.*?)^```$/gms)].map(({ 1: language, 2: text, index }) => ({
    language: language!,
    text: text!,
    line: markdown.slice(0, index).split('\n').length + 1,
  }));
}

/** Without fenced blocks and code spans, in which a link is none. Lines stay where they were. */
export function withoutCode(markdown: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
  return markdown.replace(/^```.*?^```$/gms, blank).replace(/(`+)(?!`).*?[^`]\1(?!`)/g, blank);
}

/** As GitHub makes them of headings: the same heading again gets `-1`, `-2`, … */
export function anchorsOf(markdown: string): Set<string> {
  const text = markdown.replace(/^```.*?^```$/gms, '');
  const anchors = new Set<string>([...text.matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id!));
  for (const [, heading] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    let unique = anchor;
    for (let i = 1; anchors.has(unique); i++) unique = `${anchor}-${i}`;
    anchors.add(unique);
  }
  return anchors;
}
