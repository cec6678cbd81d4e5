/**
 * What the documents have from the definitions, between `<!-- NAME: npm run docs -->` and `<!-- end -->`. Run directly
 * (`npm run docs`) it writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandPages } from './command-pages.ts';
import { DATASET_TABLE, METRIC_TABLE, PARAMETER_TABLE } from './definition-tables.ts';
import { MARKDOWN_FILES, ROOT } from './markdown.ts';
import { SPEC_KEYS } from './spec-keys.ts';
import { SPEC_MISTAKES } from './spec-mistakes.ts';

const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
  parameters: () => PARAMETER_TABLE,
  metrics: () => METRIC_TABLE,
  'data sets': () => DATASET_TABLE,
  'spec keys': () => SPEC_KEYS,
  'spec mistakes': () => SPEC_MISTAKES,
  commands: commandPages,
};

const PLACE = /(<!-- ([a-z ]+): npm run docs -->\n)[^]*?(?=<!-- end -->)/g;

export interface GeneratedFile {
  readonly file: string;
  readonly parts: readonly string[];
  readonly written: string;
  readonly generated: string;
}

/** Every document with such a part, as it is and as it has to be. @throws Error for a part that nobody makes */
export async function generatedFiles(): Promise<GeneratedFile[]> {
  const made = new Map<string, string>();
  const files: GeneratedFile[] = [];
  for (const file of MARKDOWN_FILES) {
    const written = readFileSync(path.join(ROOT, file), 'utf8');
    const parts = [...written.matchAll(PLACE)].map(([, , name]) => name!);
    for (const name of parts) {
      const make = PARTS[name];
      if (make === undefined) throw new Error(`${file}: no part of the documents is called "${name}"`);
      if (!made.has(name)) made.set(name, await make());
    }
    const generated = written.replace(PLACE, (_, start: string, name: string) => start + made.get(name)!);
    if (parts.length > 0) files.push({ file, parts, written, generated });
  }
  return files;
}

export const PART_NAMES = Object.keys(PARTS);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, generated } of await generatedFiles()) writeFileSync(path.join(ROOT, file), generated);
}
