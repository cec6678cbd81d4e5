/** The README's tables of what is defined. Run directly (`npm run docs`) it writes them anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DATASETS } from '../../src/data/datasets/index.ts';
import { formatCount } from '../../src/text/format-number.ts';
import { METRICS } from '../../src/metrics/index.ts';
import type { Parameter } from '../../src/model/parameter.ts';
import { PARAMETERS } from '../../src/model/parameters.ts';
import { formatBytes } from '../../src/render/format.ts';

const README = new URL('../../README.md', import.meta.url);

const TABLES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  parameters: [
    ['parameter', 'values', 'default', 'meaning'],
    ...PARAMETERS.map((one) => [code(one.name), valuesOf(one), code(JSON.stringify(one.default)), one.description]),
  ],
  metrics: [
    ['metric', 'of', 'unit', 'better', 'what it is'],
    ...METRICS.map(({ name, splits, unit, goal, definition }) => {
      return [
        code(name),
        splits.join(', '),
        unit,
        { maximize: 'more', minimize: 'less', none: '–' }[goal ?? 'none'],
        definition,
      ];
    }),
  ],
  'data sets': [
    ['data set', 'images', 'size', 'train / validation / test', 'where', 'what it shows'],
    ...DATASETS.map((one) => {
      const { name, images, height, width, channels, splits, description } = one;
      const size = [height, width, ...(channels === 1 ? [] : [channels])].join('×');
      const where = one.kind === 'generated' ? 'built in' : `${formatBytes(downloadBytes(one.files))} to download`;
      const counts = [splits.train, splits.validation, splits.test].map(formatCount).join(' / ');
      return [code(name), formatCount(images), size, counts, where, description];
    }),
  ],
};

function downloadBytes(files: Readonly<Record<string, { readonly gzip: { readonly bytes: number } }>>): number {
  return Object.values(files).reduce((sum, { gzip }) => sum + gzip.bytes, 0);
}

function code(text: string): string {
  return `\`${text.replaceAll('"', '')}\``;
}

function valuesOf({ values }: Parameter): string {
  switch (values.kind) {
    case 'names':
      return values.names.map(code).join(', ');
    case 'integer':
      return `${formatCount(values.min)} to ${formatCount(values.max)}`;
    case 'number':
      return values.min === 'above 0' ? `above 0, up to ${values.max ?? '∞'}` : `${values.min} or more`;
    case 'widths':
      return `up to ${values.layers} numbers up to ${formatCount(values.max)}`;
  }
}

/** The README with its tables as the definitions have them: `<!-- parameters: npm run docs -->` … `<!-- end -->`. */
export function withTables(readme: string): string {
  return Object.entries(TABLES).reduce((text, [name, [header = [], ...rows]]) => {
    const [start, end] = [`<!-- ${name}: npm run docs -->\n`, '<!-- end -->'];
    const [before, after] = [text.indexOf(start) + start.length, text.indexOf(end, text.indexOf(start))];
    if (!text.includes(start) || after < 0) throw new Error(`the README has no place for the table of ${name}`);
    const lines = [header, header.map(() => '---'), ...rows].map(
      (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`,
    );
    return text.slice(0, before) + lines.join('') + text.slice(after);
  }, readme);
}

export function readReadme(): string {
  return readFileSync(README, 'utf8');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(README, withTables(readReadme()));
